"""Judges one query as Spark's analyser would."""

import re
from dataclasses import dataclass

from sqlglot import exp

from config.faults import nearest, one_of
from lakehouse.sql.columns import unknown_columns
from lakehouse.sql.parse import SqlError, parse, tokenize
from lakehouse.sql.spark.queries import Analyst
from lakehouse.sql.spark.refusals import syntax
from lakehouse.sql.spark.relations import Tables
from lakehouse.sql.spark.values import calls
from lakehouse.sql.spark.values.problems import Problem, offset
from lakehouse.sql.spark.values.scope import Attribute

_ABOUT_ARGUMENTS = re.compile("Required keyword|number of provided arguments")


@dataclass(frozen=True)
class Output:
    """A column that a query yields."""

    line: int
    attribute: Attribute


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a query, and what it yields."""

    problems: tuple[Problem, ...]
    """In the order of the lines."""
    outputs: tuple[Output, ...] | None
    """None if they cannot be told."""


def judge(sql: str, tables: Tables) -> Verdict:
    """Return what Spark would refuse, and the columns that the query yields.

    Args:
        sql: one query of Spark SQL.
        tables: types of columns by table and column; any other table is taken to have any column.

    Raises:
        SqlError: it is anything but one query; `unreadable` says why.
    """
    tokens, tree = tokenize(sql), parse(sql)
    called = calls.called(tokens, tree)
    by_place = {call.start: call for call in called}
    analyst = Analyst(sql, tables, by_place)
    attributes = analyst.query(tree, {}, None)
    problems = {
        *analyst.problems,
        *syntax.trailing_commas(tokens),
        *syntax.foreign_tokens(sql, tokens),
        *syntax.foreign_syntax(sql, tree),
        *calls.unknown(called),
        *calls.miscounted(called),
        *calls.foreign_patterns(called),
        *calls.no_tables(tree, by_place),
        *([] if _all_known(tree, analyst.known) else _unknown_columns(sql, tables)),
    }
    outputs = None
    if attributes is not None:
        # A star stands for several columns; all of them are where it is.
        lines = [sql.count("\n", 0, offset(item)) + 1 for item in tree.selects]
        placed = lines if len(lines) == len(attributes) else lines[:1] * len(attributes)
        outputs = tuple(Output(line, each) for line, each in zip(placed, attributes, strict=True))
    return Verdict(tuple(sorted(problems)), outputs)


def unreadable(sql: str, error: SqlError) -> list[Problem]:
    """Return why a text is no query: what is known to cause such an error, or what the parser says."""
    try:
        tokens = tokenize(sql)
    except SqlError:
        tokens = []
    found = [*syntax.trailing_commas(tokens)]
    if _ABOUT_ARGUMENTS.search(str(error)):
        found += calls.miscounted(calls.calls(tokens))
    return found or [Problem(error.line, str(error), "one SELECT of Spark SQL", "mend the SQL")]


def _all_known(tree: exp.Expr, known: set[int]) -> bool:
    """Whether no name is left to look for, which takes longer than all else together."""
    return all(
        id(node) in known or isinstance(node.this, exp.Star) for node in tree.find_all(exp.Column)
    ) and not tree.find(exp.Dot)


def _unknown_columns(sql: str, tables: Tables) -> list[Problem]:
    return [
        Problem(each.line, each.name, one_of(each.allowed), nearest(each.name, each.allowed))
        for each in unknown_columns(sql, tables)
    ]
