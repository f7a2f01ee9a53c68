"""Jobs read the manifest that was compiled for them, and refuse another one as a whole."""

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.manifest import Manifest, ManifestError
from lakehouse_etl.contract.model import Checks, Input, PartitionField, Refresh
from lakehouse_etl.contract.table_rules import Figure, TableRule

from tests.unit.glue_scripts.datasets import lineage

GOOD: dict[str, Any] = {
    "version": manifest.VERSION, "domain": "sales", "masking_secret": "s", "token_secret": "t",
    "results_tables": {"silver": "silver.quality_results", "gold": "gold.quality_results"},
    "lineage": lineage(),
    "datasets": [{
        "name": "orders",
        "bronze": {"location": "s3://b/o/", "format": "json", "null_token": None, "routing_member": None},
        "silver_table": "silver.orders", "quarantine_table": "quarantine.orders",
        "state_location": "s3://b/_state/", "requests_location": "s3://b/_requests/",
        "fields": [
            {"name": "id", "type": "string", "required": True, "masking": None, "checks": {"allowed": ["a"]}},
            {"name": "price", "type": "decimal(4, 2)", "required": False, "masking": None,
             "checks": {"minimum": 0.25}},
        ],
        "key": ["id"], "order_by": [], "write": "merge", "max_rejected_ratio": 0.1,
        "unknown_fields": "reject", "changes": None, "retention_days": 30,
        "table_rules": [{
            "name": "filled", "figures": [{"spark": "count(*)", "duckdb": "count(*)", "additive": True}],
            "formula": ["-", ["figure", 0], ["number", "1", "int"], "long"], "query": None, "volatile": False,
            "spark_only": None, "operator": "mustBeGreaterThan", "values": [0], "severity": "error",
        }],
    }],
    "products": [{
        "name": "daily", "table": "gold.daily", "sql": "SELECT day FROM glue_catalog.silver.orders",
        "fields": [{"name": "day", "type": "date", "required": True, "masking": None, "checks": {}}],
        "key": ["day"], "write": "overwrite_partitions",
        "partition": [{"source": "day", "transform": "month"}],
        "inputs": [{"id": "sales/orders", "layer": "silver", "table": "silver.orders"}],
        "refresh": {"input": "sales/orders", "column": "day"}, "volatile": False, "table_rules": [],
        "made_of": {"day": [["sales/orders", "ordered_at"]]},
    }],
}  # fmt: skip


def _decode(document: object) -> Manifest:
    return manifest.decode(json.dumps(document).encode(), "s3://b/m.json")


def test_dataset_is_read() -> None:
    [dataset] = _decode(GOOD).datasets
    assert (dataset.name, dataset.id, dataset.unknown_fields) == ("orders", "sales/orders", "reject")
    assert dataset.results_table == "silver.quality_results"
    rule = TableRule(
        "filled", (Figure("count(*)", "count(*)", True),),
        ("-", ("figure", 0), ("number", "1", "int"), "long"), None, False, None,
        "mustBeGreaterThan", (0.0,), "error",
    )  # fmt: skip
    assert (dataset.table_rules, dataset.retention_days) == ((rule,), 30)
    assert [field.checks for field in dataset.fields] == [
        Checks(allowed=("a",)),
        Checks(minimum=Decimal("0.25")),
    ]


def test_product_is_read() -> None:
    [product] = _decode(GOOD).products
    orders = Input("sales/orders", "silver", "silver.orders")
    assert (product.id, product.results_table) == ("sales/daily", "gold.quality_results")
    assert (product.inputs, product.partition) == ((orders,), (PartitionField("day", "month"),))
    assert product.refresh == Refresh(orders, "day", "month")
    assert product.made_of == {"day": (("sales/orders", "ordered_at"),)}


@pytest.mark.parametrize(("version", "got"), [(1, "1"), (manifest.VERSION + 1, str(manifest.VERSION + 1))])
def test_manifest_of_another_version_is_refused_before_anything_else_of_it_is_read(
    version: int, got: str
) -> None:
    with pytest.raises(ManifestError) as refusal:
        _decode({"version": version, "surprise": 1})
    assert str(refusal.value) == (
        f"s3://b/m.json: version: got {got}; allowed: {manifest.VERSION}, which this job was written for; "
        "fix: deploy jobs and manifest from the same commit"
    )


@pytest.mark.parametrize("document", [{}, [], "text", None])
def test_what_is_no_manifest_is_refused(document: object) -> None:
    with pytest.raises(ManifestError, match="version: got no"):
        _decode(document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("domain"), "domain"),
        (lambda d: d["datasets"][0].update(schedule="daily"), "schedule"),
        (lambda d: d["datasets"][0].pop("key"), "key"),
        (lambda d: d["datasets"][0]["fields"][0]["checks"].update(odd=1), "odd"),
        (lambda d: d["datasets"][0]["fields"][0].update(type="varchar"), "varchar"),
        (lambda d: d["datasets"][0]["table_rules"][0].update(odd=1), "odd"),
        (lambda d: d["products"][0].update(schedule="daily"), "schedule"),
        (lambda d: d["products"][0].update(inputs=[]), "sales/orders"),
    ],
)
def test_manifest_with_what_the_job_does_not_know_is_refused_when(change: Any, message: str) -> None:
    document = copy.deepcopy(GOOD)
    change(document)
    with pytest.raises(ManifestError, match=message) as refusal:
        _decode(document)
    assert str(refusal.value).startswith("s3://b/m.json: got what this job cannot read")
    assert str(refusal.value).endswith("fix: deploy jobs and manifest from the same commit")


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(ManifestError, match="no JSON"):
        manifest.decode(b"{", "m")
