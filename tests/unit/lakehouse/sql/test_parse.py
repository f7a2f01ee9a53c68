import pytest
import sqlglot
from sqlglot import exp

from lakehouse.sql.parse import SqlError, analyse, resolve, volatile_calls
from tests.unit.lakehouse.datasets import NAMING

TANGLED = """-- silver_shop.orders in a comment
/* and silver_shop.orders here */
WITH recent AS (
    SELECT o.id, silver_shop.orders.size, 'silver_shop.orders' AS label, o.address.city.name AS city
    FROM silver_shop.orders AS o -- silver_shop.orders
    JOIN `silver_web`.`visits` v ON v.id = o.id
)
SELECT id, size AS n, ';' AS mark
FROM recent
WHERE id IN (SELECT id FROM gold_web_shop.top_items);
-- the end"""


def test_analyse_finds_tables_where_they_are_read_when_the_sql_is_tangled() -> None:
    query = analyse(TANGLED)
    assert [(mention.name, mention.line) for mention in query.mentions] == [
        ("silver_shop.orders", 4),
        ("silver_shop.orders", 5),
        ("silver_web.visits", 6),
        ("gold_web_shop.top_items", 10),
    ]
    assert query.outputs == ("id", "n", "mark")


def test_resolve_exchanges_names_and_nothing_else_when_the_sql_is_tangled() -> None:
    assert resolve(TANGLED, NAMING) == (
        "-- silver_shop.orders in a comment\n"
        "/* and silver_shop.orders here */\n"
        "WITH recent AS (\n"
        "    SELECT o.id, glue_catalog.lake_dev_silver_shop.orders.size, 'silver_shop.orders' AS label, "
        "o.address.city.name AS city\n"
        "    FROM glue_catalog.lake_dev_silver_shop.orders AS o -- silver_shop.orders\n"
        "    JOIN glue_catalog.lake_dev_silver_web.visits v ON v.id = o.id\n"
        ")\n"
        "SELECT id, size AS n, ';' AS mark\n"
        "FROM recent\n"
        "WHERE id IN (SELECT id FROM glue_catalog.lake_dev_gold_web_shop.top_items)"
    )


def test_resolved_sql_parses_again_when_spark_reads_it() -> None:
    query = sqlglot.parse_one(resolve(TANGLED, NAMING), dialect="spark")
    assert {table.catalog for table in query.find_all(exp.Table) if table.db} == {"glue_catalog"}


@pytest.mark.parametrize(
    ("sql", "mentions"),
    [
        ("SELECT silver_a.b.c.d FROM silver_a.b", ["silver_a.b", "silver_a.b"]),
        ("SELECT x.y.z AS z FROM silver_a.b AS x", ["silver_a.b"]),
        ("SELECT id FROM RANGE(10)", []),
        ("SELECT a FROM silver_a.b LATERAL VIEW EXPLODE(tags) t AS a", ["silver_a.b"]),
        ("SELECT a FROM parquet.`s3://bucket/key`", ["parquet.s3://bucket/key"]),
        ("SELECT a FROM silver_a.b UNION ALL SELECT a FROM silver_a.c", ["silver_a.b", "silver_a.c"]),
        ("SELECT a FROM w.x.y.z", ["w.x.y.z"]),
        ("WITH q AS (SELECT 1 AS a) SELECT a FROM Q", []),
    ],
)
def test_analyse_finds_what_is_read_when_the_sql_has_a_rare_form(sql: str, mentions: list[str]) -> None:
    assert [mention.name for mention in analyse(sql).mentions] == mentions


@pytest.mark.parametrize(
    ("sql", "line", "problem"),
    [
        ("SELECT a,\nFROM b WHERE", 2, "."),
        ("SELECT a FROM b;\nSELECT 1", 1, "SELECT, SELECT"),
        ("-- nothing", 1, "nothing"),
        ("SELECT * FROM Identifier('a.b')", 1, "hides what is read"),
    ],
)
def test_analyse_refuses_the_sql_when_it_is_not_one_query(sql: str, line: int, problem: str) -> None:
    with pytest.raises(SqlError, match=problem) as caught:
        analyse(sql)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("sql", "calls"),
    [
        ("SELECT a, upper(b) AS b FROM t", []),
        ("SELECT now() AS a, CURRENT_DATE AS b, current_date() AS c FROM t", ["current_date", "now"]),
        (
            "SELECT date_sub(curdate(), 1) AS a FROM t WHERE b > unix_timestamp()",
            ["current_date", "current_timestamp"],
        ),
        ("WITH x AS (SELECT rand() AS r, uuid() AS u FROM t) SELECT r FROM x", ["rand", "uuid"]),
        ("SELECT unix_timestamp(a) AS a, user, now FROM t", []),
    ],
)
def test_calls_are_volatile_when_the_same_rows_may_yield_something_else(sql: str, calls: list[str]) -> None:
    assert volatile_calls(sql) == calls
