"""Reads tables of a deployed lake as somebody who shares no code with its jobs."""

import pyarrow as pa

from lakehouse.model.dataset import Layer
from local.lake.tables import read_table
from tests.fixtures.proven_lake import ProvenLake


def rows_of(proven: ProvenLake, layer: Layer, domain: str, name: str) -> pa.Table:
    """Content of a table."""
    return read_table(proven.lake.aws, proven.lake.naming.database(layer, domain), name)
