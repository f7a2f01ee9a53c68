"""Rules about how records arrive: what each mode takes, and what each format can hold."""

from collections.abc import Iterator

from config.document import KeyPath
from config.faults import one_of
from lakehouse.model.dataset import Content, Dataset, Format, Ingestion, Mode, UnknownFields, Write
from lakehouse.model.dialect import USUAL
from lakehouse.model.fields import Array, Decimal, Map, Scalar, Struct, Type, every_field, members
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.places import property_place
from lakehouse.odcs.rules.dialects import check_dialect
from lakehouse.odcs.rules.replicas import check_replica
from lakehouse.odcs.rules.source_names import check_source_names

_FORMATS = {
    (Mode.STREAM, Content.RECORDS): (Format.JSON, Format.PARQUET),
    (Mode.FILES, Content.RECORDS): (Format.JSON, Format.CSV, Format.PARQUET),
    (Mode.FILES, Content.CHANGES): (Format.PARQUET,),
}
_STREAMED = ("stream", "transform")
"""Properties that have an effect in mode `stream` alone."""

_TITLES = {Format.JSON: "JSON", Format.PARQUET: "Parquet"}

_INEXACT = (Scalar.BINARY,)
"""Scalars that Firehose's conversion has no JSON form for; decimals it rounds, as Hive does."""


def check_arrival(dataset: Dataset, ingestion: Ingestion, findings: Findings) -> None:
    """Note every rule that the ingestion of a source dataset breaks."""
    place = property_place(findings, "lake.ingestion")
    _check_combination(ingestion, place, findings)
    check_source_names(dataset, ingestion, findings)
    if ingestion.format is Format.CSV:
        _check_scalars(dataset, findings)
        check_dialect(ingestion.dialect, (*place, "dialect"), findings)
    else:
        _check_no_csv(ingestion, place, findings)
    if dataset.write is Write.OVERWRITE and ingestion.mode is Mode.STREAM:
        allowed = "merge or append in mode stream: an object holds what had come by then, never the whole"
        findings.add(property_place(findings, "lake.write"), "overwrite", allowed, "change write or mode")
    if ingestion.content is Content.CHANGES:
        check_replica(dataset, findings)
    if ingestion.mode is Mode.STREAM and ingestion.format is Format.PARQUET:
        _check_conversion(dataset, ingestion, place, findings)


def _check_combination(ingestion: Ingestion, place: KeyPath, findings: Findings) -> None:
    formats = _FORMATS.get((ingestion.mode, ingestion.content))
    if formats is None:
        allowed = f"{Content.RECORDS.value} in mode {ingestion.mode.value}: changes come as files"
        findings.add((*place, "content"), ingestion.content.value, allowed, "set mode: files, or remove it")
    elif ingestion.format not in formats:
        allowed = f"{one_of(formats)} for {ingestion.content.value} in mode {ingestion.mode.value}"
        findings.add((*place, "format"), ingestion.format.value, allowed, "change mode or format")
    for name in _STREAMED:
        value = getattr(ingestion, name)
        if value is not None and ingestion.mode is not Mode.STREAM:
            allowed = f"{name} in mode stream only"
            findings.add((*place, name), str(value), allowed, "remove it, or change the mode")


def _check_no_csv(ingestion: Ingestion, place: KeyPath, findings: Findings) -> None:
    title = _TITLES[ingestion.format]
    if ingestion.null_token is not None:
        allowed = f"nothing: {title} has null"
        findings.add((*place, "nullToken"), ingestion.null_token, allowed, "remove it")
    if ingestion.dialect != USUAL:
        allowed = f"nothing: {title} is written in one way"
        findings.add((*place, "dialect"), str(ingestion.dialect), allowed, "remove it, or use csv")


def _check_scalars(dataset: Dataset, findings: Findings) -> None:
    for at, field in enumerate(dataset.fields):
        if isinstance(field.type, Array | Map | Struct):
            got = type(field.type).__name__.lower()
            findings.add(_column(at), got, "a scalar in CSV", "use JSON, or another type")


def _check_conversion(dataset: Dataset, ingestion: Ingestion, place: KeyPath, findings: Findings) -> None:
    """Firehose writes Parquet from JSON by one Glue table: it drops what the table does not name.

    https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html
    """
    if ingestion.stream is not None:
        allowed = "json in a shared stream: Firehose converts by the columns of one table"
        findings.add((*place, "format"), "parquet", allowed, "use json, or a stream of its own")
    if ingestion.unknown_fields is not UnknownFields.IGNORE:
        allowed = "ignore where Firehose writes Parquet: it keeps the columns of the contract alone"
        findings.add((*place, "unknownFields"), ingestion.unknown_fields.value, allowed, "use format: json")
    for at, field in enumerate(dataset.fields):
        if any(each.physical_name is not None for each in every_field(members(field.type))):
            allowed = "members that are called as in the contract: Firehose renames columns alone"
            findings.add(_column(at), "physicalName of a member", allowed, "use format: json")
        for kind in _scalars(field.type):
            if isinstance(kind, Decimal) or kind in _INEXACT:
                got = "decimal" if isinstance(kind, Decimal) else str(kind)
                allowed = "types that Firehose converts to Parquet without loss"
                findings.add(_column(at), got, allowed, "use format: json, or another type")


def _scalars(kind: Type) -> Iterator[Type]:
    match kind:
        case Array(inner) | Map(_, inner):
            yield from _scalars(inner)
        case Struct(fields):
            for field in fields:
                yield from _scalars(field.type)
        case _:
            yield kind


def _column(at: int) -> KeyPath:
    return ("schema", 0, "properties", at, "logicalType")
