"""The engine's locks, tried by SQL of its own: the second wall, behind the translation."""

import duckdb
import pyarrow as pa
import pytest

from local.patches.athena import engine

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


@pytest.mark.parametrize("sql", ATTACKS)
def test_engine_refuses_when_it_is_asked_for_more_than_its_tables(sql: str) -> None:
    in_the_process = pa.table({"a": [1]})
    with engine.locked({"source_0": in_the_process}) as connection:
        assert connection.sql("SELECT a FROM source_0").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error):
            connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE x AS SELECT 1", "SELECT 1; SELECT 2", "INSERT INTO source_0 SELECT 1", ""]
)
def test_engine_runs_nothing_when_it_is_no_single_query(sql: str) -> None:
    with engine.locked({"source_0": pa.table({"a": [1]})}) as connection, pytest.raises(engine.QueryError):
        engine._answer(connection, sql)
