"""Measures run on DuckDB, after a translation of their Spark SQL."""

from typing import Any

import duckdb
import pytest
import sqlglot

from lakehouse.model.table_rules import Metric, Operator, TableRule, Threshold
from lakehouse.sql.measures import VIEW, literal, measure

ROWS: tuple[tuple[Any, ...], ...] = (
    (1, "a", "EUR"),
    (1, "a", "eur"),
    (1, "b", "N/A"),
    (2, None, None),
    (2, None, "it's"),
    (None, None, ""),
)


def rule(metric: Metric, *columns: str, **more: Any) -> TableRule:
    return TableRule("rule", "", metric, Threshold(Operator.MUST_BE, (0,)), columns, **more)


def answer(query: str, rows: tuple[tuple[Any, ...], ...] = ROWS) -> tuple[Any, ...]:
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE {VIEW} (id BIGINT, kind VARCHAR, currency VARCHAR)")
        if rows:
            database.executemany(f"INSERT INTO {VIEW} VALUES (?, ?, ?)", rows)  # noqa: S608 (own name)
        (result,) = database.execute(sqlglot.transpile(query, read="spark", write="duckdb")[0]).fetchall()
    return tuple(result)


def measured(*rules: TableRule, rows: tuple[tuple[Any, ...], ...] = ROWS) -> tuple[Any, ...]:
    return answer(f"SELECT {', '.join(map(measure, rules))} FROM {VIEW}", rows)  # noqa: S608 (the measures under test)


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (rule(Metric.ROW_COUNT), 6),
        (rule(Metric.NULL_VALUES, "kind"), 3),
        (rule(Metric.NULL_VALUES, "kind", percent=True), 50),
        (rule(Metric.MISSING_VALUES, "currency"), 1),
        (rule(Metric.MISSING_VALUES, "currency", texts=("", "N/A")), 3),
        (rule(Metric.INVALID_VALUES, "currency", texts=("EUR", "it's")), 3),
        (rule(Metric.INVALID_VALUES, "currency", pattern="^[A-Z]{3}$"), 4),
        (rule(Metric.INVALID_VALUES, "currency", texts=("EUR", "eur"), pattern="^E"), 4),
        (rule(Metric.INVALID_VALUES, "currency", pattern=r"^\w+$", percent=True), 50),
        (rule(Metric.DUPLICATE_VALUES, "id"), 3),
        (rule(Metric.DUPLICATE_VALUES, "currency"), 0),
        (rule(Metric.DUPLICATE_VALUES, "id", "kind"), 1),
        (rule(Metric.DUPLICATE_VALUES, "id", percent=True), 50),
    ],
)
def test_measure_counts_the_rows_that_its_metric_names_when_values_vary(
    asked: TableRule, value: float
) -> None:
    assert measured(asked) == (value,)


SEVERAL = (
    rule(Metric.ROW_COUNT),
    rule(Metric.DUPLICATE_VALUES, "id", "kind"),
    rule(Metric.NULL_VALUES, "id"),
    rule(Metric.NULL_VALUES, "id", percent=True),
)


def test_measures_fit_into_one_query_when_a_table_has_several() -> None:
    assert measured(*SEVERAL) == (6, 1, 1, pytest.approx(100 / 6))


def test_measures_are_zero_and_shares_unknown_when_the_table_is_empty() -> None:
    assert measured(*SEVERAL, rows=()) == (0, 0, 0, None)


@pytest.mark.parametrize("table", ["${object}", "${table}"])
@pytest.mark.parametrize("column", ["${property}", "${column}"])
def test_measure_is_the_query_of_the_rule_when_the_metric_is_sql(table: str, column: str) -> None:
    query = f"SELECT max({column}) FROM {table} WHERE {column} > (SELECT min(id) FROM {table})"  # noqa: S608 (not run)
    asked = rule(Metric.SQL, "id", query=query)
    assert measure(asked) == (
        "SELECT max(`id`) FROM lake_object WHERE `id` > (SELECT min(id) FROM lake_object)"
    )
    assert answer(measure(asked)) == (2,)


@pytest.mark.parametrize("text", ["it's", "back\\slash", "\\", "^\\d+\\'$", "\\\\''", "new\nline", '%_`"é'])
def test_literal_is_the_text_again_when_it_is_read(text: str) -> None:
    assert answer(f"SELECT {literal(text)}") == (text,)


def test_literal_hides_references_from_spark_when_a_text_has_the_form_of_one() -> None:
    assert literal("${env:HOME} $1") == "'\\u0024{env:HOME} $1'"


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (rule(Metric.SQL), "rule rule has the metric sql and no query"),
        (rule(Metric.INVALID_VALUES, "kind"), "counts invalid values and says not which are valid"),
    ],
)
def test_measure_is_refused_when_the_rule_lacks_what_it_measures(broken: TableRule, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        measure(broken)
