"""Checks the queries of table rules, which jobs run as they stand."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlglot

from lakehouse.model.fields import Type
from lakehouse.model.table_rules import TableRule
from lakehouse.sql.measures import measure
from lakehouse.sql.parse import DIALECT, SqlError, analyse, parse
from lakehouse.sql.spark.analysis import judge, unreadable
from lakehouse.sql.spark.types.kinds import is_number, spark_name

_TABLE = "object"
"""Name of the table while its query is checked; queries may not name the view that jobs make of it."""


@dataclass(frozen=True)
class Problem:
    """What is wrong in a query, in the terms of a fault."""

    got: str
    allowed: str
    fix: str


def check_rule_query(rule: TableRule, columns: Mapping[str, Type]) -> list[Problem]:
    """Return what keeps the query of a rule of metric `sql` from measuring its own table.

    Args:
        rule: with a query; its placeholders stand for the table and for the rule's column.
        columns: types of the table's columns as stored, system columns among them.
    """
    sql = measure(rule, _TABLE)
    unresolved = sorted(set(re.findall(r"\$\{[^}]*\}?", sql)))
    if unresolved:
        allowed = "${object}, and ${property} on a rule of a column"
        return [Problem(placeholder, allowed, "use one of these") for placeholder in unresolved]
    try:
        parse(sql)
    except SqlError as error:
        return [Problem(each.got, each.allowed, each.fix) for each in unreadable(sql, error)]
    return [*_texts(sql), *_shape(sql), *_names(sql), *_judged(sql, columns)]


def _texts(sql: str) -> Iterator[Problem]:
    for token in sqlglot.tokenize(sql, dialect=DIALECT):
        if token.token_type is sqlglot.TokenType.STRING and sql[token.start] == '"':
            yield Problem(f'"{token.text}"', "texts in single quotes", "other engines read it as a column")


def _shape(sql: str) -> Iterator[Problem]:
    query = parse(sql)
    if len(query.selects) != 1 or query.is_star:
        selected = ", ".join(each.sql(dialect=DIALECT) for each in query.selects)
        yield Problem(selected, "one number", "select one aggregate")


def _judged(sql: str, columns: Mapping[str, Type]) -> Iterator[Problem]:
    """Yield what Spark would refuse, and a result that is no number."""
    verdict = judge(sql, {_TABLE: columns})
    for each in verdict.problems:
        yield Problem(each.got, each.allowed, each.fix)
    if verdict.outputs is not None and len(verdict.outputs) == 1:
        kind = verdict.outputs[0].attribute.kind
        if kind is not None and not is_number(kind):
            yield Problem(f"a result of type {spark_name(kind)}", "one number", "select one aggregate")


def _names(sql: str) -> Iterator[Problem]:
    tables = {mention.name for mention in analyse(sql).mentions}
    if _TABLE not in tables:
        yield Problem("a query that does not read its table", "FROM ${object}", "read the table")
    for other in sorted(tables - {_TABLE}):
        yield Problem(other, "${object}", "check other tables by rules in their own contracts")
