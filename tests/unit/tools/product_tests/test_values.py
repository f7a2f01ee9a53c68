"""Rows that a unit test of a product gives, under the types of the table that they stand for."""

from pathlib import Path

from lakehouse.odcs.lake.unit_tests import Rows
from tests.unit.lakehouse.project import Project, column, source
from tools.product_tests.values import typed


def test_rows_of_a_table_without_a_key_are_typed(tmp_path: Path) -> None:
    contract = source("shop/orders", column("amount", "integer", "int"), write="append")
    contract["schema"][0]["properties"][0].pop("primaryKey")
    project = Project(tmp_path)
    project.write(contract)
    lake = project.load()
    [table] = lake.datasets
    row = {"order_id": "a", "amount": 1}
    found = typed(Rows(("order_id", "amount"), (row, row), (3, 4)), table, lake, "seen.tests.yaml")
    assert found.rows.select(["order_id", "amount"]).to_pylist() == [row, row]
    assert found.faults == ()
