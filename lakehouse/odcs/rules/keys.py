"""Rules about the key of a dataset, and about what it may lack."""

from lakehouse.model.dataset import Content, Dataset, Layer, Write
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.places import property_place

_KEYLESS = (Write.APPEND, Write.OVERWRITE)
"""How a silver dataset is written where nothing tells whether two records are versions of one."""


def check_key(dataset: Dataset, findings: Findings) -> None:
    """Note that a dataset needs a key, or what has no meaning without one."""
    if dataset.key:
        return
    ingestion = dataset.ingestion
    changes = ingestion is not None and ingestion.content is Content.CHANGES
    if dataset.layer is Layer.GOLD or dataset.write not in _KEYLESS or changes:
        lacks_key(findings)
    elif dataset.write is Write.OVERWRITE and dataset.order_by:  # under append, it is refused anyway
        allowed = "nothing without a key: no record is a version of another"
        findings.add(property_place(findings, "lake.order_by"), "lake.order_by", allowed, "remove it")


def lacks_key(findings: Findings) -> None:
    """Note that a contract has no key."""
    allowed = (
        "at least one column with `primaryKey: true`; none on silver under `lake.write: append` or "
        "`overwrite`"
    )
    fix = "mark what identifies a record, or append records as they come"
    findings.add(("schema", 0, "properties"), "no key", allowed, fix)
