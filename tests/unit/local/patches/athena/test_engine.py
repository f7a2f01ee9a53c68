"""The engine's locks, tried by SQL of its own: the second wall, behind the translation."""

import threading
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from local.patches.athena.engine import engine, worker
from local.patches.athena.errors import QueryError
from local.patches.athena.session import Session
from local.patches.athena.trino import parsing

ATTACKS = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM '/etc/passwd'",
    "COPY source_0 TO '/tmp/athena-engine.csv'",
    "COPY source_0 FROM '/etc/passwd'",
    "EXPORT DATABASE '/tmp/athena-engine'",
    "ATTACH '/tmp/athena-engine.db'",
    "INSTALL httpfs",
    "LOAD '/tmp/x.duckdb_extension'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET memory_limit = '100GB'",
    "SET temp_directory = '/tmp/athena-engine'",
    "SET python_enable_replacements = true",
    "RESET enable_external_access",
    "PRAGMA enable_profiling",
    "SELECT * FROM in_the_process",
    "SELECT getenv('PATH')",
]


@pytest.fixture
def session() -> Session:
    return Session("query", "group", "database", "s3://results/", _credentials={})


@pytest.mark.parametrize("sql", ATTACKS)
def test_engine_refuses_when_it_is_asked_for_more_than_its_tables(sql: str) -> None:
    in_the_process = pa.table({"a": [1]})
    with worker.locked({"source_0": in_the_process}, []) as connection:
        assert connection.sql("SELECT a FROM source_0").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error):
            connection.execute(sql).fetchall()
    assert not list(Path("/tmp").glob("athena-engine*"))  # noqa: S108 - where the attacks would write


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE x AS SELECT 1", "SELECT 1; SELECT 2", "INSERT INTO source_0 SELECT 1", ""]
)
def test_engine_runs_nothing_when_it_is_no_single_query(sql: str) -> None:
    with (
        worker.locked({"source_0": pa.table({"a": [1]})}, []) as connection,
        pytest.raises(ValueError, match="a single query"),
    ):
        worker.answer(connection, sql, 1)


def test_engine_answers_with_the_rows_of_its_tables(session: Session) -> None:
    question = engine.Question(parsing.query("SELECT a + 1 AS b FROM t"), {"t": pa.table({"a": [1, 2]})})
    result = engine.run(session, question)
    assert (result.columns, [str(one) for one in result.types]) == (["b"], ["BIGINT"])
    assert result.table.to_pylist() == [{"b": 2}, {"b": 3}]


def test_engine_has_the_functions_that_a_query_names_and_none_that_a_text_names(session: Session) -> None:
    query = parsing.query("SELECT date_format(DATE '2024-05-01', '%Y') AS y, 'trino_nothing(1)' AS t")
    result = engine.run(session, engine.Question(query, {}))
    assert result.table.to_pylist() == [{"y": "2024", "t": "trino_nothing(1)"}]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT repeat('x', 2000000000)",
        "SELECT array_agg(x) FROM UNNEST(sequence(1, 9999)) a (x), UNNEST(sequence(1, 9999)) b (y)",
        "SELECT * FROM UNNEST(sequence(1, 9999)) a (x), UNNEST(sequence(1, 9999)) b (y)",
    ],
)
def test_engine_takes_no_more_memory_than_it_may(session: Session, sql: str) -> None:
    with pytest.raises(QueryError, match="exhausted resources"):
        engine.run(session, engine.Question(parsing.query(sql), {}))
    assert engine.run(session, engine.Question(parsing.query("SELECT 1 AS a"), {})).table.num_rows == 1


def test_engine_ends_when_its_session_is_cancelled(session: Session) -> None:
    numbers = ", ".join(f"UNNEST(sequence(1, 9999)) t{at} (x{at})" for at in range(4))
    endless = parsing.query(f"SELECT count(*) FROM {numbers} WHERE x0 * x1 * x2 * x3 = -1")  # noqa: S608
    threading.Timer(0.5, session.cancel).start()
    started = time.monotonic()
    with pytest.raises(QueryError, match="cancelled"):
        engine.run(session, engine.Question(endless, {}))
    assert time.monotonic() - started < 20


def test_engine_does_not_start_when_its_session_was_cancelled_before(session: Session) -> None:
    session.cancel()
    with pytest.raises(QueryError, match="cancelled"):
        engine.run(session, engine.Question(parsing.query("SELECT 1 AS a"), {}))
