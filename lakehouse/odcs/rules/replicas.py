"""Rules about datasets that are kept equal to a table of a database."""

from lakehouse.layout import cdc
from lakehouse.model.dataset import Dataset, Write
from lakehouse.model.fields import Array, Map, Struct
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.places import property_place


def check_replica(dataset: Dataset, findings: Findings) -> None:
    """Note every rule that a dataset of changes breaks."""
    if dataset.write is not Write.MERGE:
        allowed = "merge for changes: the table follows its source"
        findings.add(property_place(findings, "lake.write"), dataset.write.value, allowed, "remove it")
    if dataset.order_by:
        allowed = "nothing for changes: commits of the source order its changes"
        got = ", ".join(dataset.order_by)
        findings.add(property_place(findings, "lake.order_by"), got, allowed, "remove it")
    for at, field in enumerate(dataset.fields):
        path = ("schema", 0, "properties", at)
        if field.name == cdc.OPERATION.lower():
            allowed = f"another name: {cdc.OPERATION} tells the operation of a change"
            findings.add((*path, "name"), field.name, allowed, "rename it at the source, or leave it out")
        if isinstance(field.type, Array | Map | Struct):
            got = type(field.type).__name__.lower()
            allowed = "a scalar in changes: AWS DMS writes no nested types"
            findings.add((*path, "logicalType"), got, allowed, "use string for what comes as JSON text")
