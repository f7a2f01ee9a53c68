"""`DROP TABLE` and `DROP VIEW`, through Glue and S3 as the caller."""

from collections.abc import Callable
from urllib.parse import urlsplit

from local.patches.athena.catalog import catalog
from local.patches.athena.errors import QueryError
from local.patches.athena.session import Outcome, Session, full_name
from local.patches.athena.trino.parsing import Cursor


def parse_table(cursor: Cursor) -> Callable[[Session], Outcome]:
    """`[IF EXISTS] name`, after `DROP TABLE`; an Iceberg table's data goes with it, files of others stay.

    https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-drop-table.html
    """
    return _parse(cursor, view=False)


def parse_view(cursor: Cursor) -> Callable[[Session], Outcome]:
    """`[IF EXISTS] name`, after `DROP VIEW`."""
    return _parse(cursor, view=True)


def _parse(cursor: Cursor, *, view: bool) -> Callable[[Session], Outcome]:
    lenient = cursor.keywords("if", "exists")
    parts = cursor.name_parts()
    cursor.keywords("purge")
    cursor.end()

    def run(session: Session) -> Outcome:
        name = full_name(parts, session)
        table = catalog.find(session, name)
        if table is None:
            if lenient:
                return Outcome(plain=True)
            raise QueryError(f"TABLE_NOT_FOUND: {'View' if view else 'Table'} '{name}' does not exist")
        if catalog.is_view(table) != view:
            raise QueryError(
                f"'{name}' is {'a table' if view else 'a view'}: DROP {'TABLE' if view else 'VIEW'} drops it"
            )
        session.glue.delete_table(DatabaseName=name.database, Name=name.table)
        if catalog.is_iceberg(table):
            _delete_files(session, table["StorageDescriptor"]["Location"])
        return Outcome(plain=True)

    return run


def _delete_files(session: Session, location: str) -> None:
    place = urlsplit(location)
    prefix = place.path.strip("/") + "/"
    pages = session.s3.get_paginator("list_objects_v2").paginate(Bucket=place.netloc, Prefix=prefix)
    for key in [entry["Key"] for page in pages for entry in page.get("Contents", [])]:
        session.s3.delete_object(Bucket=place.netloc, Key=key)
