"""Partition transforms as Athena writes them, such as `day(at)` or `bucket(id, 16)`."""

import re
from typing import Any

from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import (
    BucketTransform,
    DayTransform,
    HourTransform,
    IdentityTransform,
    MonthTransform,
    Transform,
    TruncateTransform,
    YearTransform,
)

from local.patches.athena.errors import QueryError

_CALL = re.compile(r'(?:(\w+)\s*\()?\s*(\d+\s*,)?\s*"?(\w+)"?\s*(?:,\s*(\d+)\s*)?\)?')
_PLAIN: dict[str, Any] = {
    "year": YearTransform,
    "month": MonthTransform,
    "day": DayTransform,
    "hour": HourTransform,
}
_SIZED: dict[str, Any] = {"bucket": BucketTransform, "truncate": TruncateTransform}
_FIRST_FIELD = 1000


def partition_spec(schema: Schema, partitioning: list[str]) -> PartitionSpec:
    """The partition spec of a table; bucket's and truncate's sizes stand first or last.

    https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html

    Raises:
        QueryError: A transform or a column is unknown.
    """
    fields = [_field(schema, text, _FIRST_FIELD + at) for at, text in enumerate(partitioning)]
    return PartitionSpec(*fields)


def _field(schema: Schema, text: str, number: int) -> PartitionField:
    found = _CALL.fullmatch(text.strip())
    if not found:
        raise QueryError(f"INVALID_TABLE_PROPERTY: Invalid partition transform: {text}")
    name, first, column, last = found.groups()
    size = (first or last or "").strip(" ,")
    if column.lower() not in schema.column_names:
        raise QueryError(f"COLUMN_NOT_FOUND: partition column '{column}' is not in the table")
    transform, suffix = _transform((name or "").lower(), size, text)
    source = schema.find_field(column.lower()).field_id
    return PartitionField(source, number, transform, column.lower() + suffix)


def _transform(name: str, size: str, text: str) -> tuple[Transform[Any, Any], str]:
    if name in ("", "identity"):
        return IdentityTransform(), ""
    plain = _PLAIN.get(name.rstrip("s"))
    if plain:
        return plain(), f"_{name.rstrip('s')}"
    if name in _SIZED and size:
        return _SIZED[name](int(size)), f"_{name}" if name == "bucket" else "_trunc"
    raise QueryError(f"INVALID_TABLE_PROPERTY: Unsupported partition transform: {text}")
