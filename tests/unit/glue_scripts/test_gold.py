"""Gold: the whole content is published if it keeps the contract, and the last version stays if not."""

import pytest
from lakehouse_etl import gold
from lakehouse_etl.gold import ProductError
from lakehouse_etl.model import Checks, Field, Product
from pyspark.sql.types import IntegerType, StringType

pytestmark = pytest.mark.spark


@pytest.fixture
def product(spark, request):
    name = f"g{abs(hash(request.node.nodeid)) % 10**9}"
    spark.sql(f"CREATE TABLE glue_catalog.gold.{name} (day string NOT NULL, total int) USING iceberg")

    def make(sql: str) -> Product:
        fields = (
            Field("day", StringType(), True),
            Field("total", IntegerType(), False, checks=Checks(minimum=0)),
        )
        return Product(name, f"gold.{name}", sql, fields, ("day",))

    gold.build(spark.newSession(), make("SELECT 'old' AS day, 1 AS total"), "run-0")
    return make


def _rows(spark, product: Product) -> list[tuple[str, int]]:
    return [
        tuple(row)
        for row in spark.newSession().table(f"glue_catalog.{product.table}").orderBy("day").collect()
    ]


def test_content_is_replaced_when_it_keeps_the_contract(spark, product) -> None:
    new = product("SELECT * FROM VALUES (2, 'a'), (3, 'b') AS t(total, day)")
    assert gold.build(spark.newSession(), new, "run-1") == 2
    assert _rows(spark, new) == [("a", 2), ("b", 3)]
    assert gold.build(spark.newSession(), new, "run-2") == 2
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
def test_last_version_stays_when_the_contract_is_broken(spark, product, sql: str, message: str) -> None:
    broken = product(sql)
    with pytest.raises(ProductError, match=message):
        gold.build(spark.newSession(), broken, "run-1")
    assert _rows(spark, broken) == [("old", 1)]
