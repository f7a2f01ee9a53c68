"""What the caller may see of the catalog, and the rows of a table under the caller's rights.

An Iceberg table is read by PyIceberg: schema evolution, renames and positional deletes included; equality
deletes raise. Each table needs the caller's `glue:GetTable` and `s3:GetObject`, and `s3:ListBucket` if it is
a folder of files.
"""

from typing import Any

import pyarrow as pa
from botocore.exceptions import ClientError
from sqlglot import exp

from local.patches.athena.catalog import schemata
from local.patches.athena.errors import QueryError
from local.patches.athena.hive import files
from local.patches.athena.iceberg import iceberg
from local.patches.athena.session import Name, Session


def read(
    session: Session, name: Name, version: exp.Expression | None, select: exp.Expression | None
) -> pa.Table:
    """The rows of a table, of one of its metadata tables, or of `information_schema`.

    Args:
        session: Whose rights apply.
        name: The table; after `$`, which of an Iceberg table's metadata.
        version: `FOR TIMESTAMP | VERSION AS OF`, as parsed.
        select: The SELECT around it, by whose conditions `information_schema` is read.

    Raises:
        QueryError: There is no such table.
        ClientError: The caller may not read it.
    """
    if name.database == schemata.SCHEMA:
        return schemata.read(session, name, select)
    bare, _, metadata = name.table.partition("$")
    table = require(session, Name(name.database, bare))
    if is_iceberg(table):
        return iceberg.read(session, table, metadata, version)
    if metadata or version:
        raise QueryError(f"NOT_SUPPORTED: '{name}' is not an Iceberg table")
    return files.read_files(session.s3, table, _partitions(session, name, table))


def _partitions(session: Session, name: Name, table: dict[str, Any]) -> list[dict[str, Any]]:
    if not files.has_registered_partitions(table):
        return []
    return partitions(session, name)


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
