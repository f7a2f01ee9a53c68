"""Compiles what the jobs of one domain need to know into one JSON document.

Jobs read it with the standard library; contracts, YAML and SQL parsing stay at build time.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from config.naming import Naming
from lakehouse.layout import cdc
from lakehouse.layout.paths import bronze_location, requests_prefix
from lakehouse.layout.streams import unknown_routing_member
from lakehouse.model.dataset import Dataset, Format, Ingestion, Lake, Layer, Mode
from lakehouse.model.fields import CLASSIFICATIONS, PERSONAL, Field, Scalar, Type, members
from lakehouse.model.source_formats import SourceFormat
from lakehouse.model.table_rules import TableRule
from lakehouse.targets.iceberg import RESULTS_TABLE, columns
from lakehouse.targets.iceberg_types import masking_json, type_json
from lakehouse.targets.manifest_check import check
from lakehouse.targets.run_events import event_time, run_events_location

VERSION = 8
"""Raised when a job written for the older form could misread the newer one."""

STREAM_HOURS_MAX = 8760
"""How long a Kinesis stream keeps records at most.

https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html
"""

_QUEUE_HOURS = 14 * 24
"""How long a message that tells of a file waits for the landing router, among the dead letters as well."""

_DELIVERY_HOURS = 26
"""Firehose retries for 24 hours, and names a partition by the oldest record of what it collected.

https://docs.aws.amazon.com/firehose/latest/dev/retry.html
"""


def compile_domain(
    lake: Lake, domain: str, naming: Naming, stream_hours: int = STREAM_HOURS_MAX
) -> dict[str, Any]:
    """Return the manifest of a domain: source datasets by name, products in build order.

    Args:
        lake: All datasets.
        domain: Name of the domain.
        naming: Names of buckets and tables.
        stream_hours: How long streams keep records, and so how far they may lag.

    Raises:
        ManifestError: It is not as jobs read it.
    """
    datasets = lake.of_domain(domain)
    document = {
        "version": VERSION,
        "domain": domain,
        "masking_secret": naming.masking_secret,
        "token_secret": naming.token_secret,
        "results_tables": {
            layer.value: _results_table(domain, layer, naming)
            if layer in {each.layer for each in datasets}
            else None
            for layer in (Layer.SILVER, Layer.GOLD)
        },
        "lineage": {
            "namespace": naming.prefix,
            "catalog": f"arn:aws:glue:{naming.region}:{naming.account}",
            "events": {
                layer.value: run_events_location(domain, layer, naming)
                for layer in sorted({each.layer for each in datasets})
            },
        },
        "datasets": [
            _source(dataset, dataset.ingestion, naming, stream_hours)
            for dataset in datasets
            if dataset.ingestion is not None
        ],
        "products": [
            _product(lake, dataset, dataset.sql, naming) for dataset in datasets if dataset.sql is not None
        ],
    }
    check(document)
    return document


def _source(dataset: Dataset, ingestion: Ingestion, naming: Naming, stream_hours: int) -> dict[str, Any]:
    lag = stream_hours if ingestion.mode is Mode.STREAM else _QUEUE_HOURS
    return {
        "name": dataset.name,
        "version": dataset.version,
        "event_time": event_time(dataset),
        "by_event": dataset.service.event_time is not None,
        "records_per_day": math.ceil(dataset.volume.records_per_day[0]) if dataset.volume else None,
        "bronze": {
            "table": _table(dataset, Layer.BRONZE, naming),
            "location": bronze_location(dataset, naming),
            "format": ingestion.format.value,
            "null_token": ingestion.null_token,
            "dialect": asdict(ingestion.dialect) if ingestion.format is Format.CSV else None,
            "routing_member": unknown_routing_member(dataset),
        },
        "silver_table": _table(dataset, Layer.SILVER, naming),
        "quarantine_table": _table(dataset, Layer.QUARANTINE, naming),
        "state_location": f"s3://{naming.bucket(Layer.SILVER)}/{dataset.domain}/_state/{dataset.name}/",
        "requests_location": f"s3://{naming.bucket(Layer.BRONZE)}/{requests_prefix(dataset)}",
        "fields": [_field(field) for field in dataset.fields],
        "key": list(dataset.key),
        "order_by": list(dataset.order_by),
        "write": dataset.write.value,
        "max_rejected_ratio": dataset.max_rejected_ratio,
        "unknown_fields": ingestion.unknown_fields.value,
        "changes": _changes(dataset, naming) if cdc.is_replica(dataset) else None,
        "table_rules": _rules(dataset),
        "retention_days": dataset.service.retention_days,
        "look_back_hours": lag + _DELIVERY_HOURS,
        "freshness_hours": dataset.service.freshness_hours,
        "versions": asdict(dataset.versions) if dataset.versions else None,
        "engine": dataset.engine and dataset.engine.value,
        "personal": {
            "guarded": list(_guarded(dataset.fields)),
            "looks_like": {
                field.name: list(field.not_personal.looks_like)
                for field in dataset.fields
                if field.not_personal is not None
            },
        },
    }


def _guarded(fields: Sequence[Field], within: str = "") -> Iterator[str]:
    """Yield the paths of what personal data may lie in: classified so, or masked."""
    for field in fields:
        path = within + field.name
        if field.masking or CLASSIFICATIONS.index(field.classification) >= CLASSIFICATIONS.index(PERSONAL):
            yield path
        else:
            yield from _guarded(members(field.type), f"{path}.")


def _changes(dataset: Dataset, naming: Naming) -> dict[str, str]:
    return {
        "operation": cdc.OPERATION,
        "changed_at": cdc.CHANGED_AT,
        "sequence": cdc.SEQUENCE,
        "before": cdc.BEFORE,
        "deleted_table": cdc.deleted_table(dataset, naming),
    }


def _product(lake: Lake, dataset: Dataset, sql: str, naming: Naming) -> dict[str, Any]:
    from lakehouse.sql.lineage import made_of  # noqa: PLC0415 (slow to import; few callers need it)
    from lakehouse.sql.parse import resolve, volatile_calls  # noqa: PLC0415

    inputs = {
        f"{each.layer}_{each.domain}.{each.name}": each for each in lake.datasets if each.id in dataset.inputs
    }
    made = made_of(sql, {name: [field.name for field in columns(each)] for name, each in inputs.items()})
    return {
        "name": dataset.name,
        "version": dataset.version,
        "by_event": dataset.service.event_time is not None,
        "made_of": {
            column: [[inputs[table].id, name] for table, name in sources if table in inputs]
            for column, sources in made.items()
        },
        "table": _table(dataset, Layer.GOLD, naming),
        "sql": resolve(sql, naming),
        "fields": [_field(field) for field in dataset.fields],
        "key": list(dataset.key),
        "write": dataset.write.value,
        "partition": [asdict(field) for field in dataset.partition],
        "inputs": [
            {"id": each.id, "layer": each.layer.value, "table": _table(each, each.layer, naming)}
            for each in inputs.values()
        ],
        "refresh": None if dataset.refresh is None else asdict(dataset.refresh),
        "volatile": bool(volatile_calls(sql)),
        "freshness_hours": dataset.service.freshness_hours,
        "table_rules": _rules(dataset),
    }


def _rules(dataset: Dataset) -> list[dict[str, Any]]:
    kinds = {field.name: field.type for field in columns(dataset)}
    return [_rule(rule, kinds) for rule in dataset.rules]


def _rule(rule: TableRule, kinds: Mapping[str, Type]) -> dict[str, Any]:
    from lakehouse.sql.figures import compiled  # noqa: PLC0415 (slow to import; few callers need it)

    return {
        "name": rule.name,
        **asdict(compiled(rule, kinds)),
        "operator": rule.threshold.operator.value,
        "values": list(rule.threshold.values),
        "severity": rule.severity.value,
    }


def _results_table(domain: str, layer: Layer, naming: Naming) -> str:
    return f"{naming.database(layer, domain)}.{RESULTS_TABLE}"


def _table(dataset: Dataset, layer: Layer, naming: Naming) -> str:
    return f"{naming.database(layer, dataset.domain)}.{dataset.name}"


def _field(field: Field) -> dict[str, Any]:
    checks = {name: _bound(field.type, value) for name, value in asdict(field.checks).items()}
    checks["allowed"] = field.checks.allowed and list(field.checks.allowed)
    return {
        "name": field.name,
        "physical_name": field.physical_name,
        "type": type_json(field.type),
        "source_format": _source_format(field),
        "required": field.required,
        "masking": None if field.masking is None else masking_json(field.masking),
        "checks": {name: value for name, value in checks.items() if value is not None},
    }


def _source_format(field: Field) -> dict[str, str] | None:
    """Jobs read by the regular expression alone, so that the patterns of contracts are known in one place."""
    if field.source_format is None:
        return None
    return {"text": field.source_format, "pattern": SourceFormat(field.source_format).named_pattern}


def _bound(kind: Type, value: Any) -> Any:
    """Bring a bound on instants into the form that Spark casts to their type."""
    if value is None or kind not in (Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ):
        return value
    instant = datetime.fromisoformat(value)
    return (instant.astimezone(UTC) if kind is Scalar.TIMESTAMPTZ else instant).isoformat()
