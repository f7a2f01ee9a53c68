"""What is asked to be repaired is one thing, and a condition is about single rows of the table."""

from pathlib import Path

import pytest
import typer

from lakehouse.model.dataset import Dataset
from tests.unit.lakehouse.project import Project, column, source
from tools.ops.repair.asked import Asked, asked_of, check_condition


@pytest.fixture
def orders(tmp_path: Path) -> Dataset:
    project = Project(tmp_path)
    items = column("items", "array", items={"logicalType": "string"})
    project.write(source("shop/orders", column("amount", "integer", "int"), column("email"), items))
    return project.load().datasets[0]


def test_one_thing_is_asked_for() -> None:
    assert asked_of("a < 0", [], None) == Asked(where="a < 0")
    assert asked_of(None, ["b", "a", "b"], None) == Asked(objects=("a", "b"))
    assert asked_of(None, None, "jr_1").document() == {"run": "jr_1"}
    assert asked_of(None, ["b", "a"], None).document() == {"objects": ["a", "b"]}


@pytest.mark.parametrize(
    ("given", "got"),
    [
        ((None, None, None), "got none;"),
        (("", [], ""), "got none;"),
        (("a", ["b"], None), "got --where and --objects;"),
        (("a", ["b"], "c"), "got --where and --objects and --run;"),
    ],
)
def test_nothing_and_more_than_one_thing_are_refused(
    given: tuple[str | None, list[str] | None, str | None], got: str
) -> None:
    with pytest.raises(typer.BadParameter, match=f"{got} allowed: exactly one of"):
        asked_of(*given)


@pytest.mark.parametrize(
    "condition",
    [
        "amount < 0",
        "AMOUNT IS NULL OR email LIKE '%;--%' AND order_id IN ('a', 'b')",
        "any_match(items, each -> each = 'x')",
        "\"_source_object\" <> 's3://b/k' AND _record_hash = 1 -- seen by hand",
        "amount BETWEEN 1 AND 2 AND CAST(order_id AS date) > DATE '2026-01-01'",
    ],
)
def test_condition_of_one_row_is_taken(orders: Dataset, condition: str) -> None:
    check_condition(condition, orders)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("amountx < 0 AND mail = 'x'", r"got amountx, mail; allowed: columns of shop/orders, .*'amount'"),
        ("each = 'x'", "got each; allowed"),
        ("amount = (SELECT max(amount) FROM other)", "which is about more rows"),
        ("EXISTS (SELECT 1)", "which is about more rows"),
        ("amount = max(amount)", "which is about more rows"),
        ("SELECT 1", "allowed: a condition of one row"),
        ("DROP TABLE orders", "allowed: a condition of one row"),
        ("amount < 0; DELETE FROM orders", "allowed: a condition of one row"),
        ("amount < 0) OR (1 = 1", "allowed: a condition of one row"),
        ("amount < 0) UNION (SELECT 1", "allowed: a condition of one row"),
        ("amount < 0) LIMIT (1", "allowed: a condition of one row"),
        ("amount < 'many", "allowed: a condition of one row"),
        ("-- nothing", "allowed: a condition of one row"),
    ],
)
def test_anything_else_is_refused_and_told(orders: Dataset, condition: str, told: str) -> None:
    with pytest.raises(typer.BadParameter, match=told):
        check_condition(condition, orders)
