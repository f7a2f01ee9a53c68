"""Checks rows against their contract in DuckDB, an engine that shares no code with the jobs."""

from collections.abc import Iterator
from typing import Any

import duckdb

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Array, Field, Map, Scalar, Struct, Type
from lakehouse.targets.glue import hive_type

Connection = duckdb.DuckDBPyConnection
Rows = duckdb.DuckDBPyRelation


def sql_type(field: Field) -> str:
    """Return the DuckDB type of a column."""
    return _sql_type(field.type)


def _sql_type(kind: Type) -> str:
    match kind:
        case Scalar.TIMESTAMPTZ:
            return "timestamptz"
        case Array(element):
            return f"{_sql_type(element)}[]"
        case Map(key, value):
            return f"map({_sql_type(key)}, {_sql_type(value)})"
        case Struct(fields):
            return f"struct({', '.join(f'{each.name} {_sql_type(each.type)}' for each in fields)})"
    return hive_type(kind)


def typed(text: Rows, dataset: Dataset) -> Rows:
    """Cast columns of text to the types of the contract; what is no such value becomes null."""
    return text.project(
        ", ".join(
            f'TRY_CAST("{field.name}" AS {sql_type(field)}) AS "{field.name}"' for field in dataset.fields
        )
    )


def count(rows: Rows, condition: str = "true") -> int:
    """Return the number of rows that meet a condition."""
    return len(rows.filter(condition))


def repeated(rows: Rows, key: tuple[str, ...]) -> int:
    """Return the number of keys that several rows have."""
    names = ", ".join(f'"{name}"' for name in key)
    return count(rows.aggregate(f"{names}, COUNT(*) AS copies", names), "copies > 1")


def content(rows: Rows) -> list[tuple[Any, ...]]:
    """Sorted rows; instants as microseconds since 1970, as Spark writes them without their zone."""
    columns = (
        f'epoch_us("{name}") AS "{name}"' if str(kind).startswith("TIMESTAMP") else f'"{name}"'
        for name, kind in zip(rows.columns, rows.types, strict=True)
    )
    return rows.project(", ".join(columns)).order("ALL").fetchall()


def breaches(rows: Rows, dataset: Dataset) -> dict[str, int]:
    """Return the number of rows that break each rule of the contract, if any do."""
    counts = {rule: count(rows, f"NOT ({rule})") for rule in _rules(dataset)}
    if dataset.key:
        counts["unique key"] = repeated(rows, dataset.key)
    return {rule: number for rule, number in counts.items() if number}


def _rules(dataset: Dataset) -> Iterator[str]:
    for field in dataset.fields:
        name, checks = f'"{field.name}"', field.checks
        if field.required:
            yield f"{name} IS NOT NULL"
        if checks.allowed is not None:
            yield f"{name} IN ({', '.join(repr(value) for value in checks.allowed)})"
        if checks.pattern is not None:
            yield f"regexp_matches({name}, {checks.pattern!r})"
        for limit, test in (
            (checks.minimum, f"{name} >= "),
            (checks.maximum, f"{name} <= "),
            (checks.exclusive_minimum, f"{name} > "),
            (checks.exclusive_maximum, f"{name} < "),
            (checks.min_length, f"length({name}) >= "),
            (checks.max_length, f"length({name}) <= "),
        ):
            if limit is not None:
                yield f"{test}{limit!r}"
