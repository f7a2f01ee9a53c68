"""Rules between the parts of a contract: what its layer, format and columns allow."""

from config.document import KeyPath
from config.faults import nearest, one_of
from lakehouse.model.dataset import Content, Dataset, Layer, PartitionField, Write
from lakehouse.model.engine import Engine
from lakehouse.model.fields import Decimal, Scalar, Type, every_field
from lakehouse.model.masking import HASH, REDACT
from lakehouse.model.table_rules import Metric
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.places import property_names, property_place
from lakehouse.odcs.rules.arrivals import check_arrival
from lakehouse.odcs.rules.keys import check_key
from lakehouse.odcs.rules.refreshes import check_refresh
from lakehouse.targets.iceberg import partition_name

_DAYS = (Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ)
_TIMES = (Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ)
_ORDERED = (*_DAYS, Scalar.INT, Scalar.LONG, Scalar.STRING)
_PARTITIONABLE: dict[str, tuple[Scalar, ...]] = {
    "identity": (*_ORDERED, Scalar.BOOLEAN),
    "year": _DAYS,
    "month": _DAYS,
    "day": _DAYS,
    "hour": _TIMES,
    "bucket": _ORDERED,
    "truncate": (Scalar.INT, Scalar.LONG, Scalar.STRING),
}
"""Types by transform, decimals aside: https://iceberg.apache.org/spec/#partition-transforms"""

_OTHER = "choose another column"
_CALENDAR = ("year", "month", "day", "hour")


def check_rules(dataset: Dataset, findings: Findings) -> None:
    """Note every rule that the parts of the dataset break together."""
    check_layer = _check_gold if dataset.layer is Layer.GOLD else _check_source
    check_layer(dataset, findings)
    check_key(dataset, findings)
    if dataset.versions and (dataset.layer is Layer.GOLD or dataset.write is not Write.OVERWRITE):
        allowed = "silver datasets under `lake.write: overwrite` only"
        findings.add(property_place(findings, "lake.version"), "lake.version", allowed, "remove it")
    check_refresh(dataset, findings)
    kinds = {field.name: field.type for field in dataset.fields}
    _check_order(dataset, kinds, findings)
    _check_masked(dataset, findings)
    _check_partition(dataset.partition, kinds, findings)
    _warn_of_many_partitions(dataset, kinds, findings)


def _check_source(dataset: Dataset, findings: Findings) -> None:
    place, ingestion = property_place(findings, "lake.ingestion"), dataset.ingestion
    if dataset.sql is not None:
        findings.add(
            property_place(findings, "lake.layer"),
            "silver",
            "gold beside an SQL file",
            "change it or remove the SQL",
        )
    for at, field in enumerate(dataset.fields):
        if field.declassified is not None:
            path = ("schema", 0, "properties", at, "customProperties")
            allowed = "lake.declassified on gold only"
            findings.add(path, "lake.declassified", allowed, "remove it: nothing is republished here")
    if ingestion is None:
        findings.add(
            place, "nothing", "mode and format of a silver dataset", "add the property, or use `gold`"
        )
        return
    if dataset.engine is Engine.FUNCTION and ingestion.content is Content.CHANGES:
        allowed = "`glue` for changes of a database table, which Spark alone applies"
        findings.add(property_place(findings, "lake.engine"), "function", allowed, "remove it")
    check_arrival(dataset, ingestion, findings)


def _check_gold(dataset: Dataset, findings: Findings) -> None:
    _check_no_source(dataset, findings)
    if dataset.sql is None:
        fix = "write the SELECT that makes this table"
        findings.add(
            property_place(findings, "lake.layer"), "gold", "gold with an .sql file beside the contract", fix
        )
    for name, present in (
        ("lake.ingestion", dataset.ingestion is not None),
        ("lake.order_by", bool(dataset.order_by)),
        ("lake.quality_gate", "lake.quality_gate" in property_names(findings)),
        ("lake.engine", dataset.engine is not None),
        ("lake.volume", dataset.volume is not None),
    ):
        if present:
            findings.add(
                property_place(findings, name),
                name,
                "silver datasets only",
                "remove it: SQL makes this table",
            )
    for at, field in enumerate(dataset.fields):
        for masking in [part.masking for part in every_field([field]) if part.masking]:
            path = ("schema", 0, "properties", at, "customProperties")
            fix = "mask the silver column it comes from"
            findings.add(path, str(masking), "masking on silver only", fix)
        if field.not_personal is not None:
            path = ("schema", 0, "properties", at, "customProperties")
            fix = "say it of the silver column it comes from"
            findings.add(path, "lake.not_personal", "lake.not_personal on silver only", fix)
        if any(part.subject for part in every_field([field])):
            path = ("schema", 0, "properties", at, "customProperties")
            fix = "remove it: a product is made anew from silver"
            findings.add(path, "lake.subject", "lake.subject on silver only", fix)


def _check_no_source(dataset: Dataset, findings: Findings) -> None:
    for at, field in enumerate(dataset.fields):
        path: KeyPath = ("schema", 0, "properties", at)
        for place, got in (
            (("physicalName",), field.physical_name),
            (("logicalTypeOptions", "format"), field.source_format),
        ):
            if got is not None:
                fix = "remove it: SQL makes this table"
                findings.add((*path, *place), got, f"{place[-1]} on silver only", fix)


def _check_order(dataset: Dataset, kinds: dict[str, Type], findings: Findings) -> None:
    here = property_place(findings, "lake.order_by")
    if dataset.order_by and dataset.write is Write.APPEND:
        allowed = "nothing under `lake.write: append`, where no version replaces another"
        findings.add(here, "lake.order_by", allowed, "remove one of them")
    for at, name in enumerate(dataset.order_by):
        if name not in kinds:
            findings.add((*here, at), name, one_of(kinds), nearest(name, kinds))
        elif kinds[name] not in _ORDERED and not isinstance(kinds[name], Decimal):
            findings.add((*here, at), name, "a number, text, date or time", _OTHER)


def _check_masked(dataset: Dataset, findings: Findings) -> None:
    """Refuse to sort or divide rows by what masking has left no order or no difference in."""
    masks = {field.name: field.masking for field in dataset.fields if field.masking}
    for at, name in enumerate(dataset.order_by):
        if masking := masks.get(name):
            # Contracts that hash or redact such a column have been valid for long.
            note = findings.warn if masking in (HASH, REDACT) else findings.add
            allowed = "columns that are not masked: versions are compared as they are stored"
            note((*property_place(findings, "lake.order_by"), at), f"{name}: {masking}", allowed, _OTHER)
    for at, entry in enumerate(dataset.partition):
        if masks.get(entry.source) == REDACT:
            allowed = "columns that are not redacted: all rows would lie in one partition"
            place = (*property_place(findings, "lake.partition"), at)
            findings.add(place, f"{entry.source}: redact", allowed, _OTHER)


def _check_partition(
    partition: tuple[PartitionField, ...], kinds: dict[str, Type], findings: Findings
) -> None:
    taken: set[str] = set()
    for at, entry in enumerate(partition):
        place = (*property_place(findings, "lake.partition"), at)
        if entry.source not in kinds:
            findings.add(place, entry.source, one_of(kinds), nearest(entry.source, kinds))
            continue
        transform, kind = entry.transform.partition("[")[0], kinds[entry.source]
        decimal = isinstance(kind, Decimal) and transform not in _CALENDAR
        if not decimal and kind not in _PARTITIONABLE[transform]:
            allowed = f"{one_of(_PARTITIONABLE[transform])} under {transform}"
            findings.add(place, entry.source, allowed, "choose another transform or column")
        name = partition_name(entry)
        if name in taken or (transform != "identity" and name in kinds):
            findings.add(
                place, name, "a partition name that no column or partition has", "remove or rename one"
            )
        taken.add(name)


def _warn_of_many_partitions(dataset: Dataset, kinds: dict[str, Type], findings: Findings) -> None:
    """Each partition is a folder of its own files: one per record makes tables slow and dear to read."""
    unique = {rule.columns for rule in dataset.rules if rule.metric is Metric.DUPLICATE_VALUES}
    unique.add(dataset.key)
    for at, entry in enumerate(dataset.partition):
        if entry.transform != "identity":
            continue
        if kinds.get(entry.source) in _TIMES:
            got, fix = "instants, nearly all different", f"use day({entry.source})"
        elif (entry.source,) in unique:
            got, fix = "a value of its own for each record", f"use bucket(16, {entry.source}), or none"
        else:
            continue
        place = (*property_place(findings, "lake.partition"), at)
        findings.warn(place, f"{entry.source}: {got}", "columns of few values, or a coarser transform", fix)
