"""The engine: DuckDB in a process of its own, locked before it sees a query.

It has no file system, no network, no extensions, no settings to change, nothing of this process to look at,
and no table but those that it is given. What it runs is generated from the tree of a Trino query, and is
refused unless it is a single SELECT.
"""

import re
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp
from sqlglot.errors import SqlglotError

from local.patches.athena.engine import processes
from local.patches.athena.errors import QueryError
from local.patches.athena.session import Session
from local.patches.athena.trino import functions, trino

MEMORY = 3 * 1024**3
"""Bytes that a query's process may hold, its tables and its result among them."""

RESULT = 256 * 1024**2
"""Bytes that a query may return or write; Athena has no such limit, a laptop's memory has."""


_MACRO = re.compile(rf"\b{functions.PREFIX}\w+", re.IGNORECASE)


_UNRESOLVED = re.compile(
    r'Binder Error: (?:Referenced column|Column) "(.+?)" (?:not found|does not exist)'
    r'|Binder Error: .*? does not have a column named "(.+?)"'
)


@dataclass(frozen=True)
class Question:
    """A query as a tree of Trino's, and the tables that its names mean."""

    query: exp.Query
    tables: dict[str, pa.Table]


@dataclass(frozen=True)
class Result:
    """Rows with their names and the engine's types."""

    columns: list[str]
    types: list[Any]
    table: pa.Table


def run(session: Session, question: Question) -> Result:
    """Answer a question; StopQueryExecution ends it.

    Raises:
        QueryError: The query is wrong, too expensive or cancelled; the engine's reason is told.
        ValueError: It calls a function, or has something else, that Trino or this engine lacks.
    """
    try:
        sql = trino.translate(question.query, {name: table.schema for name, table in question.tables.items()})
    except SqlglotError as error:
        raise QueryError(f"NOT_SUPPORTED: {error}") from error
    request = (question.tables, _setup(sql), sql, RESULT, MEMORY)
    match processes.run(session, request):
        case "answer", columns, types, table:
            return Result(columns, [duckdb.sqltype(one) for one in types], table)
        case "error", reason:
            raise QueryError(_unresolved(reason, question.query) or reason)
        case _:
            raise QueryError(
                "EXCEEDED_LOCAL_MEMORY_LIMIT: Query exhausted resources at this scale factor: it may hold "
                f"{MEMORY // 1024**3} GB, and its result {RESULT // 1024**2} MB"
            )


def _unresolved(reason: str, query: exp.Query) -> str:
    """What Athena says of a column that there is not, or that the caller may not see; else nothing."""
    found = _UNRESOLVED.search(reason)
    if not found:
        return ""
    name = found[1] or found[2]
    nodes = (one.this for one in query.find_all(exp.Column) if one.name.lower() == name.lower())
    place = next(
        (one.meta for one in nodes if "line" in one.meta), {"line": 1, "start": 0, "end": 0, "col": 8}
    )
    first = place["col"] - (place["end"] - place["start"])
    return (
        f"COLUMN_NOT_FOUND: line {place['line']}:{first}: Column '{name}' cannot be resolved or requester is "
        "not authorized to access requested resources"
    )


def _setup(sql: str) -> list[str]:
    """The settings of the functions, and those of their macros that a query needs: all take too long."""
    macros = {}
    settings = []
    for statement in functions.statements():
        named = _MACRO.search(statement)
        if named:
            macros[named[0].lower()] = statement
        else:
            settings.append(statement)
    needed: set[str] = set()
    texts = [sql]
    while found := {name.lower() for text in texts for name in _MACRO.findall(text)} & macros.keys() - needed:
        needed |= found
        texts = [macros[name] for name in found]
    return settings + [statement for name, statement in macros.items() if name in needed]
