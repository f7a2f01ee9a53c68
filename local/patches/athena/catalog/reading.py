"""The rows of a table under the caller's rights.

An Iceberg table is read by PyIceberg: schema evolution, renames and positional deletes included; equality
deletes raise. Each table needs the caller's `glue:GetTable` and `s3:GetObject`, and `s3:ListBucket` if it is
a folder of files, unless Lake Formation gives the credentials.
"""

from typing import Any

import pyarrow as pa
from sqlglot import exp

from local.patches.athena.catalog import catalog, governance, schemata
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
    known = Name(name.database, bare)
    how = governance.reading(session, known, catalog.require(session, known))
    if metadata or version:
        governance.require_whole(how, f"a metadata table or an earlier version of '{known}'")
    return governance.visible(session, _rows(session, name, how, metadata, version), how)


def _rows(
    session: Session, name: Name, how: governance.Reading, metadata: str, version: exp.Expression | None
) -> pa.Table:
    table, s3 = how.entry, governance.s3(session, how)
    if catalog.is_iceberg(table):
        return iceberg.read(session, s3, table, metadata, version)
    if metadata or version:
        raise QueryError(f"NOT_SUPPORTED: '{name}' is not an Iceberg table")
    return files.read_files(s3, table, _partitions(session, name, table))


def _partitions(session: Session, name: Name, table: dict[str, Any]) -> list[dict[str, Any]]:
    if not files.has_registered_partitions(table):
        return []
    return catalog.partitions(session, name)
