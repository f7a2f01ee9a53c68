"""`CREATE EXTERNAL TABLE`, `CREATE TABLE` for Iceberg and `CREATE VIEW`, as the caller."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from ministack.services import athena
from sqlglot import exp

from local.patches.athena.catalog import binding, catalog, views
from local.patches.athena.engine import engine
from local.patches.athena.errors import QueryError, RefusedError, malformed
from local.patches.athena.hive import schemas
from local.patches.athena.iceberg import iceberg
from local.patches.athena.session import Name, Outcome, Session, full_name
from local.patches.athena.trino import parsing
from local.patches.athena.trino.parsing import Cursor

Run = Callable[[Session], Outcome]
Parts = tuple[str | None, ...]


def parse_target(cursor: Cursor) -> tuple[Parts, bool]:
    """`[IF NOT EXISTS] name`: the name's parts, and whether it may exist."""
    lenient = cursor.keywords("if", "not", "exists")
    return cursor.name_parts(), lenient


def parse_external(cursor: Cursor) -> Run:
    """A table over files, after its first words."""
    ddl = athena._parse_ddl(cursor.text)
    if ddl is None:
        raise malformed(cursor.rest(), "CREATE EXTERNAL TABLE name (column type, …) … LOCATION 's3://…'")
    if ddl.iceberg:
        raise RefusedError(
            "Iceberg tables are created with CREATE TABLE, without EXTERNAL", "MALFORMED_QUERY"
        )
    if not str(ddl.location or "").startswith("s3://"):
        raise RefusedError(
            "FAILED: SemanticException table location must be an s3:// path", "MALFORMED_QUERY"
        )

    def run(session: Session) -> Outcome:
        name = full_name((ddl.database, ddl.table), session)
        if not _taken(session, name, ddl.if_not_exists):
            entry = {**athena._create_table_input(ddl), "Name": name.table}
            session.glue.create_table(DatabaseName=name.database, TableInput=entry)
        return Outcome(plain=True)

    return run


def parse_iceberg(cursor: Cursor, parts: Parts, lenient: bool) -> Run:
    """An empty Iceberg table: `(column type, …) [PARTITIONED BY (…)] LOCATION … TBLPROPERTIES (…)`.

    https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html
    """
    columns = athena._column_list(cursor)
    if not columns:
        raise malformed(cursor.rest(), "(column type, …)")
    clauses: dict[str, Any] = {}
    while not cursor.at_end():
        if cursor.keywords("partitioned", "by"):
            clauses["partitioning"] = list(parsing.items(cursor.group().replace("`", '"')))
        elif cursor.keywords("location"):
            clauses["location"] = cursor.text_value()
        elif cursor.keywords("tblproperties"):
            clauses["properties"] = cursor.property_list()
        else:
            cursor.end()
    location = _iceberg_location(clauses)

    def run(session: Session) -> Outcome:
        name = full_name(parts, session)
        if not _taken(session, name, lenient):
            partitioning = clauses.get("partitioning", [])
            iceberg.create(session, name, schemas.arrow(columns), location, partitioning)
        return Outcome(plain=True)

    return run


def _iceberg_location(clauses: dict[str, Any]) -> str:
    if clauses.get("properties", {}).get("table_type", "").lower() != "iceberg":
        raise RefusedError("External keyword required for table type HIVE", "MALFORMED_QUERY")
    location = str(clauses.get("location", ""))
    if not location.startswith("s3://"):
        raise RefusedError("An Iceberg table needs LOCATION 's3://…'", "MALFORMED_QUERY")
    return location


def parse_view(cursor: Cursor) -> Run:
    """`name AS query`, after `CREATE VIEW`."""
    return _view(cursor, replace=False)


def parse_replaced_view(cursor: Cursor) -> Run:
    """`name AS query`, after `CREATE OR REPLACE VIEW`."""
    return _view(cursor, replace=True)


def _view(cursor: Cursor, *, replace: bool) -> Run:
    parts = cursor.name_parts()
    if not cursor.keywords("as"):
        raise malformed(cursor.rest(), "AS")
    sql = cursor.rest()
    query = parsing.query(sql)

    def run(session: Session) -> Outcome:
        name = full_name(parts, session)
        existing = catalog.find(session, name)
        if existing and not (replace and catalog.is_view(existing)):
            raise QueryError(f"TABLE_ALREADY_EXISTS: View already exists: '{name}'")
        tried = engine.run(session, binding.bind(_without_rows(query), session))
        entry = views.entry(name, sql, session.database, tried)
        change = session.glue.update_table if existing else session.glue.create_table
        change(DatabaseName=name.database, TableInput=entry)
        return Outcome(plain=True)

    return run


def _without_rows(query: exp.Query) -> exp.Query:
    return exp.select("*").from_(exp.Subquery(this=query.copy(), alias=exp.TableAlias(this="q"))).limit(0)


def _taken(session: Session, name: Name, lenient: bool) -> bool:
    """Whether a table is there already, which is an error unless it may be."""
    require_database(session, name)
    if catalog.find(session, name) is None:
        return False
    if not lenient:
        raise QueryError(f"TABLE_ALREADY_EXISTS: Table '{name}' already exists")
    return True


def require_database(session: Session, name: Name) -> dict[str, Any]:
    """The Glue entry of a name's database.

    Raises:
        QueryError: There is none.
    """
    try:
        found: dict[str, Any] = session.glue.get_database(Name=name.database)["Database"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityNotFoundException":
            raise
        raise QueryError(f"SCHEMA_NOT_FOUND: Schema '{name.database}' does not exist") from error
    return found
