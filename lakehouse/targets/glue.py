"""Glue catalog entries of a dataset: the bronze table as Athena reads it, and Hive types of its columns.

Every bronze column of JSON is a string, and CSV is one column of lines. Bronze holds what arrived, malformed
values among it, and a typed column would fail the whole query at the first of them; types begin in silver.
Parquet has types itself: its columns are those of the contract, by which Firehose converts, too; they are
called as in the files, as Athena finds them by their names.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from config.naming import Naming
from lakehouse.layout.cdc import bronze_fields, is_replica
from lakehouse.layout.paths import INGEST_DATE, INGEST_HOUR, bronze_location, ingest_partition
from lakehouse.model.dataset import Dataset, Format
from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.targets.bronze_csv import LINE
from lakehouse.targets.iceberg import columns as stored_columns

FIRST_INGEST_DATE = "2026-01-01"
"""Day at which partition projection begins; no lake of this project is older."""

_WORD = re.compile(r"\w+", re.ASCII)

_HIVE = {Scalar.LONG: "bigint", Scalar.TIMESTAMPTZ: "timestamp"}
"""Scalars that Hive names otherwise; Hive's timestamp has no zone, Iceberg readers know that it is UTC."""


@dataclass(frozen=True)
class Column:
    """One column of a Glue table."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class ExternalTable:
    """A table over objects that others write."""

    location: str
    columns: tuple[Column, ...]
    partition_keys: tuple[Column, ...]
    input_format: str
    output_format: str
    serde: str
    serde_parameters: dict[str, str]
    parameters: dict[str, str]


@dataclass(frozen=True)
class _Serde:
    library: str
    parameters: dict[str, str]
    table_parameters: dict[str, str]
    input_format: str = "org.apache.hadoop.mapred.TextInputFormat"
    output_format: str = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    typed: bool = False
    """Whether columns have the types of the contract."""


_SERDES = {
    # OpenX reads any JSON value into a string column, and a broken line becomes a row of nulls.
    Format.JSON: _Serde(
        "org.openx.data.jsonserde.JsonSerDe",
        {"ignore.malformed.json": "true"},
        {"classification": "json"},
    ),
    # Athena takes columns of CSV by position: it gets lines, and `bronze_csv` reads them by header.
    Format.CSV: _Serde(
        "org.apache.hadoop.hive.serde2.RegexSerDe", {"input.regex": "(.*)"}, {"classification": "csv"}
    ),
    Format.PARQUET: _Serde(
        "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        {"serialization.format": "1"},
        {"classification": "parquet"},
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        typed=True,
    ),
}
"""https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html"""


def bronze_table(dataset: Dataset, naming: Naming) -> ExternalTable:
    """Return the bronze table of a source dataset; partitions are projected, nobody registers them."""
    if dataset.ingestion is None:
        raise ValueError(f"{dataset.id} is a gold product: it has no bronze table")
    serde = _SERDES[dataset.ingestion.format]
    location = bronze_location(dataset, naming)
    return ExternalTable(
        location=location,
        columns=_bronze_columns(dataset, typed=serde.typed),
        partition_keys=(
            Column(INGEST_DATE, "string", "day of arrival in UTC, as YYYY-MM-DD"),
            Column(INGEST_HOUR, "string", "hour of arrival in UTC, 00 to 23"),
        ),
        input_format=serde.input_format,
        output_format=serde.output_format,
        serde=serde.library,
        serde_parameters={**serde.parameters, **_renamed(dataset)},
        parameters={"EXTERNAL": "TRUE", **serde.table_parameters, **_projection(location)},
    )


def json_table(
    location: str,
    columns: tuple[Column, ...],
    partition_keys: tuple[Column, ...],
    projection: dict[str, str],
) -> ExternalTable:
    """Return a table over objects whose lines are JSON objects with typed members."""
    serde = _SERDES[Format.JSON]
    return ExternalTable(
        location=location,
        columns=columns,
        partition_keys=partition_keys,
        input_format=serde.input_format,
        output_format=serde.output_format,
        serde=serde.library,
        serde_parameters=serde.parameters,
        parameters={"EXTERNAL": "TRUE", **serde.table_parameters, **projection},
    )


def columns(dataset: Dataset) -> tuple[Column, ...]:
    """Return the columns of a silver or gold table."""
    return _columns(stored_columns(dataset))


def hive_type(kind: Type, *, of_source: bool = False) -> str:
    """Return a type as Glue and Athena DDL write it.

    Args:
        kind: The type.
        of_source: Whether members are called as in the source.
            A name that is no word has no place in such a type: that member stays called as in the contract,
            and nobody finds it in files.
    """
    match kind:
        case Scalar():
            return _HIVE.get(kind, kind.value)
        case Decimal(precision, scale):
            return f"decimal({precision},{scale})"
        case Array(element):
            return f"array<{hive_type(element, of_source=of_source)}>"
        case Map(key, value):
            return f"map<{hive_type(key)},{hive_type(value, of_source=of_source)}>"
        case Struct(fields):
            members = (
                f"{_member_name(field, of_source=of_source)}:{hive_type(field.type, of_source=of_source)}"
                for field in fields
            )
            return f"struct<{','.join(members)}>"


def _member_name(field: Field, *, of_source: bool) -> str:
    name = field.source_name.lower()
    return name if of_source and _WORD.fullmatch(name) else field.name


def source_columns(dataset: Dataset) -> dict[str, str]:
    """Return what records call the columns of the bronze table of Parquet, by their names there."""
    names = [field.source_name for field in _written(dataset)]
    return {name.lower(): name for name in names}


def _written(dataset: Dataset) -> tuple[Field, ...]:
    return (*dataset.fields, *(bronze_fields(dataset) if is_replica(dataset) else ()))


def _bronze_columns(dataset: Dataset, *, typed: bool) -> tuple[Column, ...]:
    if dataset.ingestion and dataset.ingestion.format is Format.CSV:
        return (Column(LINE, "string", "a line of an object, as it came; headers are lines, too"),)
    if not typed:
        return tuple(Column(field.name, "string", field.description) for field in _written(dataset))
    return tuple(
        Column(field.source_name.lower(), hive_type(field.type, of_source=True), field.description)
        for field in _written(dataset)
    )


def _renamed(dataset: Dataset) -> dict[str, str]:
    """Return the parameters by which OpenX finds members that the contract calls otherwise.

    It compares names without their case, those of the parameters in lower case.
    https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
    """
    if dataset.ingestion is None or dataset.ingestion.format is not Format.JSON:
        return {}
    return {
        f"mapping.{field.name}": field.source_name.lower()
        for field in dataset.fields
        if field.source_name.lower() != field.name
    }


def _columns(fields: Iterable[Field]) -> tuple[Column, ...]:
    return tuple(Column(field.name, hive_type(field.type), field.description) for field in fields)


def _projection(location: str) -> dict[str, str]:
    """Return the table parameters of partition projection.

    Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
    """
    return {
        "projection.enabled": "true",
        f"projection.{INGEST_DATE}.type": "date",
        f"projection.{INGEST_DATE}.format": "yyyy-MM-dd",
        f"projection.{INGEST_DATE}.range": f"{FIRST_INGEST_DATE},NOW+1DAYS",
        f"projection.{INGEST_HOUR}.type": "integer",
        f"projection.{INGEST_HOUR}.range": "0,23",
        f"projection.{INGEST_HOUR}.digits": "2",
        "storage.location.template": location
        + ingest_partition(f"${{{INGEST_DATE}}}", f"${{{INGEST_HOUR}}}"),
    }
