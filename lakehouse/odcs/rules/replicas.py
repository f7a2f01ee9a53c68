"""Rules about datasets that are kept equal to a table of a database."""

from collections.abc import Iterable, Iterator

from config.faults import Fault
from lakehouse.layout import cdc
from lakehouse.model.dataset import Dataset, Write
from lakehouse.model.fields import Array, Map, Struct
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.places import property_place


def check_schemas(datasets: Iterable[Dataset]) -> Iterator[Fault]:
    """Yield schemas that feed two domains: AWS DMS names the folder of a whole schema."""
    first: dict[str, Dataset] = {}
    for dataset in datasets:
        if not cdc.is_replica(dataset):
            continue
        schema = cdc.source_of(dataset).schema
        holder = first.setdefault(schema, dataset)
        if holder.domain != dataset.domain:
            allowed = f"one domain for the tables of a schema; {holder.id} has it"
            yield Fault(dataset.source, "source.schema", schema, allowed, f"move it to {holder.domain}")


def check_replica(dataset: Dataset, findings: Findings) -> None:
    """Note every rule that a dataset of mode `cdc` breaks."""
    if dataset.write is not Write.MERGE:
        allowed = "merge in mode cdc: the table follows its source"
        findings.add(property_place(findings, "lake.write"), dataset.write.value, allowed, "remove it")
    if dataset.order_by:
        allowed = "nothing in mode cdc: commits of the source order its changes"
        got = ", ".join(dataset.order_by)
        findings.add(property_place(findings, "lake.order_by"), got, allowed, "remove it")
    for at, field in enumerate(dataset.fields):
        path = ("schema", 0, "properties", at)
        if field.name == cdc.OPERATION.lower():
            allowed = f"another name: {cdc.OPERATION} tells the operation of a change"
            findings.add((*path, "name"), field.name, allowed, "rename it at the source, or leave it out")
        if isinstance(field.type, Array | Map | Struct):
            got = type(field.type).__name__.lower()
            allowed = "a scalar in mode cdc: AWS DMS writes no nested types"
            findings.add((*path, "logicalType"), got, allowed, "use string for what comes as JSON text")
