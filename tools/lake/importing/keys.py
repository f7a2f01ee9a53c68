"""Keys and partitions of a table, as other contracts have them."""

from collections.abc import Sequence
from typing import Any, Literal

from config.faults import Fault, InvalidInputError, nearest, one_of
from tools.lake.importing.described import Described, Json, Noted

_POSITIONS = {"primaryKey": "primaryKeyPosition", "partitioned": "partitionKeyPosition"}


def set_key(table: Described, columns: list[Json], wanted: Sequence[str], noted: Noted) -> bool:
    """Mark the key columns, in the order of their positions; returns whether there is any.

    A table that has none, but one column that is required and unique, has that one.

    Args:
        table: As it was found.
        columns: As they were adopted; they are changed.
        wanted: Names of key columns that the user gave, in their order; empty: as the document has it.
        noted: What is told.

    Raises:
        InvalidInputError: The table has no column of a name that is wanted.
    """
    parts = table.table["properties"]
    keyed = _named(table, columns, wanted) if wanted else _ordered(parts, columns, "primaryKey")
    if not keyed:
        unique = [
            column
            for part, column in zip(parts, columns, strict=True)
            if part.get("unique") and part.get("required")
        ]
        if len(unique) == 1:
            keyed = unique
            noted.check(_source(table, columns, unique[0]), "the key, as it is required and unique")
    for position, column in enumerate(keyed, 1):
        if not column.get("required"):
            noted.check(_source(table, columns, column), "required, as a column of a key must be")
        column |= {"required": True, "primaryKey": True, "primaryKeyPosition": position}
        if len(keyed) == 1:
            column.pop("unique", None)
    return bool(keyed)


def set_partition(table: Described, columns: list[Json]) -> None:
    """Mark the partition columns, in the order of their positions."""
    found = _ordered(table.table["properties"], columns, "partitioned")
    for position, column in enumerate(found, 1):
        column |= {"partitioned": True, "partitionKeyPosition": position}


def _ordered(
    parts: Sequence[Json], columns: Sequence[Json], mark: Literal["primaryKey", "partitioned"]
) -> list[Json]:
    marked = [(part, column) for part, column in zip(parts, columns, strict=True) if part.get(mark) is True]
    return [column for _, column in sorted(marked, key=lambda each: _position(each[0], mark))]


def _position(part: Json, mark: str) -> float:
    position: Any = part.get(_POSITIONS[mark])
    return position if isinstance(position, int) and position > 0 else float("inf")


def _named(table: Described, columns: Sequence[Json], wanted: Sequence[str]) -> list[Json]:
    by_name = {column["name"]: column for column in columns}
    for part, column in zip(table.table["properties"], columns, strict=True):
        by_name.setdefault(part["name"], column)
    unknown = [name for name in wanted if name not in by_name]
    if unknown:
        place = f"--key for {table.table['name']}"
        raise InvalidInputError(
            [Fault(table.where, place, name, one_of(by_name), nearest(name, by_name)) for name in unknown]
        )
    return [by_name[name] for name in wanted]


def _source(table: Described, columns: Sequence[Json], column: Json) -> str:
    at = next(at for at, each in enumerate(columns) if each is column)
    name: str = table.table["properties"][at]["name"]
    return name
