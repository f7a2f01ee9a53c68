"""Compares the winners of a batch with their table, of which only keys and versions are read.

A file is not read at all if none of the batch's keys lies between its smallest and its greatest one, nor, by
the same measure, one of the objects that are processed again. Where there is no key, these alone count.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.conversions import from_bytes
from pyiceberg.expressions import AlwaysTrue, And, BooleanExpression, GreaterThanOrEqual, LessThanOrEqual
from pyiceberg.table import FileScanTask
from pyiceberg.types import (
    DateType,
    DecimalType,
    IntegerType,
    LongType,
    NestedField,
    PrimitiveType,
    StringType,
)

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.native import files
from lakehouse_etl.native.engine import engine, quoted
from lakehouse_etl.native.keys.index import KeyIndex
from lakehouse_etl.native.ranking import ROW, numbers, outdoes
from lakehouse_etl.native.table import Table
from lakehouse_etl.records.order import version_columns
from lakehouse_etl.records.part import HASH, SOURCE

_PRUNABLE = (StringType, IntegerType, LongType, DateType, DecimalType)
"""Types whose values Python orders as Iceberg does."""

_AT_LEAST: Any = GreaterThanOrEqual
_AT_MOST: Any = LessThanOrEqual
"""Their types are those of parsed expressions, not of the values that they take."""

_FEW = 100_000
"""Keys of a batch up to which each is looked for in the bounds of each file."""

_AT_ONCE = 2_000_000
"""Rows of the table whose keys are in memory at the same time."""

_READERS = 8
"""Files that are read at the same time, most of which wait for their bytes."""

_FILE, _AT, _STALE = "__file", "__at", "__stale"


@dataclass(frozen=True)
class Touched:
    """A file some of whose rows are replaced, or go."""

    task: FileScanTask
    gone: pa.Array
    """Numbers of these rows in it."""


@dataclass(frozen=True)
class Comparison:
    """What the winners of a batch do to their table."""

    outdone: pa.Array
    """Numbers of the winners that the table's version outdoes, or equals."""
    touched: Sequence[Touched]


@dataclass(frozen=True)
class Stale:
    """Objects of which the table has rows that count no more, as they are processed again."""

    here: frozenset[str] = frozenset()
    """Those that the batch holds: their rows go, whether a winner has the key or not."""
    later: frozenset[str] = frozenset()
    """Those of batches to come: their rows outdo no winner, and stay as long as none has the key."""
    records: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Of objects of which not all rows count no more: the hashes of those that do not."""

    def rows(self, known: pa.Table, uris: frozenset[str]) -> pa.Array:
        """Return which rows of a table are those of some objects that count no more."""
        source = known[SOURCE].cast(pa.string())
        found = pc.is_in(source, pa.array(sorted(uris - self.records.keys()), pa.string()))
        some = {uri: hashes for uri, hashes in self.records.items() if uri in uris}
        hashes = pa.array(sorted(frozenset().union(*some.values())), pa.int64())
        near = pc.indices_nonzero(pc.is_in(known[HASH], hashes)).cast(pa.int64())
        told = zip(near, source.take(near).to_pylist(), known[HASH].take(near).to_pylist(), strict=True)
        own = [at.as_py() for at, uri, record in told if record in some.get(uri, ())]
        return pc.or_(found, pc.is_in(numbers(known.num_rows), pa.array(own, pa.int64())))


def compared(table: Table, winners: pa.Table, dataset: Dataset, stale: Stale, index: KeyIndex) -> Comparison:
    """Compare winners, as `narrowed` shows them, with the rows of their table."""
    if not dataset.key:
        return Comparison(pa.array([], pa.int64()), list(_of_objects(table, stale)))
    outdone: list[pa.Array] = []
    touched: list[Touched] = []
    asks = bool(stale.here or stale.later)
    names = [*dict.fromkeys((*dataset.key, *version_columns(dataset), *([SOURCE, HASH] if asks else [])))]
    with engine(winners=winners) as connection:
        candidates = _candidates(table, winners, dataset.key, stale.here)
        # Rows of objects that are processed again go, whatever their keys.
        for tasks in _groups(candidates if stale.here else index.holding(candidates, winners)):
            known, gone = _keys(table, tasks, names), []
            index.learn(tasks, known, _FILE)
            if asks:
                known, own = _divided(known, stale)
                gone.append(own)
            connection.register("known", known)
            found: Any = connection.sql(_matches(dataset, asks)).to_arrow_table()
            outdone.append(found.filter(pc.invert(found["newer"]))[ROW].combine_chunks())
            gone.append(found.filter(found["newer"]).select([_FILE, _AT]))
            touched += _touched(tasks, pa.concat_tables(gone))
    losers = pa.concat_arrays(outdone).unique() if outdone else pa.array([], pa.int64())
    return Comparison(losers, touched)


def _of_objects(table: Table, stale: Stale) -> Iterator[Touched]:
    """Yield the files that have rows of the objects that the batch holds."""
    for tasks in _groups(_with_objects(table, stale.here)):
        _, own = _divided(_keys(table, tasks, [SOURCE, HASH]), stale)
        yield from _touched(tasks, own)


def _divided(known: pa.Table, stale: Stale) -> tuple[pa.Table, pa.Table]:
    """Return the rows of other objects, those of later ones marked, and the places of the objects' own."""
    own, later = stale.rows(known, stale.here), stale.rows(known, stale.later)
    others = known.append_column(_STALE, later).filter(pc.invert(own))
    return others, known.filter(own).select([_FILE, _AT])


def _matches(dataset: Dataset, asks: bool) -> str:
    same = " AND ".join(f"{quoted(name, 'w')} = {quoted(name, 'k')}" for name in dataset.key)
    newer = outdoes(dataset, "w", "k")
    if asks:
        newer = f"(k.{_STALE} OR {newer})"
    return (
        f"SELECT w.{ROW}, k.{_FILE}, k.{_AT}, {newer} AS newer "  # noqa: S608 (quoted)
        f"FROM winners w JOIN known k ON {same}"
    )


def _keys(table: Table, tasks: Sequence[FileScanTask], names: Sequence[str]) -> pa.Table:
    """Read some columns of files, with the place of each row."""

    def read(number: int) -> pa.Table:
        rows = files.read(table.iceberg, [tasks[number]], names)
        file = pa.repeat(pa.scalar(number, pa.int32()), rows.num_rows)
        return rows.append_column(_FILE, file).append_column(_AT, numbers(rows.num_rows))

    with ThreadPoolExecutor(_READERS) as pool:
        return pa.concat_tables(pool.map(read, range(len(tasks))), promote_options="permissive")


def _touched(tasks: Sequence[FileScanTask], replaced: pa.Table) -> Iterator[Touched]:
    grouped = replaced.group_by(_FILE).aggregate([(_AT, "list")])
    for number, places in zip(grouped[_FILE].to_pylist(), grouped[f"{_AT}_list"], strict=True):
        yield Touched(tasks[number], places.values)


def _groups(tasks: Iterable[FileScanTask]) -> Iterator[list[FileScanTask]]:
    group: list[FileScanTask] = []
    rows = 0
    for task in tasks:
        group.append(task)
        rows += task.file.record_count
        if rows >= _AT_ONCE:
            yield group
            group, rows = [], 0
    if group:
        yield group


def _candidates(
    table: Table, winners: pa.Table, key: Sequence[str], objects: frozenset[str]
) -> list[FileScanTask]:
    """Return the files that may hold one of the keys, or rows of one of the objects."""
    found = _with_keys(table, winners, key) if winners.num_rows else []
    known = {task.file.file_path for task in found}
    return found + [task for task in _with_objects(table, objects) if task.file.file_path not in known]


def _with_objects(table: Table, objects: frozenset[str]) -> list[FileScanTask]:
    """Return the files that may hold rows of one of the objects."""
    if not objects:
        return []
    source = table.iceberg.schema().find_field(SOURCE)
    return _holding(table.tasks(), source, pa.array(sorted(objects), pa.string()))


def _with_keys(table: Table, winners: pa.Table, key: Sequence[str]) -> list[FileScanTask]:
    """Return the files that may hold one of the keys, by the bounds that the table keeps of each."""
    fields = [table.iceberg.schema().find_field(name) for name in key]
    bounded = [field for field in fields if isinstance(field.field_type, _PRUNABLE)]
    ends = {field.name: pc.min_max(winners[field.name]).as_py() for field in bounded}
    within: BooleanExpression = AlwaysTrue()
    for name, end in ends.items():
        if end["min"] is not None:
            within = And(within, _AT_LEAST(name, end["min"]), _AT_MOST(name, end["max"]))
    tasks = table.tasks(within)
    for one in bounded:
        values = winners[one.name].unique()
        if len(tasks) > 1 and len(values) <= _FEW:
            tasks = _holding(tasks, one, values)
    return tasks


def _holding(tasks: Iterable[FileScanTask], field: NestedField, values: pa.Array) -> list[FileScanTask]:
    """Return the files between whose bounds there is one of the values."""
    plain = values.cast(pa.int32()) if isinstance(field.field_type, DateType) else values
    kind = field.field_type
    assert isinstance(kind, PrimitiveType)  # noqa: S101 (one of `_PRUNABLE`)
    ordered: list[Any] = sorted(value for value in plain.to_pylist() if value is not None)

    def may_hold(task: FileScanTask) -> bool:
        low = (task.file.lower_bounds or {}).get(field.field_id)
        high = (task.file.upper_bounds or {}).get(field.field_id)
        if low is None or high is None:
            return True
        at = bisect_left(ordered, from_bytes(kind, low))
        return at < len(ordered) and bool(ordered[at] <= from_bytes(kind, high))

    return [task for task in tasks if may_hold(task)]
