"""Tables are named as in contracts, and completed at the prompt."""

from pathlib import Path

import pytest

from config.naming import Naming
from lakehouse.model.dataset import Lake
from tests.unit.lakehouse.project import Project, column, product, source
from tools.sql.names import physical, words
from tools.sql.prompt import completer

NAMING = Naming("proof", "local", "000000000000", "us-east-1")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    project = Project(tmp_path)
    project.write(source("shop/orders", column("amount")))
    project.write(product("shop/totals"), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id FROM silver_shop.orders")
    return project.load()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM silver_shop.orders", 'SELECT * FROM "proof_local_silver_shop".orders'),
        (
            'SELECT Gold_Shop . totals.order_id FROM "gold_shop"."totals" -- of gold_shop.totals',
            'SELECT "proof_local_gold_shop" . totals.order_id FROM "proof_local_gold_shop"."totals" '
            "-- of gold_shop.totals",
        ),
        ("SELECT 'silver_shop.orders'", "SELECT 'silver_shop.orders'"),
        ("SELECT 1 FROM other.silver_shop", "SELECT 1 FROM other.silver_shop"),
        ("SHOW TABLES IN bronze_shop", "SHOW TABLES IN bronze_shop"),
        ("SELECT * FROM silver_other.orders", "SELECT * FROM silver_other.orders"),
        ("SELECT 'open", "SELECT 'open"),
    ],
)
def test_databases_are_those_of_the_environment_where_a_table_is_named(
    sql: str, expected: str, lake: Lake
) -> None:
    assert physical(sql, lake, NAMING) == expected


def test_tables_columns_and_words_are_completed_whatever_their_case(lake: Lake) -> None:
    complete = completer(words(lake))
    assert [complete("SILVER_S", state) for state in range(2)] == ["silver_shop.orders", None]
    assert complete("am", 0) == "amount"
    assert complete("sel", 0) == "SELECT"
    assert complete("nothing", 0) is None
