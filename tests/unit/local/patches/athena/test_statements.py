import pytest

from local.patches.athena.catalog import patterns
from local.patches.athena.errors import QueryError, RefusedError
from local.patches.athena.statements import parameters, statements
from local.patches.athena.trino import parsing

REFUSED = [
    "COPY x TO 'y'",
    "ATTACH 'x'",
    "DETACH x",
    "INSTALL x",
    "LOAD x",
    "SET a = 1",
    "RESET a",
    "PRAGMA x",
    "CALL x()",
    "EXPORT DATABASE 'x'",
    "IMPORT DATABASE 'x'",
    "CHECKPOINT",
    "VACUUM x",
    "EXPLAIN SELECT 1",
    "DELETE FROM x",
    "UPDATE x SET a = 1",
    "MERGE INTO x USING y ON a = b",
    "GRANT a ON b TO c",
    "USE x",
    "BEGIN",
    "SUMMARIZE x",
    "FROM x",
    "PIVOT x ON y",
    "CREATE MACRO f(x) AS x",
    "CREATE TEMP TABLE x AS SELECT 1",
    "CREATE SECRET (TYPE s3)",
    "CREATE OR REPLACE TABLE x AS SELECT 1",
    "CREATE SEQUENCE x",
    "CREATE TYPE x AS ENUM ('a')",
    "COMMENT ON TABLE x IS 'y'",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_statement_is_refused_by_name_when_athena_has_no_such(sql: str) -> None:
    with pytest.raises(
        RefusedError,
        match=f"^Queries of this type are not supported: {sql.split(maxsplit=1)[0].rstrip('()')}",
    ):
        statements.parse(sql)


MALFORMED = [
    "",
    ";",
    "-- nothing",
    "SELECT 1; SELECT 2",
    "SELECT 1;;SELECT 2",
    "SELECT * FROM",
    "SELECT (1",
    "SELECT 'a",
    "UNLOAD (SELECT 1) TO 'x' WITH (format = 'JSON')",
    "UNLOAD (SELECT 1) TO 's3://x/'",
    "UNLOAD (DROP TABLE x) TO 's3://x/' WITH (format = 'JSON')",
    "CREATE TABLE x AS DROP TABLE y",
    "CREATE TABLE x (a int) LOCATION 's3://x/'",
    "CREATE EXTERNAL TABLE x (a int) LOCATION '/etc'",
    "CREATE EXTERNAL TABLE x",
    "INSERT INTO x DROP TABLE y",
    "CREATE VIEW x AS COPY y TO 'z'",
    "DROP TABLE x y",
    "SHOW TABLES 'x' 'y'",
    "MSCK REPAIR TABLE x y",
    "PREPARE x SELECT 1",
    "EXECUTE x 1",
    "ALTER TABLE x ADD PARTITION (a)",
    "SHOW COLUMNS x",
]


@pytest.mark.parametrize("sql", MALFORMED)
def test_statement_is_refused_when_it_is_malformed(sql: str) -> None:
    with pytest.raises(RefusedError) as refused:
        statements.parse(sql)
    assert refused.value.code == "MALFORMED_QUERY"


@pytest.mark.parametrize(
    ("sql", "kind", "subtype"),
    [
        ("select 1;", "DML", "SELECT"),
        ("/* a */ SELECT ';' -- ;", "DML", "SELECT"),
        ("(SELECT 1)", "DML", "SELECT"),
        ("WITH a AS (SELECT 1 AS x) SELECT x FROM a", "DML", "SELECT"),
        ("VALUES 1", "DML", "SELECT"),
        ("TABLE x", "DML", "SELECT"),
        ("CREATE TABLE x AS SELECT 1 AS a WITH NO DATA", "DDL", "CREATE_TABLE_AS_SELECT"),
        ("INSERT INTO x (a) VALUES (1)", "DML", "INSERT"),
        ("UNLOAD (SELECT ')') TO 's3://x/' WITH (format = 'JSON')", "DML", "UNLOAD"),
        ("show tables in x", "UTILITY", "SHOW"),
        ("DESCRIBE `x`.`y`", "UTILITY", "DESCRIBE_TABLE"),
        ("drop table if exists `x`.`y`", "DDL", "DROP_TABLE"),
    ],
)
def test_statement_is_known_when_it_is(sql: str, kind: str, subtype: str) -> None:
    found = statements.parse(sql)
    assert (found.type, found.subtype) == (kind, subtype)


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("1", "1"),
        ("-1.5", "-1.5"),
        ("'it''s'", "'it''s'"),
        ("NULL", "NULL"),
        ("true", "TRUE"),
        ("DATE '2024-01-01'", "CAST('2024-01-01' AS DATE)"),
    ],
)
def test_parameter_is_written_as_a_literal(value: str, literal: str) -> None:
    assert parameters.bind("SELECT ?, '?' -- ?", [value]) == f"SELECT {literal}, '?' -- ?"


@pytest.mark.parametrize(
    "value",
    ["a", "1 OR 1 = 1", "(SELECT 1)", "f(1)", "1, 2", "'a' 'b' c", "1; SELECT 2", "", "*", "CAST(a AS date)"],
)
def test_parameter_is_refused_when_it_is_no_literal(value: str) -> None:
    with pytest.raises(RefusedError):
        parameters.bind("SELECT ?", [value])


def test_list_is_cut_at_its_own_commas() -> None:
    assert list(parsing.items("a, f(b, c), ARRAY['d', 'e'], 'x,y'")) == [
        "a",
        "f(b, c)",
        "ARRAY['d', 'e']",
        "'x,y'",
    ]


@pytest.mark.parametrize("sql", ["SELECT " + "(" * 5000 + "1" + ")" * 5000, "SELECT '" + "x" * 262_144 + "'"])
def test_statement_is_refused_when_it_is_too_large(sql: str) -> None:
    with pytest.raises(RefusedError):
        statements.parse(sql)


def test_pattern_of_show_knows_a_star_and_a_bar() -> None:
    names = ["orders", "order_lines", "clicks"]
    assert patterns.hive(names, "order*") == ["orders", "order_lines"]
    assert patterns.hive(names, "orders|clicks") == ["orders", "clicks"]
    assert patterns.hive(["a" * 60], "(a|a|aa)*b") == []  # would take for ever by backtracking
    with pytest.raises(QueryError, match="invalid pattern"):
        patterns.hive(names, "(")
