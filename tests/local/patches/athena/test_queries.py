"""What people write: Trino."""

import pytest
from botocore.exceptions import ClientError

from tests.local.patches.athena.asking import Asker

ANSWERED = {
    "comma join": (
        "SELECT name, page FROM orders o, clicks c WHERE o.id = c.n ORDER BY 1",
        [["c", "home"]],
    ),
    "qualified columns": (
        "SELECT guarded_gold.clicks.page FROM guarded_gold.clicks WHERE clicks.n = 3",
        [["home"]],
    ),
    "catalog, database and table": (
        'SELECT count(*) FROM "AwsDataCatalog"."guarded_gold"."clicks"',
        [["2"]],
    ),
    "names of the session": (
        "SELECT current_catalog, Current_Schema, upper(current_schema) FROM clicks WHERE n = 3",
        [["awsdatacatalog", "guarded_gold", "GUARDED_GOLD"]],
    ),
    "names in capitals": ("SELECT COUNT(*) FROM CLICKS", [["2"]]),
    "WITH that hides a table": (
        "WITH clicks AS (SELECT page FROM clicks WHERE n = 3) SELECT * FROM clicks",
        [["home"]],
    ),
    "WITH that uses another": (
        "WITH a AS (SELECT n FROM clicks), b AS (SELECT max(n) AS n FROM a) SELECT * FROM b",
        [["4"]],
    ),
    "WITH inside of a subquery": (
        "SELECT (WITH a AS (SELECT max(n) AS n FROM clicks) SELECT n FROM a) AS m FROM orders LIMIT 1",
        [["4"]],
    ),
    "recursion": (
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT sum(n) FROM t",
        [["6"]],
    ),
    "table twice": (
        "SELECT a.page FROM clicks a JOIN clicks b ON a.n = b.n - 1",
        [["home"]],
    ),
    "correlated subquery": (
        "SELECT page FROM clicks c WHERE EXISTS (SELECT 1 FROM orders WHERE orders.id = c.n)",
        [["home"]],
    ),
    "VALUES": ("SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t (x, y) ORDER BY x", [["1", "a"], ["2", "b"]]),
    "VALUES alone": ("VALUES 1", [["1"]]),
    "UNNEST": (
        "SELECT page, e FROM clicks CROSS JOIN UNNEST(ARRAY[10, 20]) AS u (e) WHERE n = 3 ORDER BY e",
        [["home", "10"], ["home", "20"]],
    ),
    "sequence": (
        "SELECT sum(sequential_number) FROM TABLE(sequence(1, 10))",
        [["55"]],
    ),
    "snapshots": ('SELECT operation FROM "orders$snapshots"', [["append"]]),
    "history": ('SELECT is_current_ancestor FROM "orders$history"', [["true"]]),
    "files": ('SELECT count(*), sum(record_count) FROM "guarded_gold"."orders$files"', [["1", "3"]]),
    "manifests": ('SELECT added_data_files_count FROM "orders$manifests"', [["1"]]),
    "partitions": ('SELECT record_count, file_count FROM "orders$partitions"', [["3", "1"]]),
    "refs": ('SELECT name, type FROM "orders$refs"', [["main", "BRANCH"]]),
    "past by time": (
        "SELECT count(*) FROM orders FOR TIMESTAMP AS OF TIMESTAMP '2999-01-01 00:00:00 UTC'",
        [["3"]],
    ),
    "schemata": (
        "SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'guarded_gold'",
        [["1"]],
    ),
    "tables": (
        "SELECT table_name, table_type FROM information_schema.tables "
        "WHERE table_schema = 'guarded_gold' AND table_name = 'orders'",
        [["orders", "BASE TABLE"]],
    ),
    "columns": (
        "SELECT column_name, data_type, ordinal_position FROM information_schema.columns "
        "WHERE table_schema = 'guarded_gold' AND table_name = 'orders' ORDER BY 3",
        [["id", "bigint", "1"], ["name", "varchar", "2"]],
    ),
    "comments and hints": ("SELECT /*+ x */ 1 -- y\n/* ; */ AS a", [["1"]]),
}


@pytest.mark.parametrize("query", ANSWERED)
def test_athena_answers_when_the_query_has(analyst: Asker, query: str) -> None:
    sql, rows = ANSWERED[query]
    assert analyst.rows(sql) == rows


FAILED = {
    "table": (
        "SELECT * FROM nothing",
        "TABLE_NOT_FOUND: Table 'awsdatacatalog.guarded_gold.nothing' does not exist",
    ),
    "metadata table": ('SELECT * FROM "orders$nothing"', "TABLE_NOT_FOUND"),
    "catalog": (
        "SELECT * FROM other.guarded_gold.clicks",
        "CATALOG_NOT_FOUND: Catalog 'other' does not exist",
    ),
    "version": ("SELECT * FROM orders FOR VERSION AS OF 1", "No snapshot"),
    "time": (
        "SELECT * FROM orders FOR TIMESTAMP AS OF TIMESTAMP '1999-01-01 00:00:00 UTC'",
        "No version history",
    ),
    "Iceberg table": ('SELECT * FROM "clicks$files"', "NOT_SUPPORTED"),
    "parameter": ("SELECT ?", "Incorrect number of parameters: expected 1 but found 0"),
}


@pytest.mark.parametrize("query", FAILED)
def test_athena_tells_what_is_missing_when_there_is_no_such(analyst: Asker, query: str) -> None:
    sql, reason = FAILED[query]
    answer = analyst.ask(sql)
    assert answer.state == "FAILED"
    assert reason in answer.reason


def test_listing_leaves_out_what_the_caller_may_not_list(analyst: Asker, root: Asker) -> None:
    sql = (
        "SELECT DISTINCT table_schema FROM information_schema.tables "
        "WHERE table_name IN ('raw', 'clicks') AND table_schema LIKE 'guarded%'"
    )
    assert analyst.rows(sql) == [["guarded_gold"]]
    assert sorted(root.rows(sql)) == [["guarded_bronze"], ["guarded_gold"]]


def test_version_that_a_query_names_is_read_when_the_table_went_on(builder: Asker) -> None:
    builder.rows(
        "CREATE TABLE versions WITH (table_type = 'ICEBERG', is_external = false, "
        "location = 's3://guarded-gold/versions/') AS SELECT 1 AS a"
    )
    builder.rows("INSERT INTO versions SELECT 2")
    first = builder.rows('SELECT snapshot_id FROM "versions$snapshots" ORDER BY committed_at')[0][0]
    assert builder.rows(f"SELECT a FROM versions FOR VERSION AS OF {first}") == [["1"]]  # noqa: S608 - names of this test
    assert builder.rows("SELECT count(*) FROM versions") == [["2"]]


def test_prepared_statement_runs_with_its_parameters(builder: Asker) -> None:
    builder.rows("PREPARE pages FROM SELECT page FROM clicks WHERE n = ? AND page <> ?")
    assert builder.rows("EXECUTE pages USING 3, 'x'") == [["home"]]
    assert builder.rows("EXECUTE pages", ExecutionParameters=["4", "'it''s'"]) == [["shop"]]
    builder.rows("DEALLOCATE PREPARE pages")
    assert "not found" in builder.ask("EXECUTE pages USING 3, 'x'").reason
    builder.rows("PREPARE itself FROM EXECUTE itself")
    assert "EXECUTE of EXECUTE" in builder.ask("EXECUTE itself").reason
    assert builder.rows("EXECUTE IMMEDIATE 'SELECT ? + 1' USING 41") == [["42"]]


def test_parameters_are_values_when_a_query_has_question_marks(analyst: Asker) -> None:
    sql = "SELECT page FROM clicks WHERE n BETWEEN ? AND ? AND page <> '?'"
    assert analyst.rows(sql, ExecutionParameters=["3", "3"]) == [["home"]]
    with pytest.raises(ClientError, match="expected 2 but found 1"):
        analyst.start(sql, ExecutionParameters=["3"])


def test_view_answers_with_its_own_default_database(builder: Asker, analyst: Asker) -> None:
    builder.rows("CREATE OR REPLACE VIEW pages AS SELECT page AS p, count(*) AS n FROM clicks GROUP BY page")
    builder.rows("CREATE OR REPLACE VIEW best AS SELECT * FROM pages WHERE p = 'home'")
    assert analyst.rows("SELECT b.p, b.n FROM best b") == [["home", "1"]]
    assert analyst.rows("SELECT guarded_gold.best.p FROM guarded_gold.best") == [["home"]]
    assert analyst.rows("SHOW VIEWS LIKE 'pa*'") == [["pages"]]
    assert "CREATE VIEW" in str(analyst.rows("SHOW CREATE VIEW pages"))
    builder.rows("DROP VIEW best")
    assert "TABLE_NOT_FOUND" in analyst.ask("SELECT * FROM best").reason


def test_view_fails_when_it_reads_itself(builder: Asker) -> None:
    builder.rows("CREATE OR REPLACE VIEW circle AS SELECT 1 AS a")
    builder.rows("CREATE OR REPLACE VIEW circle2 AS SELECT * FROM circle")
    builder.rows("CREATE OR REPLACE VIEW circle AS SELECT * FROM circle2")
    assert "VIEW_IS_RECURSIVE" in builder.ask("SELECT * FROM circle").reason
