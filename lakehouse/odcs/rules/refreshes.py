"""Rules about products that are refreshed in parts: each part must be made from rows of its own alone."""

from collections.abc import Iterable, Iterator

from config.faults import Fault, nearest, one_of
from lakehouse.model.dataset import Dataset, Layer, Refresh, Write
from lakehouse.model.fields import Scalar
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.places import property_place
from lakehouse.targets.iceberg import columns
from lakehouse.targets.words import type_name

_TYPES = (Scalar.DATE, Scalar.INT, Scalar.LONG, Scalar.STRING)
"""Types of refresh columns: of few values, which jobs name one by one."""

_CALENDAR = ("day", "month", "year")
_PROPERTY = "customProperties.lake.refresh"


def check_refresh(dataset: Dataset, findings: Findings) -> None:
    """Note every rule that write, refresh, partition and columns of one contract break together."""
    place = property_place(findings, "lake.refresh")
    in_parts = dataset.write is Write.OVERWRITE_PARTITIONS
    if dataset.layer is not Layer.GOLD:
        if in_parts:
            allowed = "merge, append or overwrite on silver"
            findings.add(property_place(findings, "lake.write"), dataset.write.value, allowed, "change it")
        if dataset.refresh is not None:
            findings.add(place, "lake.refresh", "gold datasets only", "remove it")
        return
    if dataset.write not in (Write.OVERWRITE, Write.OVERWRITE_PARTITIONS):
        allowed = "overwrite or overwrite_partitions on gold"
        findings.add(property_place(findings, "lake.write"), dataset.write.value, allowed, "change it")
    elif in_parts and dataset.refresh is None:
        fix = "add input and column, or remove lake.write"
        findings.add(place, "nothing", "lake.refresh with `lake.write: overwrite_partitions`", fix)
    elif dataset.refresh is not None and not in_parts:
        allowed = "nothing without `lake.write: overwrite_partitions`"
        findings.add(place, "lake.refresh", allowed, "remove it, or add that")
    elif dataset.refresh is not None:
        _check_column(dataset, dataset.refresh, findings)


def _check_column(dataset: Dataset, refresh: Refresh, findings: Findings) -> None:
    place = (*property_place(findings, "lake.refresh"), "column")
    fields = {field.name: field for field in dataset.fields}
    field = fields.get(refresh.column)
    if field is None:
        findings.add(place, refresh.column, one_of(fields), nearest(refresh.column, fields))
        return
    if field.type not in _TYPES:
        findings.add(
            place, f"{field.name} of type {type_name(field.type)}", one_of(_TYPES), "choose another column"
        )
        return
    if not field.required:
        allowed = "a column with `required: true`: rows without a value belong to no part"
        findings.add(place, field.name, allowed, "require it, or choose another column")
    transforms = ("identity", *_CALENDAR) if field.type is Scalar.DATE else ("identity",)
    if not any(each.source == field.name and each.transform in transforms for each in dataset.partition):
        ways = one_of(field.name if each == "identity" else f"{each}({field.name})" for each in transforms)
        fix = "add it, so that a part can be replaced without reading it"
        findings.add(property_place(findings, "lake.partition"), "nothing of the column", ways, fix)


def refresh_faults(product: Dataset, inputs: Iterable[Dataset]) -> Iterator[Fault]:
    """Find what a product's refresh and what its SQL reads contradict each other in."""
    refresh = product.refresh
    if refresh is None:
        return
    by_id = {each.id: each for each in inputs}
    source = by_id.get(refresh.input)
    if source is None:
        fix = nearest(refresh.input, by_id)
        yield Fault(product.source, f"{_PROPERTY}.input", refresh.input, one_of(by_id), fix)
        return
    here = f"{_PROPERTY}.column"
    own = {field.name: field.type for field in product.fields}
    theirs = {field.name: field.type for field in columns(source)}
    if refresh.column not in own:
        return
    if refresh.column not in theirs:
        fix = nearest(refresh.column, theirs)
        yield Fault(product.source, here, refresh.column, f"{one_of(theirs)} of {source.id}", fix)
    elif theirs[refresh.column] != own[refresh.column]:
        got = f"{type_name(own[refresh.column])}, and {type_name(theirs[refresh.column])} in {source.id}"
        yield Fault(product.source, here, got, "the same type in both", "choose another column")


def volatile_faults(product: Dataset, sql: str, where: str) -> Iterator[Fault]:
    """Find functions in the SQL by which parts would differ from what a later run makes of the same rows."""
    from lakehouse.sql.parse import volatile_calls  # noqa: PLC0415 (the parser is slow to import)

    if product.refresh is not None and (calls := volatile_calls(sql)):
        allowed = "functions of the rows alone under lake.refresh: other parts keep their former value"
        fix = "remove it from the SQL, or lake.write and lake.refresh from the contract"
        yield Fault(where, "sql", one_of(calls), allowed, fix)
