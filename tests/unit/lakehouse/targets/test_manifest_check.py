"""No manifest is compiled that jobs would not read as it is meant."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lakehouse.model.dataset import Lake, PartitionField, Refresh, Write
from lakehouse.model.fields import Checks
from lakehouse.model.masking import HASH
from lakehouse.model.table_rules import Metric, Operator, TableRule, Threshold
from lakehouse.targets.manifest import compile_domain
from lakehouse.targets.manifest_check import ManifestError, check
from tests.unit.lakehouse.datasets import NAMING, ORDERS, TOTALS

ROWS = TableRule("filled", "", Metric.ROW_COUNT, Threshold(Operator.MUST_BE_GREATER_THAN, (0,)))
PARTS = replace(
    TOTALS,
    write=Write.OVERWRITE_PARTITIONS,
    refresh=Refresh("shop/orders", "order_id"),
    partition=(PartitionField("order_id", "identity"),),
)
GOOD = compile_domain(Lake((replace(ORDERS, rules=(ROWS,)), PARTS)), "shop", NAMING)


def _dataset(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["datasets"][0]
    return found


def _product(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["products"][0]
    return found


def _rule(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _dataset(document)["table_rules"][0]
    return found


def _field(document: dict[str, Any], **changes: object) -> None:
    _dataset(document)["fields"][0].update(changes)


def _wrong(change: Callable[[dict[str, Any]], object]) -> str:
    document = copy.deepcopy(GOOD)
    change(document)
    with pytest.raises(ManifestError) as refusal:
        check(document)
    return str(refusal.value)


def test_good_manifest_is_let_through_as_it_is_and_as_jobs_get_it() -> None:
    check(GOOD)
    check(json.loads(json.dumps(GOOD)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("domain"), "domain: Field required"),
        (lambda d: d.update(surprise=1), "surprise: Extra inputs are not permitted"),
        (lambda d: d.pop("results_tables"), "results_tables: Field required"),
        (lambda d: d["results_tables"].update(silver=None), "results_tables.silver: got null"),
        (lambda d: d["results_tables"].update(gold=None), "results_tables.gold: got null"),
        (lambda d: _product(d).update(name="orders"), "'orders' twice"),
        (lambda d: _dataset(d).update(write="upsert"), "datasets.0.write: Input should be"),
        (lambda d: _dataset(d).update(key=[]), "key: got none under merge"),
        (lambda d: _dataset(d).update(key=[], write="append"), "key: got none under append, order_by ['at']"),
        (lambda d: _dataset(d).update(key=["nope"]), "key: got 'nope'; allowed: order_id"),
        (lambda d: _dataset(d).update(order_by=["nope"]), "order_by: got 'nope'; allowed: order_id"),
        (lambda d: _dataset(d).update(fields=[]), "datasets.0.fields: List should have at least 1"),
        (lambda d: _dataset(d).update(unknown_fields="drop"), "datasets.0.unknown_fields: Input should be"),
        (lambda d: _dataset(d).update(retention_days=0), "datasets.0.retention_days"),
        (lambda d: _dataset(d).update(max_rejected_ratio=7), "datasets.0.max_rejected_ratio"),
        (lambda d: _dataset(d).update(state_location="s3://b/s"), "datasets.0.state_location"),
        (lambda d: _dataset(d).update(silver_table="orders"), "datasets.0.silver_table"),
        (lambda d: _dataset(d)["personal"]["looks_like"].update(a=["cards"]), "looks_like.a.0: Value error"),
        (lambda d: _dataset(d).update(changes={}), "datasets.0.changes.operation: Field required"),
        (lambda d: _dataset(d)["bronze"].update(format="xml"), "datasets.0.bronze.format: Input should be"),
        (lambda d: _field(d, type="varchar"), "datasets.0.fields.0.type"),
        (lambda d: _field(d, type="decimal(39, 2)"), "datasets.0.fields.0.type"),
        (lambda d: _field(d, type={"type": "list", "element": "text"}), "datasets.0.fields.0.type"),
        (lambda d: _field(d, required="no"), "datasets.0.fields.0.required"),
        (lambda d: _field(d, masking="rot13"), "datasets.0.fields.0.masking"),
        (lambda d: _field(d, masking="hash"), "hash on long; allowed: hash on string"),
        (lambda d: _field(d, type="string", checks={"minimum": 1}), "minimum 1 on string"),
        (lambda d: _field(d, type="int", checks={"max_length": 1}), "max_length 1 on int"),
        (lambda d: _field(d, type="int", checks={"minimum": "1"}), "minimum '1' on int"),
        (lambda d: _field(d, type="date", checks={"exclusive_maximum": "soon"}), "'soon' on date"),
        (lambda d: _field(d, type="date", checks={"minimum": 1}), "minimum 1 on date"),
        (
            lambda d: _field(d, type="timestamptz", checks={"maximum": "2026-01-31T09:30:00"}),
            "on timestamptz; allowed: rules that fit the type",
        ),
        (lambda d: _field(d, checks={"minimum": True}), "datasets.0.fields.0.checks.minimum"),
        (lambda d: _field(d, checks={"odd": 1}), "datasets.0.fields.0.checks.odd: Extra inputs"),
        (lambda d: _rule(d).update(operator="mustBeNice"), "table_rules.0.operator: Input should be"),
        (lambda d: _rule(d).update(operator="mustBeBetween"), "got [0.0]; allowed: 2 for mustBeBetween"),
        (lambda d: _rule(d).update(operator="mustBeBetween", values=[5, 1]), "the smaller first"),
        (lambda d: _rule(d).update(severity="fatal"), "table_rules.0.severity: Input should be"),
        (lambda d: _rule(d).update(schedule="daily"), "table_rules.0.schedule: Extra inputs"),
        (lambda d: _dataset(d)["table_rules"].append(_rule(d)), "'filled' twice"),
        (lambda d: _product(d).update(write="merge"), "products.0.write: Input should be"),
        (lambda d: _product(d).update(write="overwrite"), "allowed: overwrite_partitions with refresh"),
        (lambda d: _product(d).update(refresh=None), "allowed: overwrite_partitions with refresh"),
        (lambda d: _product(d).update(inputs=[]), "refresh.input: got 'shop/orders'; allowed: none"),
        (lambda d: _product(d)["inputs"][0].update(layer="bronze"), "inputs.0.layer: Input should be"),
        (lambda d: _product(d)["inputs"][0].update(table="t"), "products.0.inputs.0.table"),
        (lambda d: _product(d).update(partition=[]), "refresh.column: got 'order_id'; allowed: none"),
        (
            lambda d: _product(d).update(partition=[{"source": "order_id", "transform": "bucket[4]"}]),
            "refresh.column: got 'order_id'; allowed: none",
        ),
        (
            lambda d: _product(d).update(partition=[{"source": "dya", "transform": "day"}]),
            "partition.source: got 'dya'; allowed: order_id",
        ),
        (lambda d: _product(d)["partition"][0].update(transform="week"), "partition.0.transform"),
        (lambda d: _product(d).update(volatile="no"), "products.0.volatile"),
        (lambda d: _product(d).update(schedule="daily"), "products.0.schedule: Extra inputs"),
    ],
)  # fmt: skip
def test_wrong_manifest_is_refused_when(change: Callable[[dict[str, Any]], object], message: str) -> None:
    assert message in _wrong(change)


def test_all_faults_are_named_at_once_with_the_domain_and_where_to_mend_it() -> None:
    message = _wrong(lambda d: _dataset(d).update(write="upsert", max_rejected_ratio=7))
    for part in ("manifest of shop", "datasets.0.write", "datasets.0.max_rejected_ratio", "fix: mend"):
        assert part in message


def test_nothing_is_compiled_from_a_dataset_that_jobs_would_not_read() -> None:
    hashed = replace(ORDERS.fields[0], masking=HASH)
    with pytest.raises(ManifestError, match="hash on long"):
        compile_domain(Lake((replace(ORDERS, fields=(hashed, *ORDERS.fields[1:])),)), "shop", NAMING)


@pytest.mark.parametrize(
    ("column", "given", "compiled"),
    [
        ("at", "2026-01-31T09:30:00+02:00", "2026-01-31T07:30:00+00:00"),
        ("order_id", 5, 5),
    ],
)
def test_bound_is_brought_into_a_form_that_spark_reads(column: str, given: Any, compiled: object) -> None:
    fields = tuple(
        replace(field, checks=Checks(exclusive_minimum=given)) if field.name == column else field
        for field in ORDERS.fields
    )
    [dataset] = compile_domain(Lake((replace(ORDERS, fields=fields),)), "shop", NAMING)["datasets"]
    checks = {field["name"]: field["checks"] for field in dataset["fields"]}
    assert checks[column] == {"exclusive_minimum": compiled}
