"""Gold: the whole content is published if it keeps the contract, and the last version stays if not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lakehouse_etl.contract.model import Checks, Field, Product
from lakehouse_etl.contract.table_rules import TableRule
from lakehouse_etl.contract.types import STRING, Primitive
from lakehouse_etl.gold import build as gold
from lakehouse_etl.gold.build import Built
from lakehouse_etl.gold.sql import ProductError
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.bench import RESULTS
from tests.unit.glue_scripts.table_rules import aggregate

pytestmark = pytest.mark.spark


MakeProduct = Callable[..., Product]
"""Takes the SQL and the table rules of a product."""


@pytest.fixture
def product(spark: SparkSession, request: pytest.FixtureRequest) -> MakeProduct:
    name = f"g{abs(hash(request.node.nodeid)) % 10**9}"
    spark.sql(f"CREATE TABLE glue_catalog.gold.{name} (day string NOT NULL, total int) USING iceberg")
    spark.sql(f"CREATE TABLE glue_catalog.results.{name} ({RESULTS}) USING iceberg")

    def make(sql: str, *rules: TableRule) -> Product:
        fields = (
            Field("day", STRING, True),
            Field("total", Primitive("int"), False, checks=Checks(minimum=0)),
        )
        return Product(f"d/{name}", name, f"gold.{name}", f"results.{name}", sql, fields, ("day",), rules)

    gold.build(spark.newSession(), make("SELECT 'old' AS day, 1 AS total"), "run-0")
    return make


def _build(spark: SparkSession, product: Product, run_id: str) -> Built:
    built = gold.build(spark.newSession(), product, run_id)
    assert isinstance(built, Built)
    return built


def _rows(spark: SparkSession, product: Product) -> list[tuple[str, int]]:
    return [
        tuple(row)
        for row in spark.newSession().table(f"glue_catalog.{product.table}").orderBy("day").collect()
    ]


def test_content_is_replaced_when_it_keeps_the_contract(spark: SparkSession, product: MakeProduct) -> None:
    new = product("SELECT * FROM VALUES (2, 'a'), (3, 'b') AS t(total, day)")
    built = _build(spark, new, "run-1")
    assert (built.rows, built.rules_failed, built.refreshed) == (2, None, "all")
    assert _rows(spark, new) == [("a", 2), ("b", 3)]
    assert _build(spark, new, "run-2").refreshed == "nothing"
    assert _rows(spark, new) == [("a", 2), ("b", 3)]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT CAST(NULL AS STRING) AS day, 1 AS total", "1 day: rows without a value"),
        ("SELECT 'a' AS day, -1 AS total", "1 total: expected at least 0"),
        ("SELECT day, 1 AS total FROM VALUES ('a'), ('a') AS t(day)", "1 keys .day. more than once"),
        ("SELECT 'a' AS day, 1L AS total", "total: got long; expected int"),
        ("SELECT 'a' AS day", "total: got no column"),
        ("SELECT 'a' AS day, 1 AS total, 2 AS more", "more: not in the contract"),
        ("SELECT day FROM glue_catalog.gold.nowhere", "the SQL cannot run"),
    ],
    ids=["null", "range", "repeated key", "type", "missing", "unknown", "no table"],
)
def test_last_version_stays_when_the_contract_is_broken(
    spark: SparkSession, product: MakeProduct, sql: str, message: str
) -> None:
    broken = product(sql)
    with pytest.raises(ProductError, match=message):
        gold.build(spark.newSession(), broken, "run-1")
    assert _rows(spark, broken) == [("old", 1)]


FULL = aggregate("full", "count(*)", "mustBeGreaterOrEqualTo", 2, columns={})


def _results(spark: SparkSession, product: Product, run_id: str) -> set[tuple[Any, ...]]:
    table = spark.newSession().table(f"glue_catalog.{product.results_table}").where(f"run_id = '{run_id}'")
    return {tuple(row) for row in table.select("rule", "scope", "outcome", "value", "snapshot_id").collect()}


def test_last_version_stays_when_a_table_rule_is_broken(spark: SparkSession, product: MakeProduct) -> None:
    short = product("SELECT 'a' AS day, -1 AS total", FULL)
    with pytest.raises(ProductError, match="at least 0; full: got 1; allowed: ≥ 2") as failure:
        gold.build(spark.newSession(), short, "run-1")
    assert failure.value.rules_failed == 1
    assert _rows(spark, short) == [("old", 1)]
    assert _results(spark, short, "run-1") == {
        ("missing_required: day: rows without a value", "record", "passed", 0.0, None),
        ("out_of_range: total: expected at least 0", "record", "failed", 1.0, None),
        ("repeated_key: keys (day) more than once", "record", "passed", 0.0, None),
        ("full", "table", "failed", 1.0, None),
    }


def test_content_is_published_when_a_broken_rule_is_a_warning(
    spark: SparkSession, product: MakeProduct
) -> None:
    short = product("SELECT 'a' AS day, 1 AS total", replace(FULL, severity="warning"))
    built = _build(spark, short, "run-1")
    assert (built.rows, built.rules_failed) == (1, 1)
    assert _rows(spark, short) == [("a", 1)]
    assert ("full", "table", "failed", 1.0, None) in _results(spark, short, "run-1")
