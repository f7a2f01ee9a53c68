"""Registered partitions of Hive-style tables."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from local.patches.athena.errors import QueryError, malformed
from local.patches.athena.session import Name, Session
from local.patches.athena.trino.parsing import Cursor

_AT_ONCE = 100
"""Entries that Glue takes in one request."""

NULL = "__HIVE_DEFAULT_PARTITION__"


def parse(cursor: Cursor) -> dict[str, str]:
    """`(key = value, …)`, after `PARTITION`."""
    values = {}
    if not cursor.punct("("):
        raise malformed(cursor.rest(), "(key = 'value', …)")
    while not cursor.punct(")"):
        key = cursor.identifier()
        if key is None or not cursor.punct("="):
            raise malformed(cursor.rest(), "key = 'value'")
        value = cursor.string()
        if value is None and (number := cursor.number()) is not None:
            value = str(number)
        if value is None:
            raise malformed(cursor.rest(), "'value'")
        values[str(key).lower()] = str(value)
        cursor.punct(",")
    return values


def register(
    session: Session,
    name: Name,
    table: dict[str, Any],
    wanted: Sequence[tuple[dict[str, str], str | None]],
    *,
    lenient: bool,
) -> None:
    """Add partitions, each with its values and its location, None for the folder that Hive would name.

    Raises:
        QueryError: One is there already, unless that may be, or the keys are not the table's.
        ClientError: The caller may not add partitions.
    """
    storage = table["StorageDescriptor"]
    entries = []
    for values, location in wanted:
        place = location or storage["Location"].rstrip("/") + "/" + folder(values)
        entries.append(
            {
                "Values": _ordered(table, values),
                "StorageDescriptor": {**storage, "Location": place.rstrip("/") + "/"},
            }
        )
    for at in range(0, len(entries), _AT_ONCE):
        errors = session.glue.batch_create_partition(
            DatabaseName=name.database, TableName=name.table, PartitionInputList=entries[at : at + _AT_ONCE]
        ).get("Errors", [])
        serious = [one for one in errors if one["ErrorDetail"]["ErrorCode"] != "AlreadyExistsException"]
        if serious or (errors and not lenient):
            detail = (serious or errors)[0]
            raise QueryError(f"FAILED: {detail['ErrorDetail']['ErrorMessage']}: {detail['PartitionValues']}")


def drop(
    session: Session, name: Name, table: dict[str, Any], values: dict[str, str], *, lenient: bool
) -> None:
    """Remove a partition's entry; its files stay.

    Raises:
        QueryError: There is none, unless that may be.
        ClientError: The caller may not remove it.
    """
    place = {
        "DatabaseName": name.database,
        "TableName": name.table,
        "PartitionValues": _ordered(table, values),
    }
    try:
        session.glue.get_partition(**place)
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityNotFoundException":
            raise
        if not lenient:
            raise QueryError(f"FAILED: SemanticException Partition not found {folder(values)}") from error
        return
    session.glue.delete_partition(**place)


def folder(values: dict[str, str]) -> str:
    """The folders in which Hive keeps a partition, relative to the table."""
    return "/".join(f"{key}={quote(value, safe=' ')}" for key, value in values.items())


def _ordered(table: dict[str, Any], values: dict[str, str]) -> list[str]:
    keys = [one["Name"].lower() for one in table.get("PartitionKeys", [])]
    if sorted(keys) != sorted(values):
        raise QueryError(
            f"FAILED: partition spec {list(values)} must name the table's partition keys: {keys}"
        )
    return [values[key] for key in keys]
