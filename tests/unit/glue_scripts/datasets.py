"""Datasets for tests, as a manifest has them and as jobs read them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.model import Dataset

from tests.unit.glue_scripts.table_rules import compiled

PLAIN: dict[str, Any] = {"required": False, "masking": None, "checks": {}}


def document(
    fields: Mapping[str, Any],
    *,
    folder: str = "/nowhere",
    name: str = "t",
    rules: Mapping[str, dict[str, Any]] | None = None,
    bronze: Mapping[str, Any] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Return a dataset as a manifest has it; `rules` adds to its fields."""
    return {
        "name": name,
        "bronze": {
            "location": f"file:{folder}/{name}/",
            "format": "json",
            "null_token": None,
            **(bronze or {}),
        },
        "silver_table": f"silver.{name}",
        "quarantine_table": f"quarantine.{name}",
        "state_location": f"{folder}/_state/{name}/",
        "requests_location": f"file:{folder}/_requests/{name}/",
        "fields": [
            {**PLAIN, "name": column, "type": kind, **(rules or {}).get(column, {})}
            for column, kind in fields.items()
        ],
        "key": ["id"],
        "order_by": [],
        "write": "merge",
        "max_rejected_ratio": 1.0,
        "unknown_fields": "ignore",
        "table_rules": [],
        "retention_days": None,
        **options,
    }


def lineage(folder: str = "/nowhere") -> dict[str, Any]:
    """Return how a manifest says that runs are called, and where events about them go."""
    return {
        "namespace": "lakehouse-test",
        "catalog": "arn:aws:glue:eu-west-1:123456789012",
        "events": {layer: f"file:{folder}/{layer}/run_events/" for layer in ("silver", "gold")},
    }


def events(folder: Path, layer: str = "silver") -> list[dict[str, Any]]:
    """Return the rows about runs that lie below a folder, in the order in which they were written."""
    paths = sorted((folder / layer / "run_events").rglob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    return [json.loads(path.read_text()) for path in paths]


def whole(dataset: Mapping[str, Any], folder: str = "/nowhere") -> dict[str, Any]:
    """Return the manifest of a domain that has this dataset alone, its table rules compiled from SQL."""
    columns = {field["name"]: field["type"] for field in dataset["fields"]}
    rules = [compiled(rule, columns) for rule in dataset["table_rules"]]
    return {
        "version": manifest.VERSION,
        "domain": "d",
        "masking_secret": "s",
        "token_secret": "t",
        "results_tables": {"silver": f"results.{dataset['name']}", "gold": None},
        "lineage": lineage(folder),
        "products": [],
        "datasets": [{**dataset, "table_rules": rules}],
    }


def decoded(dataset: Mapping[str, Any]) -> Dataset:
    """Return a dataset as a job has it."""
    [found] = manifest.decode(json.dumps(whole(dataset)).encode(), "tests").datasets
    return found
