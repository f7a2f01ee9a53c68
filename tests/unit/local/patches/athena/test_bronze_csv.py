"""The saved query of a CSV dataset, over lines as Athena hands them over: in no order."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from sqlglot.expressions import Query

from lakehouse.model.fields import Field, Scalar
from lakehouse.targets.bronze_csv import by_header
from local.patches.athena.trino import functions, trino
from local.patches.athena.trino.dialect import TrinoNames
from tests.unit.lakehouse.datasets import ORDERS

PEOPLE = replace(
    ORDERS,
    name="people",
    fields=(
        Field("id", Scalar.LONG, True, "Number."),
        Field("name", Scalar.STRING, True, "Name."),
        Field("note", Scalar.STRING, False, "Note."),
    ),
)
TODAY = datetime.now(UTC).date()

Row = tuple[Any, ...]


def read(*objects: str, day: date = TODAY) -> list[Row]:
    """Columns of the contract, number of the object, and the line if it was not read."""
    lines = [
        (line, f"s3://b/{at}", str(day)) for at, text in enumerate(objects) for line in text.splitlines()
    ]
    columns = zip(*lines[::-1], strict=True)
    table = pa.table(dict(zip(("line", "$path", "ingest_date"), map(list, columns), strict=True)))
    (query,) = TrinoNames().parse(by_header(PEOPLE))
    assert isinstance(query, Query)
    sql = trino.translate(query, {"people": table.schema})
    with duckdb.connect() as connection:
        functions.install(connection, sql)
        connection.register("people", table)
        found = connection.sql(sql)
        assert found.columns == ["id", "name", "note", "_object", "_unread_line"]
        return sorted(found.fetchall(), key=str)


def rows(found: Iterable[Row]) -> list[Row]:
    return [row[:3] for row in found if row[4] is None]


def unread(found: Iterable[Row]) -> list[str]:
    return [row[4] for row in found if row[4] is not None]


def test_columns_are_those_of_the_header_when_objects_have_them_in_different_orders() -> None:
    found = read("id,name,note\n1,Ann,x\n", "note,name,id\ny,Bob,2\n")
    assert found == [("1", "Ann", "x", "s3://b/0", None), ("2", "Bob", "y", "s3://b/1", None)]


def test_values_lose_their_quotes_and_keep_what_is_between_them() -> None:
    found = read('"id","name","note"\n1,"Smith, Ann","said ""hi"""\n2,"",""\n3, "x",a"b"\n')
    assert rows(found) == [("1", "Smith, Ann", 'said "hi"'), ("2", "", ""), ("3", ' "x"', 'a"b"')]


def test_column_is_null_when_the_header_lacks_it_and_left_out_when_the_contract_does() -> None:
    assert rows(read("id,name\n1,Ann\n", "extra,id,name,note\n?,2,Bob,z\n")) == [
        ("1", "Ann", None), ("2", "Bob", "z")
    ]  # fmt: skip


def test_header_is_known_when_it_has_blanks_or_a_byte_order_mark() -> None:
    assert rows(read("\ufeffid , name\n1,Ann\n\n  \n")) == [("1", "Ann", None)]


@pytest.mark.parametrize("line", ["2", "2,Bob,x,y", '2,"Bob"x,y'])
def test_line_stays_unread_when_it_is_no_record(line: str) -> None:
    found = read(f"id,name,note\n1,Ann,x\n{line}\n")
    assert (rows(found), unread(found)) == ([("1", "Ann", "x")], [line])


@pytest.mark.parametrize(
    "text",
    [
        'id,name,note\n1,"Ann\nx,y,z\nend",q\n',
        "id,note\n1,x\n",
        "id,name,id\n1,Ann,2\n",
        "id,name,\n1,Ann,2\n",
        "1,Ann,x\n",
    ],
    ids=["record over lines", "required column missing", "column twice", "column without name", "no header"],
)
def test_object_stays_unread_when_nothing_in_it_is_certain(text: str) -> None:
    found = read(text, "id,name\n5,Eve\n")
    assert rows(found) == [("5", "Eve", None)]
    assert sorted(unread(found)) == sorted(text.splitlines())


def test_only_the_last_days_are_read() -> None:
    assert rows(read("id,name\n1,Ann\n", day=TODAY - timedelta(days=6))) == [("1", "Ann", None)]
    assert read("id,name\n1,Ann\n", day=TODAY - timedelta(days=9)) == []
