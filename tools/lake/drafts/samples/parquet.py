"""Reads samples in Parquet, which declare their types; jobs do not read Parquet yet."""

from collections.abc import Callable, Collection
from typing import Any

from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.odcs.names import NAME
from tools.lake.drafts.samples.names import kept_names
from tools.lake.drafts.samples.sample import ROWS_MAX, Connection, Sample, Shape, Source

_SCALARS: dict[str, Type] = {
    "boolean": Scalar.BOOLEAN,
    **dict.fromkeys(("tinyint", "smallint", "integer", "utinyint", "usmallint"), Scalar.INT),
    **dict.fromkeys(("bigint", "uinteger"), Scalar.LONG),
    "ubigint": Decimal(20, 0),
    "float": Scalar.FLOAT,
    "double": Scalar.DOUBLE,
    "date": Scalar.DATE,
    **dict.fromkeys(
        ("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"),
        Scalar.TIMESTAMP,
    ),
    "timestamp with time zone": Scalar.TIMESTAMPTZ,
    "blob": Scalar.BINARY,
}
"""By the ids of DuckDB's types; the others (texts, times of day, intervals) are strings."""

_TEXTS: dict[Type, str] = {
    Scalar.TIMESTAMPTZ: "replace(CAST({} AT TIME ZONE 'UTC' AS VARCHAR), ' ', 'T') || 'Z'",
    Scalar.BINARY: "base64({})",
}


def read_parquet(connection: Connection, source: Source, skip: Collection[str]) -> Sample:
    """Read the records as the texts that JSON lines of them would hold.

    Raises:
        InvalidInputError: A column has a name that no contract may have.
    """
    rows = connection.read_parquet(str(source.path)).limit(ROWS_MAX)
    declared = dict(zip(rows.columns, map(declared_type, rows.types), strict=True))
    names = kept_names(source, list(declared), skip, "column")
    texts = ", ".join(f'{_text(name, declared[name])} AS "{name}"' for name in names)
    rows.project(texts).create("records")
    table = connection.table("records")
    shapes = {name: Shape(declared[name]) for name in names}
    return Sample(source.path.name, "parquet", table, len(table), shapes=shapes)


def declared_type(kind: Any) -> Type:
    """Return what a type of DuckDB is in the lake."""
    nested: dict[str, Callable[[Any], Type]] = {
        "list": lambda kind: Array(declared_type(kind.children[0][1])),
        "array": lambda kind: Array(declared_type(kind.children[0][1])),
        "struct": _struct,
        "map": _map,
        "decimal": lambda kind: Decimal(*(number for _, number in kind.children)),
    }
    return nested[kind.id](kind) if kind.id in nested else _SCALARS.get(kind.id, Scalar.STRING)


def _struct(kind: Any) -> Type:
    members = tuple(Field(name, declared_type(inner), False, "") for name, inner in kind.children)
    return Struct(members) if all(NAME.fullmatch(each.name) for each in members) else Scalar.STRING


def _map(kind: Any) -> Type:
    (_, key), (_, value) = kind.children
    return Map(Scalar.STRING, declared_type(value)) if key.id == "varchar" else Scalar.STRING


def _text(name: str, kind: Type) -> str:
    if isinstance(kind, Array | Struct | Map):
        return f'CAST(to_json("{name}") AS VARCHAR)'
    return _TEXTS.get(kind, "CAST({} AS VARCHAR)").format(f'"{name}"')
