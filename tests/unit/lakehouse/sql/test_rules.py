import pytest

from lakehouse.model.fields import Scalar, Type
from lakehouse.model.table_rules import Metric, Operator, TableRule, Threshold
from lakehouse.sql.rules import Problem, check_rule_query

COLUMNS: dict[str, Type] = {"id": Scalar.LONG, "at": Scalar.TIMESTAMPTZ, "_record_hash": Scalar.LONG}


def problems(query: str) -> list[Problem]:
    rule = TableRule("r", "", Metric.SQL, Threshold(Operator.MUST_BE, (0,)), ("id",), query=query)
    return check_rule_query(rule, COLUMNS)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM ${object} WHERE ${property} < 0 AND _record_hash IS NULL",
        "SELECT max(${column}) AS greatest FROM ${table}; -- the newest",
        "WITH n AS (SELECT id, count(*) AS c FROM ${object} GROUP BY id) SELECT max(c) FROM n",
        "SELECT count(*) FROM ${object} a WHERE NOT EXISTS (SELECT 1 FROM ${object} b WHERE b.at > a.at)",
    ],
)
def test_rule_query_is_accepted_when_it_measures_its_table(query: str) -> None:
    assert problems(query) == []


@pytest.mark.parametrize(
    ("query", "got", "allowed"),
    [
        ("SELECT count(*) FROM ${objectt}", "${objectt}", "${object}, and ${property} on a rule of a column"),
        ("DELETE FROM ${object}", "DELETE", "one SELECT of Spark SQL"),
        ("SELECT max(id FROM ${object}", "Expecting )", "one SELECT of Spark SQL"),
        ("SELECT 1", "a query that does not read its table", "FROM ${object}"),
        ("SELECT id, at FROM ${object}", "id, at", "one number"),
        ("SELECT * FROM ${object}", "*", "one number"),
        ("SELECT max(idd) FROM ${object}", "idd", "_record_hash, at, id"),
        ('SELECT count(*) FROM ${object} WHERE at > "2026"', '"2026"', "texts in single quotes"),
        ("SELECT count(*) FROM ${object} o JOIN silver_a.b ON o.id = b.id", "silver_a.b", "${object}"),
    ],
)
def test_rule_query_is_refused_when_it_measures_something_else(query: str, got: str, allowed: str) -> None:
    (problem,) = problems(query)
    assert (problem.got, problem.allowed) == (got, allowed)


def test_rule_query_is_refused_when_it_names_the_view_of_the_jobs() -> None:
    assert [problem.got for problem in problems("SELECT count(*) FROM lake_object")] == [
        "a query that does not read its table",
        "lake_object",
    ]


def test_rule_query_advises_on_a_column_when_its_name_is_near_to_one() -> None:
    assert [problem.fix for problem in problems("SELECT max(att) FROM ${object}")] == ["did you mean 'at'?"]
