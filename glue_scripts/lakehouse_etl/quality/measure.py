"""Measures rules about whole tables, and tells which of them are broken."""

import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from lakehouse_etl.contract.model import TableRule

_VIEW = "lake_object"
"""Temporary view that measures read."""

_ANSI = "spark.sql.ansi.enabled"

_SQL_ERRORS = (PySparkException, Py4JJavaError)
"""How Spark reports what it cannot plan, and what fails on the way."""

_COMPARISONS: dict[str, tuple[str, Callable[..., bool]]] = {
    "mustBe": ("= {}", operator.eq),
    "mustNotBe": ("≠ {}", operator.ne),
    "mustBeGreaterThan": ("> {}", operator.gt),
    "mustBeGreaterOrEqualTo": ("≥ {}", operator.ge),
    "mustBeLessThan": ("< {}", operator.lt),
    "mustBeLessOrEqualTo": ("≤ {}", operator.le),
    "mustBeBetween": ("{} to {}", lambda value, low, high: low <= value <= high),
    "mustNotBeBetween": ("not {} to {}", lambda value, low, high: not low <= value <= high),
}

OPERATORS = tuple(_COMPARISONS)
"""Names of the comparisons that jobs know."""


@dataclass(frozen=True)
class Measured:
    """A rule and what was measured."""

    rule: TableRule
    value: float | None = None
    """None if there was nothing to measure, as in the share of no rows: such a rule is kept."""
    problem: str | None = None
    """Why the rule could not be measured."""

    @property
    def kept(self) -> bool:
        """Whether the measured value is what it must be."""
        if self.value is None:
            return self.problem is None
        return _COMPARISONS[self.rule.operator][1](self.value, *self.rule.values)

    @property
    def fails(self) -> bool:
        """Whether the run fails: an error, or a rule that nobody can tell to be kept."""
        return self.problem is not None or (self.rule.severity == "error" and not self.kept)

    @property
    def counts(self) -> bool:
        """Whether it is one of the failed rules that operators hear of."""
        return self.fails or (self.rule.severity == "warning" and not self.kept)

    def __str__(self) -> str:
        """Name the rule, what was measured, and what is allowed."""
        if self.problem is not None:
            return f"{self.rule.name}: {self.problem}"
        value = "nothing" if self.value is None else number(self.value)
        return f"{self.rule.name}: got {value}; allowed: {threshold(self.rule)}"


def number(value: float) -> str:
    """Write a number with all of its digits, whole ones without a point."""
    return f"{value:.15g}"


def threshold(rule: TableRule) -> str:
    """Write what a value must be as people do: `≥ 1`, `0 to 5`."""
    return _COMPARISONS[rule.operator][0].format(*map(number, rule.values))


def measure(session: SparkSession, rows: DataFrame, rules: Sequence[TableRule]) -> tuple[Measured, ...]:
    """Measure rules on some rows, all aggregates in one scan.

    Args:
        session: A session of the dataset's own; its view `lake_object` is replaced.
        rows: What readers see, or will see.
        rules: Rules of the contract.
    """
    if not rules:
        return ()
    rows.createOrReplaceTempView(_VIEW)
    aggregates = [rule for rule in rules if rule.kind == "aggregate"]
    with _strict(session):
        found = _together(session, aggregates) if aggregates else {}
        found |= {rule: _alone(session, rule) for rule in rules if rule.kind == "query"}
    return tuple(found[rule] for rule in rules)


def _together(session: SparkSession, rules: Sequence[TableRule]) -> dict[TableRule, Measured]:
    query = f"SELECT {', '.join(rule.sql for rule in rules)} FROM {_VIEW}"  # noqa: S608 (SQL of the contract)
    try:
        [values] = session.sql(query).take(1)
    except _SQL_ERRORS as error:
        return {rule: Measured(rule, problem=_cannot_run(error)) for rule in rules}
    return {rule: _measured(rule, value) for rule, value in zip(rules, values, strict=True)}


def _alone(session: SparkSession, rule: TableRule) -> Measured:
    try:
        answer = session.sql(rule.sql)
        rows = answer.take(2)
    except _SQL_ERRORS as error:
        return Measured(rule, problem=_cannot_run(error))
    if len(answer.columns) != 1 or len(rows) != 1:
        got = "more than one value" if rows else "no value"
        return Measured(rule, problem=f"the SQL yields {got}; allowed: one number")
    return _measured(rule, rows[0][0])


def _measured(rule: TableRule, value: Any) -> Measured:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float | Decimal)):
        return Measured(rule, problem=f"the SQL yields a {type(value).__name__}; allowed: a number")
    return Measured(rule, None if value is None else float(value))


def _cannot_run(error: PySparkException | Py4JJavaError) -> str:
    """Name the first cause, in one line; Spark's messages have whole plans and stacks in them."""
    cause, message = getattr(error, "java_exception", None), str(error)
    while cause is not None:
        cause, message = cause.getCause(), cause.getMessage() or cause.toString()
    return f"the SQL cannot run: {message.splitlines()[0]}"


@contextmanager
def _strict(session: SparkSession) -> Iterator[None]:
    """Let a division by zero or an overflow fail: as null it would count as nothing to measure."""
    before = session.conf.get(_ANSI)
    session.conf.set(_ANSI, "true")
    try:
        yield
    finally:
        session.conf.set(_ANSI, before)
