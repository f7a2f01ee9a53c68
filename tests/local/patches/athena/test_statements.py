"""DDL, SHOW and what writes, by somebody who may."""

import io
from typing import Any

import pyarrow.parquet as pq
import pytest

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.athena.asking import Asker


@pytest.fixture(scope="module")
def partitioned(builder: Asker, guarded: EmbeddedAws) -> Asker:
    """Somebody with a table of two partitions' files, of which none is registered."""
    s3 = guarded.client("s3")
    for day in ("2024-01-01", "2024-01-02"):
        s3.put_object(Bucket="guarded-gold", Key=f"visits/day={day}/a.json", Body=b'{"page": "home"}\n')
    builder.rows(
        "CREATE EXTERNAL TABLE visits (page string COMMENT 'where') PARTITIONED BY (day string) "
        "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://guarded-gold/visits/'"
    )
    return builder


def test_partitions_are_registered_when_folders_are_found_or_said(partitioned: Asker) -> None:
    assert partitioned.rows("SHOW PARTITIONS visits") == []
    partitioned.rows("ALTER TABLE visits ADD PARTITION (day = '2024-01-01')")
    assert partitioned.rows("SHOW PARTITIONS visits") == [["day=2024-01-01"]]
    assert partitioned.ask("ALTER TABLE visits ADD PARTITION (day = '2024-01-01')").state == "FAILED"
    partitioned.rows("MSCK REPAIR TABLE visits")
    assert partitioned.rows("SHOW PARTITIONS visits") == [["day=2024-01-01"], ["day=2024-01-02"]]
    partitioned.rows("ALTER TABLE visits DROP PARTITION (day = '2024-01-01')")
    assert partitioned.rows("SHOW PARTITIONS guarded_gold.visits") == [["day=2024-01-02"]]


def test_table_is_described_as_hive_prints_it(partitioned: Asker) -> None:
    lines = [str(line) for (line,) in partitioned.rows("DESCRIBE visits")]
    assert lines[0].split("\t") == ["page".ljust(20), "string".ljust(20), "where".ljust(20)]
    assert lines[-1].split() == ["day", "string"]
    assert partitioned.rows("SHOW COLUMNS IN visits") == [["page".ljust(20)], ["day".ljust(20)]]
    shown = "\n".join(str(line) for (line,) in partitioned.rows("SHOW CREATE TABLE visits"))
    assert shown.startswith("CREATE EXTERNAL TABLE `guarded_gold.visits`(")
    assert "'s3://guarded-gold/visits'" in shown


def test_create_statement_makes_the_same_table_when_it_is_run_again(partitioned: Asker) -> None:
    shown = "\n".join(str(line) for (line,) in partitioned.rows("SHOW CREATE TABLE visits"))
    partitioned.rows(shown.replace("`guarded_gold.visits`", "guarded_gold.visits_again"))
    assert partitioned.rows("DESCRIBE visits_again") == partitioned.rows("DESCRIBE visits")
    partitioned.rows("DROP TABLE visits_again")


def test_names_are_listed_when_a_pattern_matches(partitioned: Asker) -> None:
    assert partitioned.rows("SHOW TABLES LIKE 'visi*|click.*'") == [["clicks"], ["visits"]]
    assert ["orders"] in partitioned.rows("SHOW TABLES IN guarded_gold")
    assert partitioned.rows("SHOW DATABASES LIKE 'guarded_g*'") == [["guarded_gold"]]
    assert partitioned.rows("SHOW SCHEMAS 'guarded_gold'") == [["guarded_gold"]]


def test_result_of_a_statement_is_a_plain_text(partitioned: Asker, guarded: EmbeddedAws) -> None:
    execution = partitioned.ask("SHOW TABLES LIKE 'visits'").execution
    place = execution["ResultConfiguration"]["OutputLocation"]
    assert (execution["StatementType"], place.endswith(".txt")) == ("UTILITY", True)
    body = (
        guarded.client("s3").get_object(Bucket="guarded-results", Key=place.split("/", 3)[3])["Body"].read()
    )
    assert body == b"visits\n"


def test_databases_come_and_go(builder: Asker) -> None:
    builder.rows("CREATE DATABASE IF NOT EXISTS guarded_gold_new COMMENT 'mine'")
    builder.rows("CREATE DATABASE IF NOT EXISTS guarded_gold_new")
    assert "already exists" in builder.ask("CREATE SCHEMA guarded_gold_new").reason
    builder.rows("CREATE EXTERNAL TABLE guarded_gold_new.t (a int) LOCATION 's3://guarded-gold/t/'")
    assert "not empty" in builder.ask("DROP DATABASE guarded_gold_new").reason
    builder.rows("DROP SCHEMA guarded_gold_new CASCADE")
    assert builder.rows("SHOW DATABASES LIKE 'guarded_gold_new'") == []
    builder.rows("DROP DATABASE IF EXISTS guarded_gold_new")
    assert "does not exist" in builder.ask("DROP DATABASE guarded_gold_new").reason


def test_table_is_refused_when_it_exists_or_does_not(builder: Asker) -> None:
    create = "CREATE EXTERNAL TABLE {} clicks (a int) LOCATION 's3://guarded-gold/t/'"
    assert "TABLE_ALREADY_EXISTS" in builder.ask(create.format("")).reason
    builder.rows(create.format("IF NOT EXISTS"))
    assert "TABLE_NOT_FOUND" in builder.ask("DROP TABLE nothing").reason
    builder.rows("DROP TABLE IF EXISTS nothing")
    assert "DROP TABLE drops it" in builder.ask("DROP VIEW clicks").reason


def test_table_is_written_where_the_work_group_says_when_it_is_made_of_a_query(
    builder: Asker, guarded: EmbeddedAws
) -> None:
    answer = builder.ask(
        "CREATE TABLE copied WITH (format = 'PARQUET', partitioned_by = ARRAY['page']) "
        "AS SELECT n, page FROM clicks"
    )
    assert answer.state == "SUCCEEDED", answer.reason
    manifest = _object(guarded, answer.execution["Statistics"]["DataManifestLocation"]).decode().split()
    assert len(manifest) == 2
    assert all("/analyst/tables/" in line and "/page=" in line for line in manifest)
    numbers = [pq.read_table(io.BytesIO(_object(guarded, line))).to_pylist() for line in manifest]
    assert sorted(row["n"] for (row,) in numbers) == [3, 4]
    assert builder.rows("SHOW PARTITIONS copied") == [["page=home"], ["page=shop"]]
    assert builder.rows("SELECT page, n FROM copied ORDER BY n") == [["home", "3"], ["shop", "4"]]
    assert (
        "not allowed"
        in builder.ask(
            "CREATE TABLE elsewhere WITH (external_location = 's3://guarded-gold/e/') AS SELECT 1 AS a"
        ).reason
    )
    builder.rows("DROP TABLE copied")


def test_iceberg_table_is_made_filled_renamed_and_dropped(builder: Asker, guarded: EmbeddedAws) -> None:
    builder.rows(
        "CREATE TABLE events (id bigint, at timestamp, price decimal(10, 2), tags array<string>) "
        "PARTITIONED BY (day(at), bucket(4, id)) LOCATION 's3://guarded-gold/events/' "
        "TBLPROPERTIES ('table_type' = 'ICEBERG')"
    )
    assert builder.rows("SELECT * FROM events") == []
    insert = builder.ask(
        "INSERT INTO events (id, at, price) VALUES (1, TIMESTAMP '2024-05-01 10:00:00', 1.5), "
        "(2, TIMESTAMP '2024-05-02 10:00:00', 2.5)"
    )
    assert insert.state == "SUCCEEDED", insert.reason
    assert builder.rows('SELECT count(*) FROM "events$partitions"') == [["2"]]
    builder.rows("ALTER TABLE events RENAME TO events_now")
    assert builder.rows("SELECT id, price, tags FROM events_now ORDER BY id") == [
        ["1", "1.50", None],
        ["2", "2.50", None],
    ]
    builder.rows("DROP TABLE events_now")
    assert "Contents" not in guarded.client("s3").list_objects_v2(Bucket="guarded-gold", Prefix="events/")


def test_rows_are_added_when_a_table_of_files_is_inserted_into(builder: Asker) -> None:
    builder.rows(
        "CREATE EXTERNAL TABLE notes (id bigint, text string) STORED AS PARQUET LOCATION 's3://guarded-gold/notes/'"
    )
    builder.rows("INSERT INTO notes SELECT 1, 'a'")
    builder.rows("INSERT INTO notes (text) VALUES ('b')")
    assert builder.rows("SELECT * FROM notes ORDER BY text") == [["1", "a"], [None, "b"]]
    assert "TYPE_MISMATCH" in builder.ask("INSERT INTO notes VALUES ('x', 'y')").reason
    assert "COLUMN_NOT_FOUND" in builder.ask("INSERT INTO notes (other) VALUES ('x')").reason
    builder.rows("DROP TABLE notes")


@pytest.mark.parametrize("kind", ["PARQUET", "JSON", "TEXTFILE"])
def test_rows_are_read_again_when_they_were_unloaded_or_copied_as(builder: Asker, kind: str) -> None:
    name = f"copied_{kind.lower()}"
    builder.rows(f"CREATE TABLE {name} WITH (format = '{kind}') AS SELECT page, n FROM clicks")  # noqa: S608 - names of this test
    assert builder.rows(f"SELECT page, n FROM {name} ORDER BY n") == [["home", "3"], ["shop", "4"]]  # noqa: S608 - names of this test
    where = f"s3://guarded-gold/unloaded-{kind}/"
    unload = builder.ask(f"UNLOAD (SELECT page, n FROM clicks) TO '{where}' WITH (format = '{kind}')")  # noqa: S608 - names of this test
    assert unload.state == "SUCCEEDED", unload.reason
    again = builder.ask(f"UNLOAD (SELECT 1 AS a) TO '{where}' WITH (format = '{kind}')")
    assert "HIVE_PATH_ALREADY_EXISTS" in again.reason


def test_formats_are_refused_by_name_when_they_cannot_be_written(builder: Asker) -> None:
    answer = builder.ask("UNLOAD (SELECT 1 AS a) TO 's3://guarded-gold/orc/' WITH (format = 'ORC')")
    assert "NOT_SUPPORTED: format ORC" in answer.reason


def _object(aws: EmbeddedAws, location: str) -> bytes:
    bucket, _, key = location.removeprefix("s3://").partition("/")
    content: Any = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return bytes(content)
