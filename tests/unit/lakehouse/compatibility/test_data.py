"""What a level promises is kept by the code that deploys tables, guards them, and reads them."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from lakehouse_etl.tables.gate import check_columns
from lakehouse_etl.tables.history import TableError
from lakehouse_etl.tables.table import Table
from shared.errors import TerminalError

from lakehouse.compatibility import Change, Level, compare
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.model.masking import HASH, REDACT, TOKENIZE, Masking, Method
from lakehouse.targets.words import rules, type_name
from tests.unit.lakehouse.columns import with_columns
from tests.unit.lakehouse.compatibility.contract_changes import Author, datasets
from tests.unit.lakehouse.compatibility.stored_rows import (
    Row,
    StoredTable,
    demanded,
    rows_of,
    sample,
    seen,
    values,
)
from tests.unit.lakehouse.compatibility.test_values import accepts

pytestmark = pytest.mark.long


@st.composite
def versions(draw: Any) -> tuple[Dataset, Dataset]:
    old = draw(datasets())
    return old, Author(draw).version(old)


def changes_of(old: Dataset, new: Dataset) -> list[Change]:
    return compare(Lake((old,)), Lake((new,)))


def worst(changes: list[Change]) -> Level:
    return max((change.level for change in changes), default=Level.COMPATIBLE)


@settings(max_examples=200)
@given(versions())
def test_changes_are_found_if_and_only_if_versions_differ(pair: tuple[Dataset, Dataset]) -> None:
    old, new = pair
    changes = changes_of(old, new)
    assert bool(changes) == (replace(old, version=new.version) != new)
    assert changes_of(old, old) == []
    assert len({(change.path, change.kind) for change in changes}) == len(changes)
    for change in changes:
        assert change.dataset == new.id
        assert change.effect
        assert "nobody has judged" not in change.effect


def check_table(old: Dataset, new: Dataset, rows: list[Row], path: Path) -> Level:
    """Deploy the old contract, write rows, deploy the new one, and hold it to what `compare` says."""
    changes = changes_of(old, new)
    table = StoredTable.deployed(old)
    if any(change.refused for change in changes):
        assert worst(changes) is Level.BREAKING
        with pytest.raises((TerminalError, TableError)):
            follow(table, new)
        return Level.BREAKING
    evolved = follow(table, new)
    if worst(changes) is not Level.BREAKING:
        table.write(path, rows)
        count = len(rows)
        names = [field.name for field in new.fields]
        read = [{name: row[name] for name in names} for row in evolved.read(path, count)]
        assert read == [expected(row, old, new) for row in table.read(path, count)]
    return worst(changes)


def follow(table: StoredTable, new: Dataset) -> StoredTable:
    """Deploy a contract over a table, and let its job look at what came of it.

    Raises:
        TerminalError: The deployment is refused.
        TableError: The job refuses the table.
    """
    evolved = table.evolved(new)
    check_columns(cast("Table", evolved), demanded(new))
    return evolved


def expected(row: Row, old: Dataset, new: Dataset) -> Row:
    """What a reader of the new contract makes of a row that one of the old contract read."""
    known = {field.name: field.type for field in old.fields}
    return {
        field.name: seen(row[field.name], known[field.name], field.type) if field.name in known else None
        for field in new.fields
    }


A, B = Field("a", Scalar.INT, False, ""), Field("b", Scalar.STRING, False, "")
STRUCTS = [
    Struct((A,)),
    Struct((B,)),
    Struct((A, B)),
    Struct((B, A)),
    Struct((replace(A, required=True),)),
    Struct((A, replace(B, required=True))),
    Struct((replace(A, type=Scalar.LONG), B)),
    Struct((replace(A, type=Scalar.STRING),)),
    Struct((A, replace(B, type=Struct((A,))))),
    Struct((A, replace(B, type=Struct((A, B))))),
]
INNER: list[Type] = [Scalar.INT, Scalar.LONG, *STRUCTS[:6]]
FIRST = Masking(Method.TRUNCATE, first=2)
KINDS: list[Type] = [
    *Scalar,
    *(Decimal(*digits) for digits in ((5, 1), (9, 1), (9, 2))),
    *STRUCTS,
    *(Array(inner) for inner in INNER),
    *(Map(Scalar.STRING, inner) for inner in INNER),
    Map(Scalar.LONG, Scalar.LONG),
]
COLUMNS = [
    *(Field("c", kind, False, "") for kind in KINDS),
    *(
        Field("c", Scalar.STRING, required, "", masking=masking)
        for required, masking in product((True, False), (None, HASH, REDACT, TOKENIZE, FIRST))
        if required or masking
    ),
]


@pytest.mark.parametrize(
    "before", COLUMNS, ids=lambda field: "; ".join([type_name(field.type), *rules(field)])
)
def test_table_holds_what_is_said_of_a_column_whatever_it_becomes(before: Field, tmp_path: Path) -> None:
    old = with_columns(before)
    rows = [_row(old, empty=False), *([] if before.required else [_row(old, empty=True)])]
    levels = {check_table(old, with_columns(after), rows, tmp_path / "rows.parquet") for after in COLUMNS}
    assert {Level.BREAKING, Level.COMPATIBLE} <= levels


def _row(dataset: Dataset, *, empty: bool) -> Row:
    (column,) = dataset.fields[1:]
    system = {"_source_object": None, "_record_hash": None}
    return {"order_id": 1, "c": None if empty else sample(column.type), **system}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_table_holds_what_is_said_of_any_two_versions(tmp_path: Path, data: st.DataObject) -> None:
    old, new = data.draw(versions())
    rows = data.draw(st.lists(rows_of(old), min_size=1, max_size=3))
    event(check_table(old, new, rows, tmp_path / "rows.parquet").name)


@settings(max_examples=150)
@given(st.data())
def test_records_are_accepted_as_before_when_no_change_is_breaking(data: st.DataObject) -> None:
    old, new = data.draw(versions())
    level = worst(changes_of(old, new))
    record = {field.name: data.draw(st.none() | values(field.type)) for field in old.fields}
    event(f"{level.name}, accepted: {accepts(old, record)}")
    if level is not Level.BREAKING and accepts(old, record):
        assert accepts(new, record)
