"""The engine: DuckDB in memory, locked before it sees a query.

It has no file system, no network, no extensions, no settings to change, nothing of this process to look at,
and no table but those that it is given. What it runs is generated from the tree of a Trino query, and is
refused unless it is a single SELECT.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp
from sqlglot.errors import SqlglotError

from local.patches.athena import functions, trino
from local.patches.athena.errors import QueryError
from local.patches.athena.session import Session

MEMORY = "1GB"
"""What a query may use inside of the engine."""

RESULT_BYTES = 256 * 1024**2
"""What a query may return or write; Athena has no such limit for results in S3, a laptop's memory has."""

TIMEOUT_SECONDS = 30 * 60.0
"""https://docs.aws.amazon.com/athena/latest/ug/service-limits.html: a DML query's timeout"""

_BATCH_ROWS = 65_536
_LOCKS = (
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET allow_persistent_secrets = false",
    "SET max_temp_directory_size = '0KB'",
    f"SET memory_limit = '{MEMORY}'",
    "SET threads = 2",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
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
    """Answer a question; StopQueryExecution interrupts it.

    Raises:
        QueryError: The query is wrong, too expensive or cancelled; the engine's reason is told.
        ValueError: It calls a function, or has something else, that Trino or this engine lacks.
    """
    try:
        sql = trino.translate(question.query, {name: table.schema for name, table in question.tables.items()})
    except SqlglotError as error:
        raise QueryError(f"NOT_SUPPORTED: {error}") from error
    with locked(question.tables) as connection, _interruptible(session, connection):
        try:
            return _answer(connection, sql)
        except duckdb.InterruptException as error:
            raise QueryError("Query was cancelled, or ran for longer than 30 minutes") from error
        except duckdb.OutOfMemoryException as error:
            raise QueryError(
                "EXCEEDED_LOCAL_MEMORY_LIMIT: Query exhausted resources at this scale factor"
            ) from error
        except duckdb.Error as error:
            raise QueryError(str(error)) from error


@contextmanager
def locked(tables: dict[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that sees these tables and nothing else."""
    with duckdb.connect(":memory:") as connection:
        for name, table in tables.items():
            connection.register(name, table)
        functions.install(connection)
        for setting in _LOCKS:
            connection.execute(setting)
        yield connection


def _answer(connection: duckdb.DuckDBPyConnection, sql: str) -> Result:
    statements = connection.extract_statements(sql)
    if [one.type for one in statements] != [duckdb.StatementType.SELECT]:
        raise QueryError("NOT_SUPPORTED: the engine runs a single query")
    found = connection.sql(sql)
    batches, size = [], 0
    reader = found.to_arrow_reader(_BATCH_ROWS)
    for batch in reader:
        size += batch.nbytes
        if size > RESULT_BYTES:
            raise QueryError(
                f"EXCEEDED_LOCAL_MEMORY_LIMIT: the result is larger than {RESULT_BYTES // 1024**2} MB; "
                "Query exhausted resources at this scale factor"
            )
        batches.append(batch)
    return Result(found.columns, found.types, pa.Table.from_batches(batches, reader.schema))


@contextmanager
def _interruptible(session: Session, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    timer = threading.Timer(TIMEOUT_SECONDS, connection.interrupt)
    timer.daemon = True
    timer.start()
    session.on_cancel = connection.interrupt
    try:
        if session.cancelled:
            raise QueryError("Query was cancelled")
        yield
    finally:
        session.on_cancel = None
        timer.cancel()
