"""What one contract generates, each derivation taken from the one module that makes it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from config.naming import Naming
from lakehouse.layout.cdc import deleted_table, is_replica
from lakehouse.layout.streams import error_prefix, stream_name
from lakehouse.model.dataset import Dataset, Lake, Layer, Mode
from lakehouse.targets import glue, iceberg, manifest
from lakehouse.targets.run_events import RUN_EVENTS


class Derivation(StrEnum):
    """Derivations that `lake show --only` prints."""

    ICEBERG = "iceberg"
    GLUE = "glue"
    SPARK = "spark"
    DQDL = "dqdl"
    JSON_SCHEMA = "json-schema"
    LF_TAGS = "lf-tags"
    MANIFEST = "manifest"


@dataclass(frozen=True)
class Subject:
    """A dataset in its lake, as one environment names it."""

    dataset: Dataset
    lake: Lake
    naming: Naming


def derive(derivation: Derivation, subject: Subject) -> Any:
    """Return one derivation: JSON values, or a text."""
    return _DERIVATIONS[derivation](subject)


def layers(dataset: Dataset) -> tuple[Layer, ...]:
    """Return the layers in which the dataset has a table."""
    return (Layer.GOLD,) if dataset.ingestion is None else (Layer.BRONZE, Layer.SILVER, Layer.QUARANTINE)


def places(subject: Subject) -> dict[str, str]:
    """Return where the dataset's records come in and where its tables are."""
    dataset, naming = subject.dataset, subject.naming
    found = {}
    if dataset.ingestion and dataset.ingestion.mode is Mode.STREAM:
        found["stream"] = stream_name(dataset, naming)
        found["not delivered"] = f"s3://{naming.bucket(Layer.BRONZE)}/{error_prefix(dataset)}"
    elif dataset.ingestion:
        found["drop files into"] = f"s3://{naming.bucket('landing')}/{dataset.id}/"
    for layer in layers(dataset):
        found[f"{layer} table"] = f"{naming.database(layer, dataset.domain)}.{dataset.name}"
    if is_replica(dataset):
        found["deleted keys"] = deleted_table(dataset, naming)
    found["quality results"] = f"{naming.database(dataset.layer, dataset.domain)}.{iceberg.RESULTS_TABLE}"
    found["runs"] = f"{naming.database(dataset.layer, dataset.domain)}.{RUN_EVENTS}"
    found["pipeline"] = naming.resource(dataset.domain)
    return found


def _iceberg(subject: Subject) -> Any:
    dataset = subject.dataset
    return {
        "schema": iceberg.table_schema(dataset),
        "partition-spec": iceberg.partition_spec(dataset),
        "properties": iceberg.properties(dataset.owner, dataset.classification),
    }


def _glue(subject: Subject) -> Any:
    dataset = subject.dataset
    tables = {dataset.layer.value: [vars(column) for column in glue.columns(dataset)]}
    if dataset.ingestion:
        table = glue.bronze_table(dataset, subject.naming)
        tables["bronze"] = [vars(column) for column in (*table.columns, *table.partition_keys)]
    return tables


def _spark(subject: Subject) -> Any:
    from lakehouse.targets.spark import struct_type  # noqa: PLC0415 (each is imported when it is asked for)

    return struct_type(subject.dataset)


def _dqdl(subject: Subject) -> Any:
    from lakehouse.targets.dqdl import ruleset  # noqa: PLC0415

    return ruleset(subject.dataset)


def _json_schema(subject: Subject) -> Any:
    from lakehouse.targets.json_schema import json_schema  # noqa: PLC0415

    return json_schema(subject.dataset)


def _lf_tags(subject: Subject) -> Any:
    from lakehouse.targets.lf_tags import column_tags, table_tags  # noqa: PLC0415

    return {"table": table_tags(subject.dataset), "columns": column_tags(subject.dataset)}


def _manifest(subject: Subject) -> Any:
    document = manifest.compile_domain(subject.lake, subject.dataset.domain, subject.naming)
    entries = [*document["datasets"], *document["products"]]
    return next(entry for entry in entries if entry["name"] == subject.dataset.name)


_DERIVATIONS: dict[Derivation, Callable[[Subject], Any]] = {
    Derivation.ICEBERG: _iceberg,
    Derivation.GLUE: _glue,
    Derivation.SPARK: _spark,
    Derivation.DQDL: _dqdl,
    Derivation.JSON_SCHEMA: _json_schema,
    Derivation.LF_TAGS: _lf_tags,
    Derivation.MANIFEST: _manifest,
}
