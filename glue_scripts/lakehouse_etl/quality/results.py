"""Records what the quality rules of a dataset measured, one row per rule and run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from threading import RLock

from pyspark.sql import SparkSession
from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType, TimestampType

from lakehouse_etl.contract.model import TableRule
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.quality.measure import Measured, number, threshold
from lakehouse_etl.tables.gate import check_columns
from lakehouse_etl.tables.summary import RUN_ID
from lakehouse_etl.tables.table import Table

COLUMNS = StructType(
    [
        StructField("dataset", StringType()),
        StructField("run_id", StringType()),
        StructField("measured_at", TimestampType()),
        StructField("rule", StringType()),
        StructField("scope", StringType()),
        StructField("severity", StringType()),
        StructField("outcome", StringType()),
        StructField("value", DoubleType()),
        StructField("threshold", StringType()),
        StructField("snapshot_id", LongType()),
    ]
)

_KEPT = "lake.rules-kept"
"""Snapshot property: the dataset, the silver snapshot, and the rules of which none failed on it."""


_APPENDING = RLock()
"""Datasets of a job append one after the other: Iceberg repeats a commit only a few times."""


@dataclass(frozen=True)
class Row:
    """What one rule measured."""

    rule: str
    scope: str
    """`record`, `table` or `gate`: what the rule is about."""
    severity: str
    outcome: str
    """`passed`, `failed`, or `quarantined`: the records that broke the rule."""
    value: float | None
    threshold: str
    snapshot_id: int | None = None
    """Silver snapshot that a table rule was measured on."""


def record_rows(broken: Mapping[Breach, int], outcome: str) -> list[Row]:
    """Return a row per rule about records; `outcome` is that of a rule which records broke."""
    return [
        Row(breach.rule, "record", "error", outcome if count else "passed", float(count), "= 0")
        for breach, count in broken.items()
    ]


def gate_row(ratio: float, limit: float) -> Row:
    """Return the row of the rejection gate."""
    outcome = "passed" if ratio <= limit else "failed"
    return Row("rejected_ratio", "gate", "error", outcome, ratio, f"≤ {number(limit)}")


def table_rows(measured: Iterable[Measured], snapshot_id: int | None) -> list[Row]:
    """Return a row per rule about the table."""
    return [
        Row(
            item.rule.name,
            "table",
            item.rule.severity,
            "passed" if item.kept else "failed",
            item.value,
            threshold(item.rule),
            snapshot_id,
        )
        for item in measured
    ]


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
        self._append(rows, {_KEPT: self._note(snapshot_id, rules)})

    def have_passed(self, snapshot_id: int, rules: tuple[TableRule, ...]) -> bool:
        """Whether such a note exists about exactly these rules; it expires with its commit.

        The rows alone do not tell: a rule may have been changed under its name since.
        """
        return self._table.has_commit(_KEPT, self._note(snapshot_id, rules))

    def _append(self, rows: Sequence[Row], summary: Mapping[str, str]) -> None:
        now = datetime.now(UTC)
        values = [(self._dataset, self._run_id, now, *astuple(row)) for row in rows]
        frame = self._session.createDataFrame(values, COLUMNS).coalesce(1)
        with _APPENDING:
            self._table.append(frame, {RUN_ID: self._run_id, **summary})

    def _note(self, snapshot_id: int, rules: tuple[TableRule, ...]) -> str:
        return f"{self._dataset} {snapshot_id} {sha256(repr(rules).encode()).hexdigest()}"
