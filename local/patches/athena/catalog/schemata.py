"""`information_schema`, of what the caller may see: `schemata`, `tables`, `views` and `columns`."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from botocore.exceptions import ClientError
from sqlglot import exp

from local.patches.athena.catalog import catalog, views
from local.patches.athena.engine import types
from local.patches.athena.errors import QueryError
from local.patches.athena.session import CATALOG, Name, Session

SCHEMA = "information_schema"

_COLUMNS = {
    "schemata": ("catalog_name", "schema_name"),
    "tables": ("table_catalog", "table_schema", "table_name", "table_type"),
    "views": ("table_catalog", "table_schema", "table_name", "view_definition"),
    "columns": (
        "table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default",
        "is_nullable", "data_type", "comment", "extra_info",
    ),
}  # fmt: skip


def read(session: Session, name: Name, select: exp.Expression | None) -> pa.Table:
    """The rows of one of its tables; the SELECT's conditions on the schema tell which databases are asked.

    Raises:
        QueryError: There is no such table.
        ClientError: The caller may not list a database that the query names.
    """
    if name.table not in _COLUMNS:
        raise QueryError(f"TABLE_NOT_FOUND: Table '{name}' does not exist")
    names = _COLUMNS[name.table]
    kinds = [pa.int64() if one == "ordinal_position" else pa.string() for one in names]
    rows = [dict(zip(names, row, strict=True)) for row in _rows(session, name.table, _named(select))]
    return pa.Table.from_pylist(rows, pa.schema(list(zip(names, kinds, strict=True))))


def _rows(session: Session, kind: str, named: set[str]) -> Iterator[tuple[Any, ...]]:
    if kind == "schemata":
        yield from ((CATALOG, one["Name"]) for one in catalog.databases(session))
        return
    for database, table in _tables(session, named):
        start = (CATALOG, database, table["Name"])
        if kind == "tables":
            yield (*start, "VIEW" if catalog.is_view(table) else "BASE TABLE")
        elif kind == "columns":
            for position, column in enumerate(catalog.columns(table), start=1):
                keys = [one["Name"] for one in table.get("PartitionKeys", [])]
                extra = "partition key" if column["Name"] in keys else None
                kind_name = types.of_glue(column)
                yield (*start, column["Name"], position, None, "YES", kind_name, column.get("Comment"), extra)
        elif catalog.is_view(table):
            yield (*start, views.parse(Name(database, table["Name"]), table).sql)


def _tables(session: Session, named: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    databases = named or [one["Name"] for one in catalog.databases(session)]
    for database in sorted(databases):
        try:
            found = catalog.tables(session, database)
        except ClientError as error:
            # A listing shows what one may see; a database that the query names must be allowed.
            if named or error.response["Error"]["Code"] != "AccessDeniedException":
                raise
            continue
        yield from ((database, table) for table in found)


def _named(select: exp.Expression | None) -> set[str]:
    """Databases that a SELECT's conditions say, by `=` or `IN`; none if it may mean any."""
    where = select.args.get("where") if select else None
    for condition in (
        where.this.flatten() if where and isinstance(where.this, exp.And) else [where and where.this]
    ):
        if isinstance(condition, exp.EQ | exp.In) and _column(condition.this) == "table_schema":
            said = condition.expressions or [condition.expression]
            if all(isinstance(one, exp.Literal) for one in said):
                return {one.name.lower() for one in said}
    return set()


def _column(side: exp.Expression) -> str:
    inner = side.this if isinstance(side, exp.Lower) else side
    return inner.name.lower() if isinstance(inner, exp.Column) else ""
