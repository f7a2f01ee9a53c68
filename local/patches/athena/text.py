"""Values as Athena prints them, and the files of results."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import singledispatch

import pyarrow as pa


def rows(table: pa.Table) -> list[list[str | None]]:
    """All rows of a table, each value as text."""
    columns = [[text(value) for value in _plain(column).to_pylist()] for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return (
        column.cast(pa.timestamp("us", tz="UTC"))
        if pa.types.is_timestamp(column.type) and column.type.tz
        else column
    )


@singledispatch
def text(value: object) -> str | None:
    """One value as Athena prints it; None for null."""
    return None if value is None else str(value)


@text.register
def _(value: bool) -> str:
    return str(value).lower()


@text.register
def _(value: datetime) -> str:
    moment = value.astimezone(UTC) if value.tzinfo else value
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") + (" UTC" if value.tzinfo else "")


@text.register
def _(value: bytes) -> str:
    return value.hex(" ")


@text.register(list)
def _(value: list[object]) -> str:
    pairs = [one for one in value if isinstance(one, tuple)]
    if pairs:  # how Arrow hands over a map
        return "{" + ", ".join(f"{key}={_inner(one)}" for key, one in pairs) + "}"
    return "[" + ", ".join(map(_inner, value)) + "]"


@text.register(dict)
def _(value: dict[str, object]) -> str:
    return "{" + ", ".join(f"{key}={_inner(one)}" for key, one in value.items()) + "}"


def _inner(value: object) -> str:
    inner = text(value)
    return "null" if inner is None else inner


def csv_document(columns: Sequence[str], values: Sequence[Sequence[str | None]]) -> bytes:
    """A result file: every value is quoted, and null is nothing at all."""
    lines = [",".join(map(_quoted, line)) for line in (columns, *values)]
    return "".join(f"{line}\n" for line in lines).encode()


def _quoted(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'


def plain_document(values: Sequence[Sequence[str | None]]) -> bytes:
    """The result file of a DDL or utility statement: no header, tabs between values."""
    return "".join("\t".join(cell or "" for cell in line) + "\n" for line in values).encode()
