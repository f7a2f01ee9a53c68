"""Measures rules about whole tables in Spark."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from lakehouse_etl.contract.model import TableRule
from lakehouse_etl.job.discretion import words_of
from lakehouse_etl.quality.measured import VIEW, Measured, measured, not_alone

_ANSI = "spark.sql.ansi.enabled"

_SQL_ERRORS = (PySparkException, Py4JJavaError)
"""How Spark reports what it cannot plan, and what fails on the way."""


def measure(session: SparkSession, rows: DataFrame, rules: Sequence[TableRule]) -> tuple[Measured, ...]:
    """Measure rules on some rows, all aggregates in one scan.

    Args:
        session: A session of the dataset's own; its view `lake_object` is replaced.
        rows: What readers see, or will see.
        rules: Rules of the contract.
    """
    if not rules:
        return ()
    rows.createOrReplaceTempView(VIEW)
    aggregates = [rule for rule in rules if rule.kind == "aggregate"]
    with _strict(session):
        found = _together(session, aggregates) if aggregates else {}
        found |= {rule: _alone(session, rule) for rule in rules if rule.kind == "query"}
    return tuple(found[rule] for rule in rules)


def _together(session: SparkSession, rules: Sequence[TableRule]) -> dict[TableRule, Measured]:
    query = f"SELECT {', '.join(rule.sql for rule in rules)} FROM {VIEW}"  # noqa: S608 (SQL of the contract)
    try:
        [values] = session.sql(query).take(1)
    except _SQL_ERRORS as error:
        return {rule: Measured(rule, problem=_cannot_run(error)) for rule in rules}
    return {rule: measured(rule, value) for rule, value in zip(rules, values, strict=True)}


def _alone(session: SparkSession, rule: TableRule) -> Measured:
    try:
        answer = session.sql(rule.sql)
        rows = answer.take(2)
    except _SQL_ERRORS as error:
        return Measured(rule, problem=_cannot_run(error))
    if len(answer.columns) != 1 or len(rows) != 1:
        return not_alone(rule, len(rows))
    return measured(rule, rows[0][0])


def _cannot_run(error: PySparkException | Py4JJavaError) -> str:
    """Name the first cause, in one line; Spark's messages have whole plans and stacks in them."""
    cause, message = getattr(error, "java_exception", None), str(error)
    while cause is not None:
        cause, message = cause.getCause(), cause.getMessage() or cause.toString()
    return f"the SQL cannot run: {words_of(error, message.splitlines()[0])}"


@contextmanager
def _strict(session: SparkSession) -> Iterator[None]:
    """Let a division by zero or an overflow fail: as null it would count as nothing to measure."""
    before = session.conf.get(_ANSI)
    session.conf.set(_ANSI, "true")
    try:
        yield
    finally:
        session.conf.set(_ANSI, before)
