"""Every construct that rules may have without Spark yields the same number in both engines, row by row.

What Spark itself makes of the text of the author is what both carriers' figures and formulas are held to.
"""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from lakehouse_etl.contract.manifest import _table_rules
from lakehouse_etl.contract.table_rules import TableRule
from lakehouse_etl.native.meter import NativeMeter
from lakehouse_etl.native.table import Table as NativeTable
from lakehouse_etl.quality.measured import VIEW
from lakehouse_etl.quality.meter import measure
from lakehouse_etl.quality.spark_meter import SparkMeter
from lakehouse_etl.tables.table import Table
from pyspark.sql import DataFrame, SparkSession

from lakehouse.model.fields import Decimal as DecimalKind
from lakehouse.model.fields import Scalar, Type
from lakehouse.sql.duckdb import aggregates, expressions
from lakehouse.sql.figures import taken_apart
from tests.unit.glue_scripts.table_rules import compiled
from tools.bench.native.file_catalog import FileCatalog

pytestmark = pytest.mark.spark

# ruff: noqa: E501, S608 (statements of a test's own, one an item)

KINDS = {
    "i": "int", "l": "long", "x": "double", "y": "double", "p": "decimal(12, 2)", "q": "decimal(20, 5)",
    "s": "string", "t": "string", "d": "date", "e": "date", "z": "timestamptz", "n": "timestamp",
    "b": "boolean",
}  # fmt: skip
SPARK = (
    "i int, l bigint, x double, y double, p decimal(12,2), q decimal(20,5), s string, t string, d date, "
    "e date, z timestamp, n timestamp_ntz, b boolean"
)
ARROW = pa.schema(
    [
        ("i", pa.int32()), ("l", pa.int64()), ("x", pa.float64()), ("y", pa.float64()),
        ("p", pa.decimal128(12, 2)), ("q", pa.decimal128(20, 5)), ("s", pa.string()), ("t", pa.string()),
        ("d", pa.date32()), ("e", pa.date32()), ("z", pa.timestamp("us", "UTC")), ("n", pa.timestamp("us")),
        ("b", pa.bool_()),
    ]
)  # fmt: skip

CONDITIONS = [
    *(f"{left} {sign} {right}" for sign in ("=", "<>", "<", "<=", ">", ">=", "<=>") for left, right in (
        ("i", "l"), ("i", "0"), ("l", "9007199254740993"), ("x", "y"), ("x", "i"), ("x", "l"), ("x", "0.1"),
        ("x", "1e-3"), ("x", "p"), ("p", "q"), ("p", "i"), ("p", "0.005"), ("q", "12345678901"), ("s", "t"),
        ("s", "'b'"), ("d", "e"), ("d", "DATE '1970-01-01'"), ("z", "TIMESTAMP '2026-03-29 01:30:00'"),
        ("b", "TRUE"),
    )),
    "b", "NOT b", "b AND i > 0", "b OR i > 0", "NOT (b OR s IS NULL)", "i IS NULL", "s IS NOT NULL",
    "i IN (1, 2, -3)", "i NOT IN (0, 1)", "s IN ('', 'b', 'It\\'s')", "p IN (0, 1.5)", "x IN (0, 1)",
    "i BETWEEN -1 AND 1", "i NOT BETWEEN 0 AND 1", "p BETWEEN 0.5 AND 100", "s BETWEEN 'a' AND 'c'",
    "s LIKE 'a%'", "s LIKE '_'", "s NOT LIKE '%b%'", "s LIKE '%\n%'", "length(s) > 1", "length(s) = length(t)",
    "trim(s) = ''", "trim(s) = s", "isnan(x)", "NOT isnan(x)", "coalesce(b, FALSE)", "coalesce(s, t, '') = ''",
    "coalesce(i, l) = 0", "CASE WHEN b THEN i > 0 WHEN s IS NULL THEN FALSE END",
    "CASE WHEN b THEN s ELSE t END = 'a'", "CAST(z AS DATE) = d", "CAST(n AS DATE) < d", "CAST(d AS DATE) = e",
    "datediff(d, e) > 1", "datediff(d, e) = -1", "date_add(d, 30) < e", "date_sub(d, 30) > e",
    "p + q > 0", "p - q < p", "p * 3 <> q", "p * p > 100.25", "p + 1 = q", "p * q > 100", "-1 < i", "i > 2147483647",
    "d < current_date", "d < current_date()", "z < now()", "z < current_timestamp()",
    "date_sub(current_date, 7) > d", "s = '\\u0024{x}'", "x = 0D", "l = 5L", "`s` = 'a' -- the first",
]  # fmt: skip

MEASURES = [
    "SELECT count(*) FROM THE_TABLE",
    *(f"SELECT count({name}) FROM THE_TABLE" for name in KINDS),
    *(f"SELECT count(DISTINCT {names}) FROM THE_TABLE" for names in (*KINDS, "i, s", "x, d, b", "p, z")),
    *(
        f"SELECT {call}({name}) FROM THE_TABLE"
        for call in ("sum", "min", "max")
        for name in ("i", "l", "p", "q")
    ),
    *(f"SELECT count_if({condition.split(' --')[0]}) FROM THE_TABLE" for condition in CONDITIONS),
    *(f"SELECT count(*) FROM THE_TABLE WHERE {condition}" for condition in CONDITIONS[-9:]),
    "SELECT sum(i) FROM THE_TABLE WHERE b",
    "SELECT sum(p) FROM THE_TABLE WHERE s IS NULL AND b IS NULL",
    "SELECT max(q) - min(q) FROM THE_TABLE",
    "SELECT 100D * count_if(b) / nullif(count(*), 0) FROM THE_TABLE",
    "SELECT 100.0 * count_if(b) / nullif(count(*), 0) FROM THE_TABLE",
    "SELECT 100 * count_if(b) / nullif(count(*), 0) FROM THE_TABLE",
    "SELECT count(s) / nullif(count(*), 0) FROM THE_TABLE WHERE i IS NOT NULL",
    "SELECT coalesce(sum(i), 0) + 1 FROM THE_TABLE WHERE i > 2147483647",
    "SELECT sum(p) / nullif(count(p), 0) FROM THE_TABLE",
    "SELECT sum(p) * 0.333 - 1.5 FROM THE_TABLE",
    "SELECT 1.5 * sum(q) FROM THE_TABLE",
    "SELECT count(s) - count(DISTINCT s) FROM THE_TABLE",
    "SELECT -1 * count(*) FROM THE_TABLE",
]
NEVER = [
    "SELECT count_if(s RLIKE 'a') FROM THE_TABLE", "SELECT count_if(upper(s) = 'A') FROM THE_TABLE",
    "SELECT count_if(s = 1) FROM THE_TABLE", "SELECT count_if(i + 1 > 0) FROM THE_TABLE", "SELECT avg(i) FROM THE_TABLE",
    "SELECT sum(x) FROM THE_TABLE", "SELECT max(x) FROM THE_TABLE", "SELECT count_if(d = '2026-01-01') FROM THE_TABLE",
    "SELECT count_if(s LIKE 'a\\\\%') FROM THE_TABLE", "SELECT count_if(s LIKE t) FROM THE_TABLE",
    "SELECT count_if(n < z) FROM THE_TABLE", "SELECT count_if(x < q) FROM THE_TABLE", "SELECT count_if(i % 2 = 0) FROM THE_TABLE",
    "SELECT count_if(s = '\\t') FROM THE_TABLE", "SELECT count_if(CAST(s AS INT) > 0) FROM THE_TABLE",
    "SELECT count_if(CASE i WHEN 1 THEN TRUE END) FROM THE_TABLE", "SELECT count_if(date_add(d, i) > e) FROM THE_TABLE",
    "SELECT count(*) FROM THE_TABLE o WHERE o.i > 0", "SELECT count(*) FILTER (WHERE b) FROM THE_TABLE",
    "SELECT count(*) % 2 FROM THE_TABLE", "SELECT round(count(*) / 3) FROM THE_TABLE", "SELECT count(*) FROM THE_TABLE GROUP BY b",
    "SELECT count(*) FROM THE_TABLE LIMIT 1", "SELECT count(*) FROM (SELECT DISTINCT * FROM THE_TABLE)",
]  # fmt: skip

_TEXTS = [
    "",
    " ",
    "a",
    "b",
    "ab",
    "a\nb",
    " a ",
    "\u00a0a",
    "\t",
    "\U0001f600",
    "\uffff",
    "It's",
    "${x}",
    "ß",
    "a\x00",
]
_DOUBLES = [0.0, -0.0, 1.0, 0.1, 0.001, 1e300, -1e-300, float("nan"), float("inf"), float("-inf"), 2.0**53]
_DAYS = [date(1, 1, 1), date(1969, 12, 31), date(1970, 1, 1), date(2026, 2, 28), date(9999, 12, 31)]
_START = datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def _instant(rng: random.Random) -> datetime:
    return _START + timedelta(microseconds=rng.choice([0, 1, 2**40, 1774746000 * 10**6 + 1]))


def _exact(rng: random.Random, places: int) -> Decimal:
    whole = rng.choice([0, 1, 150, -1, 10**10 - 1, rng.randrange(-999, 999)])
    return Decimal(whole).scaleb(-places if rng.random() < 0.8 else 0).quantize(Decimal(1).scaleb(-places))


_DRAWN: dict[str, Callable[[random.Random], Any]] = {
    "int": lambda rng: rng.choice([0, 1, -1, -3, 2, 2**31 - 1, -(2**31), rng.randrange(-9, 9)]),
    "long": lambda rng: rng.choice([0, 5, 2**53 + 1, 2**40, rng.randrange(-9, 9)]),
    "double": lambda rng: rng.choice([*_DOUBLES, float(rng.randrange(-3, 3))]),
    "string": lambda rng: rng.choice(_TEXTS),
    "date": lambda rng: rng.choice([*_DAYS, date(2026, 1, 1) + timedelta(rng.randrange(90))]),
    "timestamptz": _instant,
    "timestamp": lambda rng: _instant(rng).replace(tzinfo=None),
    "boolean": lambda rng: rng.random() < 0.5,
    "decimal(12, 2)": lambda rng: _exact(rng, 2),
    "decimal(20, 5)": lambda rng: _exact(rng, 5),
}


def _value(rng: random.Random, kind: str) -> Any:
    return None if rng.random() < 0.1 else _DRAWN[kind](rng)


def _rows(seed: int, count: int) -> list[dict[str, Any]]:
    rng = random.Random(seed)  # noqa: S311 (the same each time)
    return [{name: _value(rng, kind) for name, kind in KINDS.items()} for _ in range(count)]


@pytest.fixture(scope="module")
def session(spark: SparkSession) -> SparkSession:
    session = spark.newSession()
    session.conf.set("spark.sql.ansi.enabled", "true")
    return session


def _rule(sql: str) -> TableRule:
    given = {"kind": "query", "sql": sql, "operator": "mustBe", "values": [0], "severity": "error"}
    [rule] = _table_rules([compiled({"name": sql, **given}, KINDS)])
    return rule


RULES = [_rule(sql.replace("THE_TABLE", VIEW)) for sql in MEASURES]


def _spark(session: SparkSession, frame: DataFrame) -> list[float | None]:
    """Return what Spark makes of the text of the author, those without a condition in one query."""
    frame.createOrReplaceTempView("authors")
    plain = [sql.removeprefix("SELECT ").removesuffix(" FROM THE_TABLE") for sql in MEASURES]
    together = [text for text in plain if "THE_TABLE" not in text]
    [row] = session.sql(f"SELECT {', '.join(together)} FROM authors").collect()
    known = dict(zip(together, row, strict=True))
    alone = [sql.replace("THE_TABLE", "authors") for sql in MEASURES]
    values = [
        known[text] if text in known else session.sql(sql).collect()[0][0]
        for text, sql in zip(plain, alone, strict=True)
    ]
    return [None if value is None else float(value) for value in values]


@pytest.mark.parametrize(("seed", "count"), [(0, 0), (2, 3), (3, 400)])
def test_figures_and_formulas_say_what_spark_says(
    session: SparkSession, tmp_path: Any, seed: int, count: int
) -> None:
    rows = _rows(seed, count)
    frame = session.createDataFrame([tuple(row.values()) for row in rows], SPARK).coalesce(1).cache()
    expected = _spark(session, frame)
    arrow = pa.Table.from_pylist(rows, ARROW)
    meters = (
        (NativeMeter(NativeTable(FileCatalog(tmp_path), "none.such")), arrow),
        (SparkMeter(session, Table(session, "none.such")), frame),
    )
    assert [rule.name for rule in RULES if rule.spark_only] == []
    for meter, given in meters:
        found, _ = measure(meter, RULES, given)
        assert [item.problem for item in found if item.problem] == []
        assert _differences(expected, [item.value for item in found]) == []


def _differences(expected: Sequence[float | None], found: Sequence[float | None]) -> list[Any]:
    pairs = zip(MEASURES, expected, found, strict=True)
    return [(sql, one, other) for sql, one, other in pairs if one != other]


@pytest.mark.parametrize("sql", NEVER)
def test_what_is_not_proven_equal_is_for_spark_alone(session: SparkSession, sql: str) -> None:
    rule = _rule(sql.replace("THE_TABLE", VIEW))
    assert rule.spark_only is not None
    assert rule.spark_only.endswith("is for Spark alone")
    frame = session.createDataFrame([tuple(row.values()) for row in _rows(1, 9)], SPARK).where("s RLIKE '^$'")
    measure(SparkMeter(session, Table(session, "none.such")), [rule], frame)


def test_every_allowed_construct_is_compared() -> None:
    used = {type(node) for sql in MEASURES for node in _nodes(sql)}
    allowed = {*expressions.HANDLERS, *expressions.COMPARED, *expressions.ARITHMETIC, *aggregates.AGGREGATES}
    never = {"Cast", "Null", "CurrentTimestamp"}  # the parser writes them otherwise
    assert {each.__name__ for each in allowed - used} <= never


def _nodes(sql: str) -> list[Any]:
    from lakehouse.sql.parse import parse  # noqa: PLC0415

    return list(parse(sql.replace("THE_TABLE", VIEW)).walk())


def test_types_that_were_not_compared_are_for_spark_alone() -> None:
    columns: dict[str, Type] = {
        "f": Scalar.FLOAT,
        "a": Scalar.BINARY,
        "w": DecimalKind(38, 10),
        "l": Scalar.LONG,
        "x": Scalar.DOUBLE,
    }
    for condition in ("f = 1", "f < f", "a = a", "w + l > 0", "w * w > 0", "w > x"):
        sql = f"SELECT count_if({condition}) FROM {VIEW}"
        assert taken_apart(sql, columns).spark_only is not None, condition
    for call in ("count(DISTINCT f)", "count(DISTINCT a)", "min(f)"):
        assert taken_apart(f"SELECT {call} FROM {VIEW}", columns).spark_only is not None, call
