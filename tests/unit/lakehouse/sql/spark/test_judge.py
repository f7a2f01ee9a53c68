import pytest

from lakehouse.sql.parse import SqlError
from lakehouse.sql.spark.analysis import judge, unreadable
from lakehouse.sql.spark.values.problems import Problem
from tests.unit.lakehouse.sql.spark.corpus import right, wrong
from tests.unit.lakehouse.sql.spark.tables import TABLES


def problems(sql: str) -> list[Problem]:
    try:
        return list(judge(sql, TABLES).problems)
    except SqlError as error:
        return unreadable(sql, error)


@pytest.mark.parametrize("sql", right())
def test_statement_is_accepted_when_spark_accepts_it(sql: str) -> None:
    assert problems(sql) == []


@pytest.mark.parametrize(("kind", "sql"), wrong())
def test_statement_is_refused_when_spark_refuses_it(kind: str, sql: str) -> None:
    assert problems(sql) != []


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        (
            "SELECT\n  id,\n  customer,\nFROM silver_shop.orders",
            Problem(3, "a comma before FROM", "commas between two items", "remove the comma"),
        ),
        (
            "SELECT id,\n  uppr(customer) AS a FROM silver_shop.orders",
            Problem(2, "uppr()", "functions of Spark 3.5", "did you mean 'upper'?"),
        ),
        (
            "SELECT string_agg(customer, ',') AS a FROM silver_shop.orders",
            Problem(1, "string_agg()", "functions of Spark 3.5", "write array_join(collect_list(…), ',')"),
        ),
        (
            "SELECT date_diff('hour', at, at) AS a FROM silver_shop.orders",
            Problem(1, "date_diff('hour', …)", "a unit without quotes", "write date_diff(HOUR, …)"),
        ),
        (
            "SELECT upper(customer, status) AS a FROM silver_shop.orders",
            Problem(1, "upper() with 2", "1 argument", "see the functions of Spark 3.5"),
        ),
        (
            "SELECT customer,\n  status, count(*) AS c FROM silver_shop.orders GROUP BY customer",
            Problem(
                2,
                "status",
                "columns of GROUP BY, and aggregates",
                "add status to GROUP BY, or aggregate it, as in any_value(status)",
            ),
        ),
        (
            "SELECT o.id FROM silver_shop.orders o\nJOIN silver_shop.customers c ON o.customer = c.id\n"
            "WHERE status = 'x'",
            Problem(
                3,
                "status",
                "a name that only one column has; two sources have this one",
                "write o.status or c.status",
            ),
        ),
        (
            "SELECT id FROM silver_shop.orders\nQUALIFY row_number() OVER (ORDER BY id) = 1",
            Problem(2, "QUALIFY", "syntax of Spark 3.5", "filter on the outside of a subquery"),
        ),
        (
            "SELECT date_format(at, '%Y-%m-%d %H:%i') AS a FROM silver_shop.orders",
            Problem(
                1,
                "the pattern '%Y-%m-%d %H:%i'",
                "patterns of Spark, as in 'yyyy-MM-dd'",
                "write 'yyyy-MM-dd HH:mm'",
            ),
        ),
        (
            "SELECT CAST(customer AS DATETIME) AS a FROM silver_shop.orders",
            Problem(1, "the type DATETIME", "types of Spark 3.5", "write TIMESTAMP"),
        ),
    ],
)
def test_problem_tells_line_what_is_allowed_and_the_fix(sql: str, problem: Problem) -> None:
    assert problems(sql) == [problem]


def test_problems_come_all_at_once_when_there_are_several() -> None:
    sql = "SELECT uppr(customer) AS a,\n  idd,\n  count(*) AS c\nFROM silver_shop.orders WHERE sum(n) > 1"
    assert [(each.line, each.got) for each in problems(sql)] == [
        (1, "customer"),
        (1, "uppr()"),
        (2, "idd"),
        (4, "sum() in WHERE"),
    ]


def test_outputs_hold_the_columns_that_they_are_made_of() -> None:
    sql = (
        "WITH t AS (SELECT *, upper(customer) AS u FROM silver_shop.orders) "
        "SELECT u, count(n) AS c FROM t GROUP BY u"
    )
    outputs = judge(sql, TABLES).outputs
    assert outputs is not None
    assert [(each.attribute.name, sorted(each.attribute.flow)) for each in outputs] == [
        ("u", [((), ("silver_shop.orders", "customer"))]),
        ("c", []),
    ]
