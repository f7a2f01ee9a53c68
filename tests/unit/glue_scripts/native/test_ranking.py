"""Which record of a key wins, in a batch and against the table: as a plain sort says."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.native import files
from lakehouse_etl.native.keys.comparing import Stale, compared
from lakehouse_etl.native.keys.index import KeyIndex
from lakehouse_etl.native.ranking import narrowed, superseded
from lakehouse_etl.native.rewriting import written
from lakehouse_etl.native.table import Table
from pyiceberg import types as t
from pyiceberg.schema import Schema

from tests.unit.glue_scripts.datasets import decoded, document
from tools.bench.native.file_catalog import FileCatalog

pytestmark = pytest.mark.long

MODES = ["append", "merge", "overwrite"]
Row = tuple[str, int, int | None, str | None, int, int]
"""Two columns of a key, two of an order, record hash, object."""

ROWS = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.integers(0, 1),
        st.none() | st.integers(-1, 1),
        st.none() | st.sampled_from(["", "x", "é"]),
        st.integers(-1, 1),
        st.integers(0, 2),
    ),
    max_size=20,
)
SCHEMA = Schema(
    t.NestedField(1, "id", t.StringType(), required=True),
    t.NestedField(2, "part", t.LongType(), required=True),
    t.NestedField(3, "version", t.LongType()),
    t.NestedField(4, "note", t.StringType()),
    t.NestedField(5, "_source_object", t.StringType()),
    t.NestedField(6, "_record_hash", t.LongType()),
)


def _dataset(write: str, *, ordered: bool = True) -> Dataset:
    fields = {"id": "string", "part": "long", "version": "long", "note": "string"}
    order_by = ["version", "note"] if ordered else []
    return decoded(document(fields, key=["id", "part"], order_by=order_by, write=write))


def _table(rows: Sequence[Row]) -> pa.Table:
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [[]] * 6
    objects = pa.DictionaryArray.from_arrays(pa.array(columns[5], pa.int32()), pa.array(["u0", "u1", "u2"]))
    names = ["id", "part", "version", "note", "_record_hash"]
    kinds = [pa.string(), pa.int64(), pa.int64(), pa.string(), pa.int64()]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=False)]
    return pa.table([*arrays, objects], [*names, "_source_object"])


def _greatest(row: Row) -> tuple[Any, ...]:
    """Sort nulls before values, and texts by their bytes."""
    version, note = row[2], row[3]
    return (
        (version is not None, version or 0),
        (note is not None, (note or "").encode()),
        row[4],
    )


def _best(rows: list[tuple[int, Row]], write: str, *, ordered: bool) -> int:
    if not ordered:
        best = min if write == "append" else max
        return best(rows, key=lambda each: (each[1][5], each[0]))[0]
    if write == "append":
        return min(rows, key=lambda each: (_greatest(each[1]), each[1][5], each[0]))[0]
    return max(rows, key=lambda each: (_greatest(each[1]), -each[1][5], -each[0]))[0]


def _winners(rows: Sequence[Row], write: str, *, ordered: bool = True) -> set[int]:
    by_key = groupby(sorted(enumerate(rows), key=lambda each: each[1][:2]), key=lambda each: each[1][:2])
    return {_best(list(group), write, ordered=ordered) for _, group in by_key}


@pytest.mark.parametrize("ordered", [True, False], ids=["ordered", "unordered"])
@pytest.mark.parametrize("write", MODES)
@given(rows=ROWS)
def test_best_record_of_each_key_is_the_one_that_a_sort_puts_first(
    write: str, ordered: bool, rows: list[Row]
) -> None:
    dataset = _dataset(write, ordered=ordered)
    lost = superseded(narrowed(_table(rows), dataset), dataset).to_pylist()
    assert set(range(len(rows))) - set(lost) == _winners(rows, write, ordered=ordered)


@pytest.mark.parametrize("write", ["append", "merge"])
@settings(max_examples=30)  # each has a table of its own
@given(old=ROWS, new=ROWS)
def test_winner_replaces_a_row_of_the_table_exactly_if_it_would_win_in_a_batch(
    tmp_path_factory: pytest.TempPathFactory, write: str, old: list[Row], new: list[Row]
) -> None:
    dataset = _dataset(write)
    catalog = FileCatalog(tmp_path_factory.mktemp("t"))
    catalog.make_table("silver.t", SCHEMA)
    table = Table(catalog, "silver.t")
    old = [old[at] for at in sorted(_winners(old, write))]
    for row in old:  # a file each
        table.commit(table.head(), {}, written(table.iceberg, _table([row])))
    new = [new[at] for at in sorted(_winners(new, write))]
    found = compared(
        table, narrowed(_table(new), dataset), dataset, Stale(), KeyIndex(LocalStorage(), dataset)
    )
    known = {row[:2]: row for row in old}
    rivals = {at: known[row[:2]] for at, row in enumerate(new) if row[:2] in known}
    newer = {at for at, other in rivals.items() if write == "merge" and _greatest(new[at]) > _greatest(other)}
    assert set(found.outdone.to_pylist()) == rivals.keys() - newer
    assert sum(len(each.gone) for each in found.touched) == len(newer)


def test_files_that_cannot_hold_a_key_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog, dataset = FileCatalog(tmp_path), _dataset("merge")
    catalog.make_table("silver.t", SCHEMA)
    table = Table(catalog, "silver.t")
    for letter in "abcdef":
        rows = [(f"{letter}{number}", 1, 1, None, 1, 0) for number in range(3)]
        table.commit(table.head(), {}, written(table.iceberg, _table(rows)))
    new = _table([("a1", 1, 2, None, 1, 0), ("d9", 1, 2, None, 1, 0), ("f0", 1, 0, None, 1, 0)])
    read: list[str] = []

    original = files.read

    def watched(table: Any, tasks: Any, *rest: Any) -> pa.Table:
        read.extend(task.file.file_path for task in tasks)
        return original(table, tasks, *rest)

    monkeypatch.setattr(files, "read", watched)
    found = compared(table, narrowed(new, dataset), dataset, Stale(), KeyIndex(LocalStorage(), dataset))
    assert len(read) == 2
    assert found.outdone.to_pylist() == [2]
    assert [each.gone.to_pylist() for each in found.touched] == [[1]]
