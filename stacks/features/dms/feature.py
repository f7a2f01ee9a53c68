"""The feature `dms`."""

from lakehouse.model.dataset import Layer
from stacks.features.dms.settings import DmsSettings
from stacks.features.dms.source import SOURCE
from stacks.features.feature import Feature

FEATURE = Feature(
    title="Tables of an Aurora PostgreSQL database and every change of them, by AWS DMS Serverless",
    section=DmsSettings,
    idle_cost="unknown: capacity units are billed while the replication runs",
    laptop="the API, and files as AWS DMS would write them, of sample tables; no database",
    stacks=("Dms",),
    source=SOURCE,
    storing={Layer.BRONZE: "dms"},  # endpoints, and the disk of a replication
)
