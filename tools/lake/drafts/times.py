"""How a dataset grows: which column orders versions, which one tells when something happened."""

from collections.abc import Sequence
from dataclasses import dataclass

from lakehouse.model.dataset import Mode, PartitionField, Write
from lakehouse.model.fields import Scalar
from lakehouse.targets.iceberg import partition_name
from tools.lake.drafts.columns.column import Column
from tools.lake.drafts.samples.sample import Rows

_CHANGE = {"updated", "modified", "changed", "update", "revision", "version", "lastmodified"}
"""Words in the name of a column that grows with every version of a record."""

_EVENT = ("occurred", "event", "happened", "created", "ordered", "sent", "timestamp", "time", "date")
"""Words in the name of a column that tells when something happened, best first."""

_TIMES = (Scalar.TIMESTAMPTZ, Scalar.TIMESTAMP, Scalar.DATE)
_ORDERS = (*_TIMES, Scalar.LONG, Scalar.INT)

_SMALL = 10_000
"""Records that need no partition."""

_PARTITIONS = (("day", 10, 5_000), ("month", 7, 1_000), ("year", 4, 1_000))
"""Transform, characters of the date that it keeps, and records in a partition that make it worth while."""


@dataclass(frozen=True)
class Growth:
    """How new records change the table."""

    write: Write
    partition: PartitionField | None
    check: str
    """What a person should look at."""


def order_column(columns: Sequence[Column]) -> str | None:
    """Return the column whose greatest value is the newest version of a record."""
    able = [
        column.name
        for column in columns
        if column.required and column.type in _ORDERS and not column.personal and column.figures.distinct > 1
    ]
    return next((name for name in able if not _CHANGE.isdisjoint(name.split("_"))), None)


def growth(rows: Rows, columns: Sequence[Column], order: str | None, mode: Mode, *, keyed: bool) -> Growth:
    """Tell how the table is written and cut; without a key records are appended."""
    event = _event_column(columns, order)
    partition = _partition(rows, event, mode) if event else None
    if partition and partition_name(partition) in {column.name for column in columns}:
        partition = None
    if not keyed:
        return Growth(Write.APPEND, partition, "overwrite instead if each file is the whole list")
    if order:
        return Growth(
            Write.MERGE, partition, f"the greatest {order} of a key wins: does each change raise it?"
        )
    if event and event.type is not Scalar.DATE:
        return Growth(
            Write.APPEND, partition, "the first record of a key stays; if records can change, use merge"
        )
    check = "append if records never change, overwrite if each file is the whole list"
    return Growth(Write.MERGE, partition, check)


def _event_column(columns: Sequence[Column], order: str | None) -> Column | None:
    able = [
        column
        for column in columns
        if column.required and column.type in _TIMES and not column.personal and column.name != order
    ]
    return min(able, key=_event_rank, default=None)


def _event_rank(column: Column) -> tuple[int, int]:
    words = set(column.name.split("_"))
    known = [place for place, word in enumerate(_EVENT) if word in words]
    return min(known, default=len(_EVENT)), [kind == column.type for kind in _TIMES].index(True)


def _partition(rows: Rows, event: Column, mode: Mode) -> PartitionField | None:
    if mode is Mode.STREAM:
        return PartitionField(event.name, "day")
    total = len(rows)
    for transform, characters, worth in _PARTITIONS:
        kept = rows.project(f'left("{event.name}", {characters})').distinct()
        if total >= max(_SMALL, worth * len(kept)):
            return PartitionField(event.name, transform)
    return None
