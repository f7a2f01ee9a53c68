"""`WITH (…)` of statements that write."""

import pyarrow as pa

from local.patches.athena.errors import QueryError, RefusedError
from local.patches.athena.hive import output
from local.patches.athena.trino import parsing
from local.patches.athena.trino.parsing import Cursor, Value


def parse(cursor: Cursor, allowed: tuple[str, ...]) -> dict[str, Value]:
    """The properties that follow, if any.

    Raises:
        RefusedError: One is not allowed.
    """
    if not cursor.keywords("with"):
        return {}
    found = parsing.properties(cursor.group())
    if unknown := sorted({*found} - {*allowed}):
        raise RefusedError(
            f"INVALID_TABLE_PROPERTY: not supported here: {', '.join(unknown)}; allowed: {', '.join(allowed)}"
        )
    return found


def format_of(properties: dict[str, Value], *compression: str) -> output.Format:
    """The format that properties say, Parquet if none; its compression has one of these names.

    Raises:
        QueryError: It cannot be written here.
    """
    chosen = next((str(properties[one]) for one in compression if one in properties), "")
    return output.format_of(
        str(properties.get("format", "PARQUET")), chosen, str(properties.get("field_delimiter", ""))
    )


def partition_keys(properties: dict[str, Value], rows: pa.Table) -> list[str]:
    """The columns that `partitioned_by` says.

    Raises:
        QueryError: They are not the last ones.
    """
    keys = [str(key).lower() for key in properties.get("partitioned_by", [])]  # type: ignore[union-attr]
    last = [column.lower() for column in rows.column_names[len(rows.column_names) - len(keys) :]]
    if keys and keys != last:
        raise QueryError(
            "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and in the "
            f"same order as the table properties: {keys}"
        )
    return keys
