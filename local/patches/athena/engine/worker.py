"""The process in which queries run, each in a child of its own: run as a script, it imports nothing of ours.

A query cannot reach the emulator's memory, nor take the machine's: its process has no environment, may hold
only so much, and ends with it. The parent hands over a socket for each query; see `processes`.
"""

import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import duckdb
import pyarrow as pa

_BATCH_ROWS = 65_536
_LOCKS = (
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET allow_persistent_secrets = false",
    "SET max_temp_directory_size = '0KB'",
    "SET memory_limit = '1GB'",
    "SET threads = 2",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


class TooLargeError(ValueError):
    """The result is larger than it may be."""


@contextmanager
def locked(tables: dict[str, pa.Table], setup: list[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that sees these tables and nothing else, after it ran its setup."""
    with duckdb.connect(":memory:") as connection:
        for name, table in tables.items():
            connection.register(name, table)
        for statement in (*setup, *_LOCKS):
            connection.execute(statement)
        yield connection


def answer(
    connection: duckdb.DuckDBPyConnection, sql: str, most: int
) -> tuple[list[str], list[str], pa.Table]:
    """Names, types and rows of a single SELECT.

    Raises:
        duckdb.Error: The engine refuses it.
        TooLargeError: The result holds more bytes than this.
        ValueError: It is something else than a SELECT.
    """
    statements = connection.extract_statements(sql)
    if [one.type for one in statements] != [duckdb.StatementType.SELECT]:
        raise ValueError("NOT_SUPPORTED: the engine runs a single query")
    found = connection.sql(sql)
    batches, size = [], 0
    reader = found.to_arrow_reader(_BATCH_ROWS)
    for batch in reader:
        size += batch.nbytes
        if size > most:
            raise TooLargeError
        batches.append(batch)
    return found.columns, [str(kind) for kind in found.types], pa.Table.from_batches(batches, reader.schema)


def _serve(connection: Any) -> None:
    """Answer one query: `(tables, setup, sql, most bytes of the result, most bytes of this process)`."""
    connection.send(os.getpid())
    tables, setup, sql, most, memory = connection.recv()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    try:
        with locked(tables, setup) as engine:
            response: tuple[Any, ...] = ("answer", *answer(engine, sql, most))
    except (TooLargeError, MemoryError, duckdb.OutOfMemoryException, pa.ArrowMemoryError):
        response = ("exhausted",)
    except (duckdb.Error, ValueError) as error:
        response = ("error", str(error))
    connection.send(response)


def main() -> None:
    """Fork for each socket that comes in through standard input, until that is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that ended need nobody's attention
    control = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    while fds := socket.recv_fds(control, 1, 1)[1]:
        if os.fork() == 0:
            control.close()
            _serve(Connection(fds[0]))
            os._exit(0)
        os.close(fds[0])


if __name__ == "__main__":
    main()
