"""The engine's types as Athena's results, Trino and Hive name them, and as Parquet and Iceberg store them."""

import re
from typing import Any

import pyarrow as pa
from sqlglot import exp

_SIMPLE = {
    "boolean": "boolean", "tinyint": "tinyint", "smallint": "smallint", "integer": "integer",
    "bigint": "bigint", "hugeint": "bigint", "uhugeint": "bigint", "utinyint": "bigint",
    "usmallint": "bigint", "uinteger": "bigint", "ubigint": "bigint",
    "float": "float", "double": "double", "varchar": "varchar", "blob": "varbinary",
    "date": "date", "time": "time", "timestamp": "timestamp", "timestamp_ms": "timestamp",
    "timestamp_s": "timestamp", "timestamp_ns": "timestamp",
    "timestamp with time zone": "timestamp with time zone",
}  # fmt: skip
_TRINO = {
    "float": "real",
    "timestamp": "timestamp(3)",
    "timestamp with time zone": "timestamp(3) with time zone",
}
_HIVE = {
    "integer": "int", "varchar": "string", "varbinary": "binary", "time": "string",
    "timestamp with time zone": "timestamp",
}  # fmt: skip
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


def athena(kind: Any) -> str:
    """Athena's name of a result column's type; decimals keep their digits, as `decimal(p,s)`."""
    if kind.id == "decimal":
        return f"decimal({','.join(str(size) for _, size in kind.children)})"
    nested = {"list": "array", "array": "array", "struct": "row", "map": "map"}.get(kind.id)
    return nested or _SIMPLE.get(kind.id, "varchar")


def precision(name: str) -> tuple[int, int] | None:
    """Precision and scale of a decimal type's name, None for other types."""
    found = _DECIMAL.fullmatch(name)
    return (int(found[1]), int(found[2])) if found else None


def trino(kind: Any) -> str:
    """A type as Trino writes it in full."""
    match athena(kind):
        case "array":
            return f"array({trino(kind.children[0][1])})"
        case "map":
            return f"map({trino(kind.children[0][1])}, {trino(kind.children[1][1])})"
        case "row":
            return f"row({', '.join(f'{name} {trino(inner)}' for name, inner in kind.children)})"
        case name:
            return _TRINO.get(name, name)


def hive(kind: Any) -> str:
    """A type as Glue and Hive write it."""
    match athena(kind):
        case "array":
            return f"array<{hive(kind.children[0][1])}>"
        case "map":
            return f"map<{hive(kind.children[0][1])},{hive(kind.children[1][1])}>"
        case "row":
            return f"struct<{','.join(f'{name}:{hive(inner)}' for name, inner in kind.children)}>"
        case name:
            return _HIVE.get(name, name)


def of_glue(column: dict[str, str]) -> str:
    """The type of a column such as `{"Name": "id", "Type": "array<int>"}`, in Trino: `array(integer)`."""
    return exp.DataType.build(column["Type"], dialect="hive").sql(dialect="trino").lower()


def storable(table: pa.Table, kinds: list[Any]) -> pa.Table:
    """A result with the types that its columns have in a file: integers that Trino has, times as text."""
    columns = {}
    for field, kind in zip(table.schema, kinds, strict=True):
        column = table[field.name]
        if athena(kind) == "bigint":
            column = column.cast(pa.int64())
        elif athena(kind) == "timestamp with time zone":
            column = column.cast(pa.timestamp("us", tz="UTC"))
        elif pa.types.is_time(field.type) or not _plain(kind):
            column = column.cast(pa.string())
        columns[field.name] = column
    return pa.table(columns)


def _plain(kind: Any) -> bool:
    return kind.id in _SIMPLE or kind.id in ("decimal", "list", "array", "struct", "map")
