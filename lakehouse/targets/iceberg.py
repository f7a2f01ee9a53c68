"""Iceberg tables of a dataset: schema, partitions and properties, as the specification writes them in JSON.

Field ids are those of a new table. A table that exists keeps the ids it has: whoever evolves it matches
columns by name, and gives new ones the next free id.
"""

import json
from collections.abc import Iterable
from itertools import count
from typing import Any

from config.naming import Naming
from lakehouse.layout import cdc
from lakehouse.model.dataset import Dataset, Layer, PartitionField, UnknownFields
from lakehouse.model.fields import Array, Field, Map, Scalar, Struct, Type
from lakehouse.targets.iceberg_types import members_json

SYSTEM_FIELDS = (
    Field("_source_object", Scalar.STRING, False, "S3 URI of the bronze object that holds the record"),
    Field("_record_hash", Scalar.LONG, False, "xxhash64 of the raw text of the record"),
)
"""Columns of every silver table, after those of its contract."""

QUARANTINE_FIELDS = (
    Field("source_object", Scalar.STRING, False, "S3 URI of the bronze object that holds the record"),
    Field("position", Scalar.LONG, False, "number of the record in its block, from 1"),
    Field("block_start", Scalar.LONG, False, "offset in the object at which the block of the record starts"),
    Field("reason", Scalar.STRING, False, "code of the rule that the record breaks"),
    Field("detail", Scalar.STRING, False, "field at fault and what the contract expects there"),
    Field("raw", Scalar.STRING, False, "the record as it came, unmasked"),
    Field("ingest_date", Scalar.DATE, False, "day on which the record reached bronze, in UTC"),
    Field("run_id", Scalar.STRING, False, "job run that refused the record"),
    Field(
        "shape",
        Scalar.STRING,
        False,
        "the record with x for letters and 9 for digits, but for its fields' names",
    ),
)
"""Columns of every quarantine table. None is required: quarantine takes what nothing else takes."""

RESCUED = Field("_rescued", Scalar.STRING, False, "fields that the contract does not name, as a JSON object")
"""Last column of a silver table whose contract rescues unknown fields."""

RESULT_FIELDS = (
    Field("dataset", Scalar.STRING, False, "id of the dataset, as domain/name"),
    Field("run_id", Scalar.STRING, False, "job run that measured"),
    Field("measured_at", Scalar.TIMESTAMPTZ, False, "instant of the measurement"),
    Field("rule", Scalar.STRING, False, "name of the rule in its contract"),
    Field("scope", Scalar.STRING, False, "record, table, or gate: what the rule is about"),
    Field("severity", Scalar.STRING, False, "error, warning or info"),
    Field("outcome", Scalar.STRING, False, "passed, failed, or quarantined: the records that broke the rule"),
    Field(
        "value", Scalar.DOUBLE, False, "what was measured; of a record rule the number of rejected records"
    ),
    Field("threshold", Scalar.STRING, False, "what the value must be"),
    Field("snapshot_id", Scalar.LONG, False, "silver snapshot that a table rule was measured on"),
)
"""Columns of every table of quality results."""

RESULTS_TABLE = "quality_results"
"""Name of the table of quality results, one in each silver and gold database."""

_FIRST_PARTITION_ID = 1000
"""https://iceberg.apache.org/spec/#partition-specs"""

_SUFFIXES = {"bucket": "bucket", "truncate": "trunc"}
"""How Iceberg shortens a transform in the name of its partition field."""


def table(dataset: Dataset, layer: Layer, naming: Naming) -> dict[str, str]:
    """Return the `Custom::IcebergTable` properties of a dataset's table in one layer."""
    quarantine = layer is Layer.QUARANTINE
    return {
        "Database": naming.database(layer, dataset.domain),
        "Table": dataset.name,
        "Location": f"s3://{naming.bucket(layer)}/{dataset.id}",
        "Description": (
            f"Records of {dataset.id} that broke its contract." if quarantine else dataset.description
        ),
        "Schema": _compact(quarantine_table_schema() if quarantine else table_schema(dataset)),
        "PartitionSpec": _compact(quarantine_partition_spec() if quarantine else partition_spec(dataset)),
        "Properties": _compact(properties(dataset.owner, dataset.classification)),
    }


def results_table(domain: str, layer: Layer, naming: Naming) -> dict[str, str]:
    """Return the `Custom::IcebergTable` properties of a domain's quality results about one layer."""
    return {
        "Database": naming.database(layer, domain),
        "Table": RESULTS_TABLE,
        "Location": f"s3://{naming.bucket(layer)}/{domain}/{RESULTS_TABLE}",
        "Description": f"What the quality rules of {domain} in {layer} measured, one row per rule and run.",
        "Schema": _compact(_schema(RESULT_FIELDS, ())),
        "PartitionSpec": _compact(_spec((), RESULT_FIELDS)),
        "Properties": _compact(properties(domain, "internal")),
    }


def deleted_table(dataset: Dataset, naming: Naming) -> dict[str, str]:
    """Return the `Custom::IcebergTable` properties of the table that remembers deleted keys."""
    name = cdc.deleted_name(dataset)
    return {
        "Database": naming.database(Layer.SILVER, dataset.domain),
        "Table": name,
        "Location": f"s3://{naming.bucket(Layer.SILVER)}/{dataset.domain}/{name}",
        "Description": f"Keys that {dataset.id} no longer has, so that no older change brings them back.",
        "Schema": _compact(deleted_table_schema(dataset)),
        "PartitionSpec": _compact(_spec((), ())),
        "Properties": _compact(properties(dataset.owner, dataset.classification)),
    }


def columns(dataset: Dataset) -> tuple[Field, ...]:
    """Return the columns of a silver or gold table as stored; a redacted column holds null alone."""
    stored = _stored(dataset.fields)
    if dataset.ingestion is None:
        return stored
    rescues = dataset.ingestion.unknown_fields is UnknownFields.RESCUE
    changes = cdc.SYSTEM_FIELDS if cdc.is_replica(dataset) else ()
    return (*stored, *SYSTEM_FIELDS, *((RESCUED,) if rescues else ()), *changes)


def _stored(fields: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(
        Field(field.name, _stored_type(field.type), field.stored_required, field.description)
        for field in fields
    )


def _stored_type(kind: Type) -> Type:
    """Return the type that a table has for values of a type: members that are redacted are optional."""
    match kind:
        case Struct(fields):
            return Struct(_stored(fields))
        case Array(element):
            return Array(_stored_type(element))
        case Map(key, value):
            return Map(key, _stored_type(value))
    return kind


def deleted_table_schema(dataset: Dataset) -> dict[str, Any]:
    """Return the schema of the table of deleted keys."""
    return _schema(_stored(cdc.deleted_fields(dataset)), dataset.key)


def table_schema(dataset: Dataset) -> dict[str, Any]:
    """Return the schema of a silver or gold table."""
    return _schema(columns(dataset), dataset.key)


def quarantine_table_schema() -> dict[str, Any]:
    """Return the schema that all quarantine tables share."""
    return _schema(QUARANTINE_FIELDS, ())


def partition_spec(dataset: Dataset) -> dict[str, Any]:
    """Return the partition spec of a silver or gold table."""
    return _spec(dataset.partition, columns(dataset))


def quarantine_partition_spec() -> dict[str, Any]:
    """Return the partition spec that all quarantine tables share."""
    return _spec((PartitionField("ingest_date", "identity"),), QUARANTINE_FIELDS)


def properties(owner: str, classification: str) -> dict[str, str]:
    """Return the properties of every table of the lake.

    Copy-on-write keeps tables free of delete files, which Athena and DuckDB read slowly or not at all.
    The classification has our prefix because Glue's own `classification` names a file format.
    """
    return {
        "format-version": "2",
        "write.delete.mode": "copy-on-write",
        "write.update.mode": "copy-on-write",
        "write.merge.mode": "copy-on-write",
        "write.parquet.compression-codec": "zstd",
        "write.target-file-size-bytes": str(256 * 1024 * 1024),
        "owner": owner,
        "lake.classification": classification,
    }


def partition_name(field: PartitionField) -> str:
    """Name a partition field as Iceberg does: `ordered_at_day`, `order_id_bucket`, `ingest_date`."""
    if field.transform == "identity":
        return field.source
    transform = field.transform.partition("[")[0]
    return f"{field.source}_{_SUFFIXES.get(transform, transform)}"


def _schema(fields: Iterable[Field], key: tuple[str, ...]) -> dict[str, Any]:
    members = members_json(fields, count(1))
    numbers = {member["name"]: member["id"] for member in members}
    identifiers = sorted(numbers[name] for name in key)
    return {"type": "struct", "schema-id": 0, "identifier-field-ids": identifiers, "fields": members}


def _spec(partition: tuple[PartitionField, ...], fields: tuple[Field, ...]) -> dict[str, Any]:
    numbers = {field.name: number for number, field in enumerate(fields, start=1)}
    return {
        "spec-id": 0,
        "fields": [
            {
                "source-id": numbers[field.source],
                "field-id": number,
                "transform": field.transform,
                "name": partition_name(field),
            }
            for number, field in enumerate(partition, start=_FIRST_PARTITION_ID)
        ],
    }


def _compact(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
