"""Views: Glue entries whose text Athena keeps as base64 of JSON, read with the rights of who asks.

https://docs.aws.amazon.com/athena/latest/ug/views.html: who queries a view needs permission on the tables
below it as well.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

from local.patches.athena.catalog import catalog, governance
from local.patches.athena.engine import types
from local.patches.athena.engine.engine import Result
from local.patches.athena.errors import QueryError
from local.patches.athena.session import CATALOG, Name, Session

_BEFORE, _AFTER = "/* Presto View: ", " */"


@dataclass(frozen=True)
class View:
    """A view's query, the database of names without one in it, and the names of its columns."""

    sql: str
    database: str
    columns: list[str]


def definition(session: Session, name: Name) -> View | None:
    """The view of this name; None if it is something else, or nothing.

    Raises:
        QueryError: Something else than Athena made it, or the caller may not read all of it.
        ClientError: The caller may not see it.
    """
    table = catalog.find(session, name)
    if table is None or not catalog.is_view(table):
        return None
    governance.require_whole(governance.reading(session, name, table), f"the view '{name}'")
    return parse(name, table)


def parse(name: Name, table: dict[str, Any]) -> View:
    """The view that an entry holds.

    Raises:
        QueryError: Something else than Athena made it.
    """
    text = table.get("ViewOriginalText", "")
    if not (text.startswith(_BEFORE) and text.endswith(_AFTER)):
        raise QueryError(f"INVALID_VIEW: '{name}' was not created by Athena")
    found = json.loads(base64.b64decode(text[len(_BEFORE) : -len(_AFTER)]))
    return View(found["originalSql"], found["schema"], [column["name"] for column in found["columns"]])


def entry(name: Name, sql: str, database: str, result: Result) -> dict[str, Any]:
    """The Glue entry of a view over a query that has this result."""
    columns = list(zip(result.columns, result.types, strict=True))
    document = {
        "originalSql": sql,
        "catalog": CATALOG,
        "schema": database,
        "columns": [{"name": column, "type": types.trino(kind)} for column, kind in columns],
    }
    text = base64.b64encode(json.dumps(document).encode()).decode()
    hive = [{"Name": column.lower(), "Type": types.hive(kind)} for column, kind in columns]
    return {
        "Name": name.table,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "ViewOriginalText": f"{_BEFORE}{text}{_AFTER}",
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {"Columns": hive},
    }
