"""Finds figures of tables in Spark."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from lakehouse_etl.contract.table_rules import Figure
from lakehouse_etl.job.discretion import words_of
from lakehouse_etl.quality.measured import VIEW
from lakehouse_etl.quality.meter import Changed, MeterError, since
from lakehouse_etl.tables.history import Snapshot
from lakehouse_etl.tables.table import Table

_ANSI = "spark.sql.ansi.enabled"

_SQL_ERRORS = (PySparkException, Py4JJavaError)
"""How Spark reports what it cannot plan, and what fails on the way."""

_KIND = "_change_type"


class SparkMeter:
    """Measures the rows of one table."""

    def __init__(self, session: SparkSession, table: Table) -> None:
        """Take a session of the dataset's own, whose view `lake_object` is replaced."""
        self._session = session
        self._table = table

    def figures(self, figures: Sequence[Figure], rows: DataFrame | None) -> Sequence[Any]:
        """Return figures of some rows, or of the table, from one scan."""
        [values] = self._answer(f"SELECT {_listed(figures)} FROM {VIEW}", self._shown(rows))  # noqa: S608 (of the contract)
        return values

    def since(self, snapshot_id: int, figures: Sequence[Figure]) -> Changed | None:
        """Return figures of the rows that came and went since a snapshot, from Iceberg's changelog."""
        history = self._table.history()
        later = since(history, snapshot_id)
        if later is None or _touched(later) > int(history[0].summary["total-records"]):
            return None
        none = [0] * len(figures)
        if not later:
            return none, none
        changes = (
            self._session.read.option("start-snapshot-id", snapshot_id)
            .option("end-snapshot-id", later[0].id)
            .table(f"{self._table.name}.changes")
        )
        sql = f"SELECT {_KIND}, {_listed(figures)} FROM {VIEW} GROUP BY {_KIND}"  # noqa: S608 (of the contract)
        found = {kind: values for kind, *values in self._answer(sql, changes)}
        return found.get("INSERT", none), found.get("DELETE", none)

    def query(self, sql: str, rows: DataFrame | None) -> Sequence[Sequence[Any]]:
        """Return the answer to SQL, two rows at most."""
        return self._answer(sql, self._shown(rows))

    def _shown(self, rows: DataFrame | None) -> DataFrame:
        return self._table.rows() if rows is None else rows

    def _answer(self, sql: str, rows: DataFrame) -> Sequence[Sequence[Any]]:
        rows.createOrReplaceTempView(VIEW)
        try:
            with _strict(self._session):
                answer: Sequence[Sequence[Any]] = self._session.sql(sql).take(2)
        except _SQL_ERRORS as error:
            raise MeterError(_told(error)) from error
        return answer


def _listed(figures: Sequence[Figure]) -> str:
    return ", ".join(figure.spark for figure in figures)


def _touched(later: Sequence[Snapshot]) -> int:
    """Return how many rows commits have written or deleted, those that they merely carried along included."""
    names = ("added-records", "deleted-records")
    return sum(int(snapshot.summary.get(name, 0)) for snapshot in later for name in names)


def _told(error: PySparkException | Py4JJavaError) -> str:
    """Name the first cause, in one line; Spark's messages have whole plans and stacks in them."""
    cause, message = getattr(error, "java_exception", None), str(error)
    while cause is not None:
        cause, message = cause.getCause(), cause.getMessage() or cause.toString()
    return words_of(error, message.splitlines()[0])


@contextmanager
def _strict(session: SparkSession) -> Iterator[None]:
    """Let a division by zero or an overflow fail: as null it would count as nothing to measure."""
    before = session.conf.get(_ANSI)
    session.conf.set(_ANSI, "true")
    try:
        yield
    finally:
        session.conf.set(_ANSI, before)
