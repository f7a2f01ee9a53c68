"""Records what the quality rules of a dataset measured, one row per rule and run."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from threading import RLock

from pyspark.sql import SparkSession

from lakehouse_etl.contract.table_rules import TableRule
from lakehouse_etl.quality.rows import KEPT, Row, note
from lakehouse_etl.tables import columns
from lakehouse_etl.tables.gate import check_columns
from lakehouse_etl.tables.history import RUN_ID
from lakehouse_etl.tables.spark_types import struct
from lakehouse_etl.tables.table import Table

COLUMNS = struct(columns.RESULTS)

_APPENDING = RLock()
"""Datasets of a job append one after the other: Iceberg repeats a commit only a few times."""


class Results:
    """The results table, as one run of one dataset writes it."""

    def __init__(self, session: SparkSession, table: str, dataset: str, run_id: str) -> None:
        """Take the table's name, the dataset's id and the run's."""
        self._session = session
        self._table = Table(session, table)
        self._dataset = dataset
        self._run_id = run_id

    def check(self) -> None:
        """Raise TableError if the table is missing or has other columns."""
        check_columns(self._table, COLUMNS)

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows in one commit; other datasets may do so at the same time."""
        self._append(rows, {})

    def append_passed(self, rows: Sequence[Row], snapshot_id: int, rules: tuple[TableRule, ...]) -> None:
        """Add rows, and note that no rule failed on a silver snapshot."""
        self._append(rows, {KEPT: note(self._dataset, snapshot_id, rules)})

    def have_passed(self, snapshot_id: int, rules: tuple[TableRule, ...]) -> bool:
        """Whether such a note exists about exactly these rules; it expires with its commit.

        The rows alone do not tell: a rule may have been changed under its name since.
        """
        return self._table.has_commit(KEPT, note(self._dataset, snapshot_id, rules))

    def _append(self, rows: Sequence[Row], summary: Mapping[str, str]) -> None:
        now = datetime.now(UTC)
        values = [(self._dataset, self._run_id, now, *astuple(row)) for row in rows]
        frame = self._session.createDataFrame(values, COLUMNS).coalesce(1)
        with _APPENDING:
            self._table.append(frame, {RUN_ID: self._run_id, **summary})
