"""Records what the quality rules of a dataset measured, one row per rule and run."""

from collections.abc import Mapping, Sequence
from functools import partial

from pyspark.sql import SparkSession

from lakehouse_etl.contract.table_rules import TableRule
from lakehouse_etl.quality.ledger import Ledger, Values, at_once
from lakehouse_etl.quality.rows import KEPT, Row, has_note, note, values_of
from lakehouse_etl.tables import columns
from lakehouse_etl.tables.gate import check_columns
from lakehouse_etl.tables.spark_types import struct
from lakehouse_etl.tables.table import Table

COLUMNS = struct(columns.RESULTS)


class Results:
    """The results table, as one run of one dataset writes it."""

    def __init__(
        self, session: SparkSession, table: str, dataset: str, run_id: str, ledger: Ledger | None = None
    ) -> None:
        """Take the table's name, the dataset's id and the run's; without a ledger each append is a commit."""
        self._table = Table(session, table)
        self._name = table
        self._dataset = dataset
        self._run_id = run_id
        self._record = ledger.add if ledger else at_once(run_id, partial(write, session))

    def check(self) -> None:
        """Raise TableError if the table is missing or has other columns."""
        check_columns(self._table, COLUMNS)

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows; other datasets may do so at the same time."""
        self._append(rows, None)

    def append_passed(self, rows: Sequence[Row], snapshot_id: int, rules: tuple[TableRule, ...]) -> None:
        """Add rows, and note that no rule failed on a silver snapshot."""
        self._append(rows, note(self._dataset, snapshot_id, rules))

    def have_passed(self, snapshot_id: int, rules: tuple[TableRule, ...]) -> bool:
        """Whether such a note exists about exactly these rules; it expires with its commit.

        The rows alone do not tell: a rule may have been changed under its name since.
        """
        return has_note(self._table.summaries(KEPT), note(self._dataset, snapshot_id, rules))

    def _append(self, rows: Sequence[Row], kept: str | None) -> None:
        self._record(self._name, values_of(rows, self._dataset, self._run_id), kept)


def write(session: SparkSession, table: str, rows: Sequence[Values], summary: Mapping[str, str]) -> None:
    """Add rows to a results table in one commit."""
    Table(session, table).append(session.createDataFrame(list(rows), COLUMNS).coalesce(1), summary)
