"""Of which columns of its inputs each column of a query is made."""

import pytest

from lakehouse.sql.lineage import made_of
from lakehouse.sql.parse import SqlError

ORDERS, RATES = "silver_shop.orders", "silver_shop.rates"
TABLES = {ORDERS: ["id", "at", "amount", "currency"], RATES: ["currency", "rate"]}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT id, CAST(at AS DATE) AS day FROM silver_shop.orders",
         {"id": {(ORDERS, "id")}, "day": {(ORDERS, "at")}}),
        ("SELECT currency, count(*) AS n, sum(amount) total FROM silver_shop.orders GROUP BY currency",
         {"currency": {(ORDERS, "currency")}, "total": {(ORDERS, "amount")}}),
        ("SELECT o.id, o.amount * r.rate AS euros FROM silver_shop.orders o JOIN silver_shop.rates r "
         "ON o.currency = r.currency WHERE o.at > '2026-01-01'",
         {"id": {(ORDERS, "id")}, "euros": {(ORDERS, "amount"), (RATES, "rate")}}),
        ("WITH big AS (SELECT id, amount AS size FROM silver_shop.orders WHERE amount > 9) "
         "SELECT max(size) AS largest FROM big",
         {"largest": {(ORDERS, "amount")}}),
        ("SELECT id AS one FROM silver_shop.orders UNION ALL SELECT currency FROM silver_shop.rates",
         {"one": {(ORDERS, "id"), (RATES, "currency")}}),
        ("SELECT * FROM silver_shop.rates", {"currency": {(RATES, "currency")}, "rate": {(RATES, "rate")}}),
    ],
)  # fmt: skip
def test_columns_are_followed_to_tables(sql: str, expected: dict[str, set[tuple[str, str]]]) -> None:
    assert {output: set(sources) for output, sources in made_of(sql, TABLES).items()} == expected


def test_nothing_is_told_of_a_query_that_only_spark_understands() -> None:
    assert made_of("SELECT nobodys_column FROM silver_shop.orders, silver_shop.rates", TABLES) == {}


def test_what_is_no_query_is_refused() -> None:
    with pytest.raises(SqlError):
        made_of("DROP TABLE silver_shop.orders", TABLES)
