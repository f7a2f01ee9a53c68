"""`ALTER TABLE` and `MSCK REPAIR TABLE`, through Glue as the caller."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from ministack.services import athena

from local.patches.athena.catalog import catalog
from local.patches.athena.errors import QueryError, malformed, not_supported
from local.patches.athena.hive import hive_partitions
from local.patches.athena.session import Name, Outcome, Session, full_name
from local.patches.athena.trino.parsing import Cursor

Table = dict[str, Any]
Change = Callable[[Session, Name, Table], None]

_INPUT = (
    "Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys", "ViewOriginalText",
    "ViewExpandedText", "TableType", "Parameters", "TargetTable",
)  # fmt: skip
"""What of a table's entry may be written again."""


def parse(cursor: Cursor) -> Callable[[Session], Outcome]:
    """A change of a table, after `ALTER TABLE`.

    Raises:
        RefusedError: The change is malformed or not supported.
    """
    parts = cursor.name_parts()
    change = _change(cursor)
    cursor.end()

    def run(session: Session) -> Outcome:
        name = full_name(parts, session)
        change(session, name, catalog.require(session, name))
        return Outcome(plain=True)

    return run


def parse_repair(cursor: Cursor) -> Callable[[Session], Outcome]:
    """`name`, after `MSCK REPAIR TABLE`: partitions whose folders are found are registered."""
    parts = cursor.name_parts()
    cursor.end()

    def run(session: Session) -> Outcome:
        name = full_name(parts, session)
        table = catalog.require(session, name)
        found = list(_folders(session, table))
        hive_partitions.register(session, name, table, found, lenient=True)
        return Outcome(plain=True)

    return run


def _change(cursor: Cursor) -> Change:
    if cursor.keywords("add"):
        lenient = cursor.keywords("if", "not", "exists")
        if cursor.peek()[1] == "partition":
            return _add_partitions(cursor, lenient)
        if cursor.keywords("columns"):
            return _add_columns(cursor)
    if cursor.keywords("drop"):
        return _drop_partitions(cursor, cursor.keywords("if", "exists"))
    if cursor.keywords("set", "tblproperties"):
        return _set_properties(cursor)
    if cursor.keywords("rename", "to"):
        return _rename(cursor)
    raise not_supported(f"ALTER TABLE … {cursor.rest()[:40].upper()}")


def _add_partitions(cursor: Cursor, lenient: bool) -> Change:
    wanted = []
    while cursor.keywords("partition"):
        values = hive_partitions.parse(cursor)
        wanted.append((values, cursor.string() if cursor.keywords("location") else None))

    def change(session: Session, name: Name, table: Table) -> None:
        hive_partitions.register(session, name, table, wanted, lenient=lenient)

    return change


def _drop_partitions(cursor: Cursor, lenient: bool) -> Change:
    wanted = []
    while cursor.keywords("partition"):
        wanted.append(hive_partitions.parse(cursor))
        cursor.punct(",")
    if not wanted:
        raise malformed(cursor.rest(), "PARTITION")

    def change(session: Session, name: Name, table: Table) -> None:
        for values in wanted:
            hive_partitions.drop(session, name, table, values, lenient=lenient)

    return change


def _add_columns(cursor: Cursor) -> Change:
    columns = athena._column_list(cursor)
    if not columns:
        raise malformed(cursor.rest(), "(column type, …)")

    def change(session: Session, name: Name, table: Table) -> None:
        if catalog.is_iceberg(table):
            raise QueryError("NOT_SUPPORTED: ALTER TABLE ADD COLUMNS of an Iceberg table is not supported")
        table["StorageDescriptor"]["Columns"] += columns
        _update(session, name, table)

    return change


def _set_properties(cursor: Cursor) -> Change:
    properties = cursor.property_list()

    def change(session: Session, name: Name, table: Table) -> None:
        reserved = {"table_type", "metadata_location", "previous_metadata_location", "presto_view"} & {
            *properties
        }
        if reserved:
            raise QueryError(
                f"NOT_SUPPORTED: table properties that cannot be set: {', '.join(sorted(reserved))}"
            )
        table["Parameters"] = {**table.get("Parameters", {}), **properties}
        _update(session, name, table)

    return change


def _rename(cursor: Cursor) -> Change:
    parts = cursor.name_parts()

    def change(session: Session, name: Name, table: Table) -> None:
        if not catalog.is_iceberg(table):
            raise QueryError("NOT_SUPPORTED: ALTER TABLE RENAME is only supported for Iceberg tables")
        new = full_name(parts, session)
        entry = {**_input(table), "Name": new.table}
        session.glue.create_table(DatabaseName=new.database, TableInput=entry)
        session.glue.delete_table(DatabaseName=name.database, Name=name.table)

    return change


def _update(session: Session, name: Name, table: Table) -> None:
    session.glue.update_table(DatabaseName=name.database, TableInput=_input(table))


def _input(table: Table) -> Table:
    return {key: table[key] for key in _INPUT if table.get(key)}


def _folders(session: Session, table: Table) -> Iterator[tuple[dict[str, str], None]]:
    place = urlsplit(table["StorageDescriptor"]["Location"])
    prefix, keys = place.path.strip("/") + "/", [one["Name"] for one in table.get("PartitionKeys", [])]
    pages = session.s3.get_paginator("list_objects_v2").paginate(Bucket=place.netloc, Prefix=prefix)
    seen = set()
    for entry in (entry for page in pages for entry in page.get("Contents", [])):
        folders = entry["Key"][len(prefix) :].split("/")[: len(keys)]
        values = tuple(unquote(folder.partition("=")[2]) for folder in folders)
        if [folder.partition("=")[0] for folder in folders] == keys and keys and values not in seen:
            seen.add(values)
            yield dict(zip(keys, values, strict=True)), None
