"""The manifest is understood whole or refused whole."""

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.manifest import ManifestError
from lakehouse_etl.contract.model import Bound, Checks, Manifest, TableRule

GOOD: dict[str, Any] = {
    "version": 3, "domain": "sales", "masking_secret": "s",
    "results_tables": {"silver": "silver.quality_results", "gold": None},
    "datasets": [{
        "name": "orders", "bronze": {"location": "s3://b/o/", "format": "json", "null_token": None},
        "silver_table": "silver.orders", "quarantine_table": "quarantine.orders", "state_location": "s3://b/_state/",
        "requests_location": "s3://b/_requests/",
        "fields": [{"name": "id", "type": "string", "required": True, "masking": None, "checks": {}}],
        "key": ["id"], "order_by": [], "write": "merge", "max_rejected_ratio": 0.1,
        "unknown_fields": "reject", "retention_days": 30,
        "table_rules": [{
            "name": "filled", "kind": "aggregate", "sql": "count(*)", "operator": "mustBeGreaterThan",
            "values": [0.0], "severity": "error",
        }],
    }],
    "products": [],
}  # fmt: skip


def _rule(document: dict[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = document["datasets"][0]["table_rules"][0]
    return rule


def _only_field(document: dict[str, Any], kind: str, **checks: object) -> None:
    document["datasets"][0]["fields"][0].update(type=kind, checks=checks)


def _decode(document: object) -> Manifest:
    return manifest.decode(json.dumps(document).encode(), "s3://b/m.json")


def test_good_manifest_is_decoded() -> None:
    [dataset] = _decode(GOOD).datasets
    assert (dataset.name, dataset.id, dataset.unknown_fields) == ("orders", "sales/orders", "reject")
    assert dataset.results_table == "silver.quality_results"
    rule = TableRule("filled", "aggregate", "count(*)", "mustBeGreaterThan", (0.0,), "error")
    assert (dataset.table_rules, dataset.retention_days) == ((rule,), 30)


@pytest.mark.parametrize(
    ("kind", "given", "understood"),
    [
        ("decimal(4, 2)", 0.25, Decimal("0.25")),
        ("date", "2026-01-31", "2026-01-31"),
        ("timestamp", "2026-01-31 09:30:00", "2026-01-31T09:30:00"),
        ("timestamptz", "2026-01-31T09:30:00+02:00", "2026-01-31T07:30:00+00:00"),
    ],
)
def test_bound_is_brought_into_a_form_that_spark_reads(kind: str, given: object, understood: Bound) -> None:
    document = copy.deepcopy(GOOD)
    document["datasets"][0]["fields"].append(
        {
            "name": "x",
            "type": kind,
            "required": False,
            "masking": None,
            "checks": {"exclusive_minimum": given},
        }
    )
    [dataset] = _decode(document).datasets
    assert dataset.fields[1].checks == Checks(exclusive_minimum=understood)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(version=1), "version: got 1; allowed: 3"),
        (lambda d: d.pop("domain"), "domain: got nothing"),
        (lambda d: d.update(surprise=1), "surprise"),
        (lambda d: d["datasets"][0].update(write="upsert"), "write: got 'upsert'; allowed: merge or append"),
        (lambda d: d["datasets"][0].update(key=[]), "key: got no column"),
        (lambda d: d["datasets"][0].update(key=["nope"]), "key: got 'nope'; allowed: names of fields"),
        (lambda d: d["datasets"][0]["fields"][0].update(type="varchar"), "type"),
        (lambda d: d["datasets"][0]["fields"][0].update(masking="rot13"), "masking"),
        (lambda d: d["datasets"][0]["fields"][0].update(checks={"minimum": 1}), "minimum on string"),
        (lambda d: _only_field(d, "date", exclusive_maximum="soon"), "got 'soon'; allowed: a date as in"),
        (lambda d: _only_field(d, "date", minimum=1), "got 1; allowed: a date as in 2026-01-31"),
        (
            lambda d: _only_field(d, "timestamptz", maximum="2026-01-31T09:30:00"),
            "allowed: date and time with",
        ),
        (lambda d: _only_field(d, "int", max_length=1), "max_length on int"),
        (lambda d: d.pop("results_tables"), "results_tables: got None; allowed: an object"),
        (lambda d: d["results_tables"].update(silver=None), "results_tables.silver: got null"),
        (
            lambda d: d["datasets"][0].update(unknown_fields="drop"),
            "unknown_fields: got 'drop'; allowed: ignore",
        ),
        (lambda d: _rule(d).update(operator="mustBeNice"), "operator: got 'mustBeNice'; allowed: mustBe or"),
        (
            lambda d: _rule(d).update(operator="mustBeBetween"),
            "values: got (0.0,); allowed: 2 for mustBeBetween",
        ),
        (lambda d: _rule(d).update(operator="mustBeBetween", values=[5, 1]), "the smaller first"),
        (lambda d: _rule(d).update(severity="fatal"), "severity: got 'fatal'"),
        (lambda d: _rule(d).update(schedule="daily"), "only keys that this job knows"),
        (lambda d: d["datasets"][0]["table_rules"].append(_rule(d)), "'filled' twice"),
        (
            lambda d: d["datasets"][0].update(retention_days=0),
            "retention_days: got 0; allowed: a number of days",
        ),
    ],
)
def test_faulty_manifest_is_refused_when(change: Callable[[Any], object], message: str) -> None:
    document = copy.deepcopy(GOOD)
    change(document)
    with pytest.raises(ManifestError) as refusal:
        _decode(document)
    assert message in str(refusal.value)
    assert "s3://b/m.json" in str(refusal.value)


def test_all_faults_are_named_at_once() -> None:
    document = copy.deepcopy(GOOD)
    document["datasets"][0].update(write="upsert", max_rejected_ratio=7)
    with pytest.raises(ManifestError) as refusal:
        _decode(document)
    assert "write" in str(refusal.value)
    assert "max_rejected_ratio" in str(refusal.value)


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(ManifestError, match="no JSON"):
        manifest.decode(b"{", "m")
