"""What the caller may see of the catalog."""

from typing import Any

from botocore.exceptions import ClientError

from local.patches.athena.errors import QueryError
from local.patches.athena.session import Name, Session


def partitions(session: Session, name: Name) -> list[dict[str, Any]]:
    """The registered partitions of a table."""
    pages = session.glue.get_paginator("get_partitions").paginate(
        DatabaseName=name.database, TableName=name.table
    )
    return [partition for page in pages for partition in page["Partitions"]]


def find(session: Session, name: Name) -> dict[str, Any] | None:
    """A table's entry in Glue, None if there is none.

    Raises:
        ClientError: The caller may not see it.
    """
    try:
        found: dict[str, Any] = session.glue.get_table(DatabaseName=name.database, Name=name.table)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            return None
        raise
    return found


def require(session: Session, name: Name) -> dict[str, Any]:
    """A table's entry in Glue.

    Raises:
        QueryError: There is none.
    """
    table = find(session, name)
    if table is None:
        raise QueryError(f"TABLE_NOT_FOUND: Table '{name}' does not exist")
    return table


def is_iceberg(table: dict[str, Any]) -> bool:
    """Whether Glue says that a table is an Iceberg table."""
    return str(table.get("Parameters", {}).get("table_type", "")).upper() == "ICEBERG"


def is_view(table: dict[str, Any]) -> bool:
    """Whether an entry is a view."""
    return table.get("TableType") == "VIRTUAL_VIEW"


def columns(table: dict[str, Any]) -> list[dict[str, str]]:
    """Columns of a table, partition keys last."""
    return [*table.get("StorageDescriptor", {}).get("Columns", []), *table.get("PartitionKeys", [])]


def tables(session: Session, database: str) -> list[dict[str, Any]]:
    """All tables and views of a database."""
    pages = session.glue.get_paginator("get_tables").paginate(DatabaseName=database)
    return [table for page in pages for table in page["TableList"]]


def databases(session: Session) -> list[dict[str, Any]]:
    """All databases."""
    pages = session.glue.get_paginator("get_databases").paginate()
    return [database for page in pages for database in page["DatabaseList"]]
