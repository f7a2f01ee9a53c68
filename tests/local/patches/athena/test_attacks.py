import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.athena.asking import Asker
from tests.local.patches.athena.attacks import READS, STATEMENTS


@pytest.mark.parametrize("attack", READS)
def test_athena_reads_nothing_outside_of_the_catalog_when_asked_for_a(analyst: Asker, attack: str) -> None:
    reason = analyst.refusal(READS[attack])
    assert re.search("NOT_FOUND|NOT_SUPPORTED|SYNTAX_ERROR|not authorized|InvalidRequest", reason), reason


@pytest.mark.parametrize("attack", STATEMENTS)
def test_athena_refuses_at_submission_when_the_statement_is_a(analyst: Asker, attack: str) -> None:
    with pytest.raises(ClientError, match="InvalidRequestException"):
        analyst.start(STATEMENTS[attack])
    assert not list(Path("/tmp").glob("athena-attack*"))  # noqa: S108 - where the attacks would write


DENIED = {
    "read": ('SELECT * FROM guarded_bronze."raw"', "glue:GetTable"),
    "read in a subquery": ("SELECT (SELECT max(n) FROM guarded_bronze.raw)", "glue:GetTable"),
    "create table": (
        "CREATE EXTERNAL TABLE x (a string) LOCATION 's3://guarded-gold/x/'",
        "glue:CreateTable",
    ),
    "create table over bronze": (
        "CREATE EXTERNAL TABLE guarded_bronze.mine (a string) LOCATION 's3://guarded-bronze/raw/'",
        "glue:GetDatabase",
    ),
    "drop": ("DROP TABLE clicks", "glue:DeleteTable"),
    "drop elsewhere": ("DROP TABLE IF EXISTS guarded_bronze.raw", "glue:GetTable"),
    "create database": ("CREATE DATABASE guarded_gold_mine", "glue:CreateDatabase"),
    "drop database": ("DROP DATABASE guarded_gold CASCADE", "glue:DeleteDatabase"),
    "properties": ("ALTER TABLE clicks SET TBLPROPERTIES ('a' = 'b')", "glue:UpdateTable"),
    "view": ("CREATE VIEW mine AS SELECT * FROM clicks", "glue:CreateTable"),
    "view over bronze": ("CREATE VIEW mine AS SELECT * FROM guarded_bronze.raw", "glue:GetTable"),
    "CTAS": ("CREATE TABLE mine AS SELECT 1 AS a", "glue:CreateTable"),
    "insert": ("INSERT INTO clicks VALUES ('x', 1)", "s3:PutObject"),
    "insert into Iceberg": ("INSERT INTO orders VALUES (9, 'x')", "s3:PutObject"),
    "unload": ("UNLOAD (SELECT 1 AS a) TO 's3://guarded-gold/out/' WITH (format = 'JSON')", "s3:PutObject"),
    "unload of bronze": (
        "UNLOAD (SELECT * FROM guarded_bronze.raw) TO 's3://guarded-results/analyst/o/' "
        "WITH (format = 'JSON')",
        "glue:GetTable",
    ),
    "unload into bronze": (
        "UNLOAD (SELECT 1 AS a) TO 's3://guarded-bronze/raw/' WITH (format = 'JSON')",
        "s3:ListBucket",
    ),
    "list": ("SHOW TABLES IN guarded_bronze", "glue:GetTables"),
    "describe": ("DESCRIBE guarded_bronze.raw", "glue:GetTable"),
    "schema of bronze": (
        "SELECT * FROM information_schema.columns WHERE table_schema = 'guarded_bronze'",
        "glue:GetTables",
    ),
    "prepare": ("PREPARE mine FROM SELECT 1", "athena:CreatePreparedStatement"),
}


@pytest.mark.parametrize("attempt", DENIED)
def test_athena_asks_for_the_callers_permission_when_a_persona_tries_to(analyst: Asker, attempt: str) -> None:
    sql, action = DENIED[attempt]
    answer = analyst.ask(sql)
    assert answer.state == "FAILED"
    assert f"not authorized to perform: {action}" in answer.reason


def test_bronze_is_as_it_was_when_attempts_on_it_have_failed(analyst: Asker, guarded: EmbeddedAws) -> None:
    for attempt in ("drop elsewhere", "create table over bronze", "unload into bronze"):
        analyst.ask(DENIED[attempt][0])
    tables = guarded.client("glue").get_tables(DatabaseName="guarded_bronze")["TableList"]
    assert [one["Name"] for one in tables] == ["raw"]
    keys = guarded.client("s3").list_objects_v2(Bucket="guarded-bronze")["Contents"]
    assert [one["Key"] for one in keys] == ["raw/one.json"]


def test_view_gives_no_rows_when_the_caller_may_not_read_what_is_below(root: Asker, analyst: Asker) -> None:
    root.rows("CREATE VIEW guarded_gold.peephole AS SELECT page FROM guarded_bronze.raw")
    assert root.rows("SELECT * FROM peephole") == [["secret"]]
    answer = analyst.ask("SELECT * FROM peephole")
    assert "not authorized to perform: glue:GetTable" in answer.reason


def test_table_gives_no_rows_when_its_location_is_another_layer(root: Asker, analyst: Asker) -> None:
    root.rows(
        "CREATE EXTERNAL TABLE peep (page string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' "
        "LOCATION 's3://guarded-bronze/raw/'"
    )
    assert root.rows("SELECT * FROM peep") == [["secret"]]
    answer = analyst.ask("SELECT * FROM peep")
    assert answer.state == "FAILED"
    assert "not authorized to perform: s3:" in answer.reason


@pytest.mark.parametrize(
    "parameters", [{}, {"table_type": "ICEBERG", "metadata_location": "file:///etc/passwd"}]
)
def test_table_gives_no_rows_when_its_location_is_the_machines(
    analyst: Asker, guarded: EmbeddedAws, parameters: dict[str, str]
) -> None:
    name = f"local_{len(parameters)}"
    serde = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"}
    columns = [{"Name": "a", "Type": "string"}]
    storage = {"Location": "file:///etc/", "Columns": columns, "SerdeInfo": serde}
    entry = {
        "Name": name,
        "StorageDescriptor": storage,
        "Parameters": parameters,
        "TableType": "EXTERNAL_TABLE",
    }
    guarded.client("glue").create_table(DatabaseName="guarded_gold", TableInput=entry)
    answer = analyst.ask(f"SELECT * FROM {name}")  # noqa: S608 - a name of this test
    assert answer.state == "FAILED"
    assert "root:" not in answer.reason


@pytest.mark.parametrize(
    "value",
    [
        "1 OR 1 = 1",
        "(SELECT 1)",
        "1) UNION SELECT page, n FROM clicks --",
        "page",
        "'a', 'b'",
        "'; DROP TABLE clicks",
    ],
)
def test_parameters_are_refused_when_they_are_no_literal(analyst: Asker, value: str) -> None:
    with pytest.raises(ClientError, match="InvalidRequestException"):
        analyst.start("SELECT page FROM clicks WHERE n = ?", ExecutionParameters=[value])


def test_parameters_stay_values_when_they_look_like_sql(analyst: Asker) -> None:
    text = "'x'' OR ''1'' = ''1 -- /* \\'"
    assert analyst.rows("SELECT ? AS v", ExecutionParameters=[text]) == [["x' OR '1' = '1 -- /* \\"]]
    assert analyst.rows("SELECT page FROM clicks WHERE page = ?", ExecutionParameters=[text]) == []


def test_catalog_gives_no_sql_when_names_look_like_it(
    root: Asker, analyst: Asker, guarded: EmbeddedAws
) -> None:
    name = "x\" union select content from read_text('/etc/passwd') --"
    glue = guarded.client("glue")
    entry: dict[str, Any] = glue.get_table(DatabaseName="guarded_gold", Name="clicks")["Table"]
    storage = {**entry["StorageDescriptor"], "Columns": [{"Name": name, "Type": "string"}]}
    glue.create_table(
        DatabaseName="guarded_gold",
        TableInput={"Name": name, "StorageDescriptor": storage, "PartitionKeys": []},
    )
    quoted = name.replace('"', '""')
    assert analyst.ask(f'SELECT * FROM "{quoted}"').rows == [[None], [None]]  # noqa: S608 - that is the attack


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM TABLE(sequence(1, 1000000000000))",
        "SELECT * FROM TABLE(sequence(1, 9999)) a, TABLE(sequence(1, 9999)) b",
        "SELECT repeat('x', 2000000000)",
    ],
)
def test_query_fails_when_its_result_is_too_large(analyst: Asker, sql: str) -> None:
    answer = analyst.ask(sql)
    assert answer.state == "FAILED"
    assert re.search("exhausted resources|larger than", answer.reason), answer.reason
    assert analyst.rows("SELECT 1") == [["1"]]


def test_query_is_interrupted_when_it_is_stopped(analyst: Asker, wait_for: Callable[..., Any]) -> None:
    endless = (
        "SELECT count(*) FROM TABLE(sequence(1, 9999)) a, TABLE(sequence(1, 9999)) b, "
        "TABLE(sequence(1, 9999)) c "
        "WHERE a.sequential_number * b.sequential_number * c.sequential_number = -1"
    )
    query = analyst.start(endless)
    wait_for(lambda: analyst._execution(query)["Status"]["State"], lambda state: state == "RUNNING")
    analyst.athena.stop_query_execution(QueryExecutionId=query)
    assert analyst.answer(query).state == "CANCELLED"
    assert analyst.rows("SELECT 1") == [["1"]]
