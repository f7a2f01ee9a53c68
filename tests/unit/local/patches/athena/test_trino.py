"""Trino's queries, translated and run by DuckDB; what they answer is what Trino's documentation says.

https://trino.io/docs/current/functions.html
"""

import datetime as dt
import random
import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from math import inf
from typing import Any, cast

import duckdb
import pyarrow as pa
import pytest
from sqlglot.errors import SqlglotError
from sqlglot.expressions import Query

from local.patches.athena.trino import functions, trino
from local.patches.athena.trino.dialect import TrinoNames

Rows = list[tuple[Any, ...]]
Ask = Callable[..., Rows]

DAY = dt.date
UTC = dt.UTC


def query_of(sql: str) -> Query:
    """The one query of a text, with Trino's names."""
    parsed = TrinoNames().parse(sql)
    assert len(parsed) == 1
    return cast("Query", parsed[0])


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    with duckdb.connect() as connection:
        functions.install(connection)

        def answer(sql: str, **tables: pa.Table) -> Rows:
            for name, table in tables.items():
                connection.register(name, table)
            schemas = {name: table.schema for name, table in tables.items()}
            query = query_of(sql)
            found = connection.sql(trino.translate(query, schemas)).to_arrow_table()
            columns = [column.to_pylist(maps_as_pydicts="strict") for column in found.columns]
            return list(zip(*columns, strict=True))

        yield answer


NUMBERS = {
    "7 / 2": 3,
    "-7 / 2": -3,
    "7e0 / 2": 3.5,
    "7.0 / 2": Decimal("3.5"),
    "2.01 / 2": Decimal("1.01"),
    "-2.01 / 2": Decimal("-1.01"),
    "1.0 * 1 / 21": Decimal("0.0"),
    "decimal '10.00' / decimal '3.000'": Decimal("3.333"),
    "decimal '12345678901234567.89' / 3": Decimal("4115226300411522.63"),
    "1e0 / 0": inf,
    "typeof(7 / 2)": "integer",
    "typeof(7 / bigint '2')": "bigint",
    "-7 % 2": -1,
    "mod(-7, 2)": -1,
    "round(2.5)": Decimal(3),
    "round(-2.5e0)": -3.0,
    "round(1.555, 2)": Decimal("1.560"),
    "round(9.99, 1)": Decimal("10.00"),
    "round(123, -1)": 120,
    "truncate(1.567, 2)": Decimal("1.560"),
    "truncate(-1.9e0)": -1.0,
    "ceil(1.2)": Decimal(2),
    "ceiling(-1)": -1,
    "floor(-1.5e0)": -2.0,
    "sign(-2.5e0)": -1.0,
    "abs(-2)": 2,
    "power(2, 3)": 8.0,
    "log(2, 8)": pytest.approx(3.0),
    "ln(0e0)": -inf,
    "cbrt(27e0)": pytest.approx(3.0),
    "is_nan(sqrt(-1e0))": True,
    "width_bucket(3.5, 0, 10, 5)": 2,
    "width_bucket(-1e0, 0e0, 10e0, 5)": 0,
    "width_bucket(3, ARRAY[1, 2, 3])": 3,
    "to_base(255, 16)": "ff",
    "bitwise_and(6, 3)": 2,
    "bitwise_or(6, 3)": 7,
    "bitwise_xor(6, 3)": 5,
    "bitwise_not(6)": -7,
    "greatest(1, NULL)": None,
    "greatest(1, 3, 2)": 3,
    "least('b', 'a')": "a",
    "coalesce(NULL, 2)": 2,
    "nullif(1, 1)": None,
    "e() > 2.7 AND pi() > 3.1 AND rand() < 1 AND random(5) < 5": True,
}

CASTS = {
    "CAST(2.5e0 AS integer)": 3,
    "CAST(-2.5e0 AS bigint)": -3,
    "CAST(2.5 AS integer)": 3,
    "CAST('7' AS bigint)": 7,
    "CAST(true AS integer)": 1,
    "TRY_CAST('1.5' AS integer)": None,
    "TRY_CAST('x' AS date)": None,
    "TRY(1 / 0)": None,
    "TRY(CAST('x' AS integer))": None,
    "CAST(1.5e0 AS varchar)": "1.5E0",
    "CAST(-123456.789e0 AS varchar)": "-1.23456789E5",
    "CAST(0.001e0 AS varchar)": "1.0E-3",
    "CAST(1e23 AS varchar)": "1.0E23",
    "CAST(0e0 AS varchar)": "0E0",
    "CAST(real '0.1' AS varchar)": "1.0E-1",
    "CAST(1e0 / 0 AS varchar)": "Infinity",
    "CAST(1.50 AS varchar)": "1.50",
    "CAST(true AS varchar)": "true",
    "CAST('abcdef' AS varchar(3))": "abc",
    "CAST('a' AS char(3))": "a  ",
    "CAST(5 AS decimal(10, 2))": Decimal("5.00"),
    "CAST(5.5 AS decimal)": Decimal(6),
    "DECIMAL '1.50'": Decimal("1.50"),
    "CAST(DATE '2020-01-02' AS timestamp)": dt.datetime(2020, 1, 2),
    "CAST(TIMESTAMP '2020-01-01 10:00:00' AS varchar)": "2020-01-01 10:00:00.000000",
    "CAST(TIMESTAMP '2020-01-01 10:00:00.5' AS timestamp(0))": dt.datetime(2020, 1, 1, 10, 0, 1),
    "CAST(ROW(1, 'a') AS ROW(x bigint, y varchar)).y": "a",
    "CAST(ARRAY[1, 2] AS array(varchar))": ["1", "2"],
    "CAST('x' AS json)": '"x"',
    "CAST(MAP(ARRAY['a'], ARRAY[1]) AS json)": '{"a":1}',
    "CAST(CAST(ROW(1, 'a') AS ROW(x bigint, y varchar)) AS json)": '{"x":1,"y":"a"}',
    "CAST(json_parse('\"x\"') AS varchar)": "x",
    "CAST(json_parse('{\"a\": 1}') AS map(varchar, integer))": {"a": 1},
    "CAST(json_parse('[1, 2]') AS array(bigint))": [1, 2],
    "typeof(1.50)": "decimal(3,2)",
    "typeof(ARRAY['a'])": "array(varchar)",
    "typeof(TIMESTAMP '2020-01-01 00:00:00')": "timestamp(6)",
    "typeof(1e0)": "double",
    "if(1 > 2, 'a')": None,
    "if(1 < 2, 'a', 'b')": "a",
    "1 IS DISTINCT FROM NULL": True,
}

TEXT = {
    "concat('a', 'b', NULL)": None,
    "concat('a', 'b')": "ab",
    "'it''s' || '!'": "it's!",
    "concat_ws(',', 'a', NULL, 'b')": "a,b",
    "format('%s|%d|%.2f|%,d|%05d', 'x', 1, 1.5e0, 1000000, 7)": "x|1|1.50|1,000,000|00007",
    "substr('abc', -2)": "bc",
    "substr('abc', 2, 1)": "b",
    "substr('abc', 0)": "",
    "substr('abc', -5)": "",
    "substring('abc' FROM 2 FOR 1)": "b",
    "strpos('abc', 'c')": 3,
    "position('c' IN 'abc')": 3,
    "lpad('abcd', 3, 'x')": "abc",
    "lpad('a', 3, 'xy')": "xya",
    "rpad('a', 3, 'x')": "axx",
    "reverse('abc')": "cba",
    "trim(' \t a ')": "a",
    "trim(LEADING 'x' FROM 'xxa')": "a",
    "rtrim('a ')": "a",
    "replace('aba', 'a')": "b",
    "upper('é') || lower('ÄB')": "Éäb",
    "length('straße')": 6,
    "length(X'6162')": 2,
    "split('a,b,c', ',')": ["a", "b", "c"],
    "split('a,b,c', ',', 2)": ["a", "b,c"],
    "split_part('a,b', ',', 3)": None,
    "split_part('a,b', ',', 2)": "b",
    "split_to_map('a=1;b=2', ';', '=')": {"a": "1", "b": "2"},
    "chr(65)": "A",
    "codepoint('A')": 65,
    "levenshtein_distance('kitten', 'sitting')": 3,
    "hamming_distance('abc', 'abd')": 1,
    "starts_with('abc', 'ab')": True,
    "translate('abcd', 'ab', 'x')": "xcd",
    "regexp_like('1a 2b', '\\d+b')": True,
    "regexp_extract('1a 2b', '\\d+')": "1",
    "regexp_extract('1a 2b', '(\\d+)([a-z]+)', 2)": "a",
    "regexp_extract('a', '\\d')": None,
    "regexp_extract_all('1a 2b', '(\\d+)([a-z]+)', 2)": ["a", "b"],
    "regexp_replace('1a 2b', '\\d')": "a b",
    "regexp_replace('1a 2b', '(\\d+)([a-z])', '$2$1')": "a1 b2",
    "regexp_replace('a.b', '\\.', '\\$')": "a$b",
    "regexp_split('1a2b', '[a-z]')": ["1", "2", ""],
    "regexp_count('1a 2b', '[0-9]')": 2,
    "url_extract_host('https://u@e.com:80/p?a=1&b=2#f')": "e.com",
    "url_extract_port('https://e.com:80/p')": 80,
    "url_extract_protocol('https://e.com/')": "https",
    "url_extract_path('https://e.com/p/q?a=1')": "/p/q",
    "url_extract_query('https://e.com/p?a=1&b=2')": "a=1&b=2",
    "url_extract_fragment('https://e.com/#f')": "f",
    "url_extract_parameter('https://e.com/?a=1&b=x%20y', 'b')": "x y",
    "url_encode('a b*~')": "a+b*%7E",
    "url_decode('a+b%2A')": "a b*",
    "'a_b' LIKE 'a\\_b' ESCAPE '\\'": True,
}

BINARY = {
    "to_hex(to_utf8('a'))": "61",
    "from_utf8(X'6162')": "ab",
    "to_hex(md5(to_utf8('a')))": "0CC175B9C0F1B6A831C399E269772661",
    "to_hex(sha256(to_utf8('')))": "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
    "from_base64('YQ==')": b"a",
    "to_base64(to_utf8('a'))": "YQ==",
    "from_hex('6162')": b"ab",
}

JSON = {
    "json_extract('{\"a\": {\"b\": 1}}', '$.a')": '{"b":1}',
    "json_extract_scalar('{\"a\": {\"b\": 1}}', '$.a.b')": "1",
    "json_extract_scalar('{\"a\": {\"b\": 1}}', '$.a')": None,
    "json_extract_scalar('{\"a\": [true, null]}', '$.a[0]')": "true",
    "json_extract_scalar('{\"a\": [true, null]}', '$.a[1]')": None,
    "json_extract_scalar('{\"a b\": 2}', '$[\"a b\"]')": "2",
    "json_extract_scalar('no json', '$.a')": None,
    "json_array_length('[1, 2]')": 2,
    "json_array_length('{}')": None,
    "json_array_contains('[1, 2]', 2)": True,
    "json_array_get('[1, 2]', -1)": "2",
    'json_size(\'{"x": {"a": 1, "b": 2}}\', \'$.x\')': 2,
    "json_format(json_parse('{\"a\": 1}'))": '{"a":1}',
    "is_json_scalar('1')": True,
}

COLLECTIONS = {
    "ARRAY[1, 2][1]": 1,
    "element_at(ARRAY[1, 2], -1)": 2,
    "element_at(ARRAY[1, 2], 3)": None,
    "element_at(MAP(ARRAY['a'], ARRAY[1]), 'b')": None,
    "MAP(ARRAY['a'], ARRAY[1])['a']": 1,
    "MAP(ARRAY[1], ARRAY[NULL])[1]": None,
    "cardinality(ARRAY[1, 2])": 2,
    "cardinality(MAP(ARRAY[1, 2], ARRAY[3, 4]))": 2,
    "contains(ARRAY[1, NULL], 2)": None,
    "contains(ARRAY[1, NULL], 1)": True,
    "array_join(ARRAY[1, NULL, 2], ',')": "1,2",
    "array_join(ARRAY[1, NULL, 2], ',', '?')": "1,?,2",
    "flatten(ARRAY[ARRAY[1], ARRAY[2, 3]])": [1, 2, 3],
    "array_distinct(ARRAY[3, NULL, 1, NULL, 3])": [3, None, 1],
    "array_sort(ARRAY[3, NULL, 1])": [1, 3, None],
    "array_max(ARRAY[1, 3, 2])": 3,
    "array_max(ARRAY[1, NULL])": None,
    "array_min(ARRAY['b', 'a'])": "a",
    "array_position(ARRAY[1, 2], 2)": 2,
    "array_position(ARRAY[1, 2], 9)": 0,
    "array_remove(ARRAY[1, 2, 1], 1)": [2],
    "array_intersect(ARRAY[1, 2, 2], ARRAY[2, 3])": [2],
    "array_union(ARRAY[1, 2], ARRAY[2, 3])": [1, 2, 3],
    "array_except(ARRAY[1, 2, 1], ARRAY[2])": [1],
    "arrays_overlap(ARRAY[1, 2], ARRAY[2])": True,
    "slice(ARRAY[1, 2, 3, 4], 2, 2)": [2, 3],
    "slice(ARRAY[1, 2, 3, 4], -2, 2)": [3, 4],
    "trim_array(ARRAY[1, 2, 3], 1)": [1, 2],
    "repeat('a', 2)": ["a", "a"],
    "reverse(ARRAY[1, 2])": [2, 1],
    "ARRAY[1] || ARRAY[2]": [1, 2],
    "sequence(1, 3)": [1, 2, 3],
    "sequence(3, 1)": [3, 2, 1],
    "sequence(0, 6, 3)": [0, 3, 6],
    "sequence(DATE '2020-01-31', DATE '2020-02-01')": [DAY(2020, 1, 31), DAY(2020, 2, 1)],
    "sequence(DATE '2020-01-31', DATE '2020-03-31', INTERVAL '1' MONTH)[3]": DAY(2020, 3, 31),
    "transform(ARRAY[1, 2], x -> x / 2)": [0, 1],
    "filter(ARRAY[1, 2, NULL], x -> x > 1)": [2],
    "reduce(ARRAY[1, 2, 3], 0, (s, x) -> s + x, s -> s * 10)": 60,
    "any_match(ARRAY[1, 2], x -> x > 1)": True,
    "all_match(ARRAY[1, 2], x -> x > 1)": False,
    "all_match(filter(ARRAY[1], x -> x > 1), x -> x > 1)": True,
    "none_match(ARRAY[1, 2], x -> x > 2)": True,
    "zip_with(ARRAY[1, 2], ARRAY[3, 4], (x, y) -> x * y)": [3, 8],
    "map_keys(MAP(ARRAY['a'], ARRAY[1]))": ["a"],
    "map_values(MAP(ARRAY['a'], ARRAY[1]))": [1],
    "map_concat(MAP(ARRAY['a'], ARRAY[1]), MAP(ARRAY['b'], ARRAY[2]))": {"a": 1, "b": 2},
    "map_filter(MAP(ARRAY['a', 'b'], ARRAY[1, 2]), (k, v) -> v > 1 AND k <> 'a')": {"b": 2},
    "transform_values(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> k || CAST(v AS varchar))": {"a": "a1"},
    "transform_keys(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> k || '!')": {"a!": 1},
    "map_from_entries(ARRAY[ROW('a', 1)])": {"a": 1},
}

TIMES = {
    "date_format(TIMESTAMP '2020-01-02 13:04:05', '%Y-%m-%d %H:%i:%s')": "2020-01-02 13:04:05",
    "date_format(TIMESTAMP '2020-01-02 13:04:05', '%M %e, %W %h:%i %p %%')": "January 2, Thursday 01:04 PM %",
    "date_format(DATE '2020-01-02', '%y%c%d')": "20102",
    "date_parse('2020-01-02 03:04', '%Y-%m-%d %H:%i')": dt.datetime(2020, 1, 2, 3, 4),
    "format_datetime(TIMESTAMP '2020-01-02 03:04:05', 'yyyy-MM-dd''T''HH:mm.SSS')": "2020-01-02T03:04.000",
    "format_datetime(TIMESTAMP '2020-01-02 03:04:05', 'EEE, d MMM yyyy h a')": "Thu, 2 Jan 2020 3 AM",
    "parse_datetime('2020-01-02 03', 'yyyy-MM-dd HH')": dt.datetime(2020, 1, 2, 3, tzinfo=UTC),
    "from_unixtime(1.5e0)": dt.datetime(1970, 1, 1, 0, 0, 1, 500000, tzinfo=UTC),
    "to_unixtime(TIMESTAMP '1970-01-01 00:00:01')": 1.0,
    "from_iso8601_timestamp('2020-05-11T11:15:05+02:00')": dt.datetime(2020, 5, 11, 9, 15, 5, tzinfo=UTC),
    "from_iso8601_timestamp('2020-05-11')": dt.datetime(2020, 5, 11, tzinfo=UTC),
    "from_iso8601_date('2020-05-11')": DAY(2020, 5, 11),
    "to_iso8601(DATE '2020-05-11')": "2020-05-11",
    "to_iso8601(TIMESTAMP '2020-05-11 01:02:03')": "2020-05-11T01:02:03.000",
    "to_iso8601(from_unixtime(0))": "1970-01-01T00:00:00.000Z",
    "date_diff('day', TIMESTAMP '2020-03-01 23:00:00', TIMESTAMP '2020-03-02 01:00:00')": 0,
    "date_diff('month', DATE '2020-01-31', DATE '2020-02-29')": 1,
    "date_diff('week', DATE '2020-01-01', DATE '2020-01-14')": 1,
    "date_diff('hour', TIMESTAMP '2020-01-01 02:00:00', TIMESTAMP '2020-01-01 00:59:00')": -1,
    "date_add('month', 1, DATE '2020-01-31')": DAY(2020, 2, 29),
    "date_add('quarter', -1, DATE '2020-01-31')": DAY(2019, 10, 31),
    "date_add('second', 90, TIMESTAMP '2020-01-01 00:00:00')": dt.datetime(2020, 1, 1, 0, 1, 30),
    "date_trunc('month', DATE '2020-02-29')": DAY(2020, 2, 1),
    "date_trunc('week', TIMESTAMP '2020-02-29 01:00:00')": dt.datetime(2020, 2, 24),
    "DATE '2020-01-31' + INTERVAL '1' MONTH": DAY(2020, 2, 29),
    "DATE '2020-03-01' - INTERVAL '1' DAY": DAY(2020, 2, 29),
    "INTERVAL '2' HOUR + TIMESTAMP '2020-01-01 00:00:00'": dt.datetime(2020, 1, 1, 2),
    "TIMESTAMP '2020-01-01 00:00:00' + INTERVAL '1-2' YEAR TO MONTH": dt.datetime(2021, 3, 1),
    "TIMESTAMP '2020-01-01 00:00:00' + INTERVAL '1 02:03' DAY TO MINUTE": dt.datetime(2020, 1, 2, 2, 3),
    "DATE '2020-01-10' - DATE '2020-01-01' = INTERVAL '9' DAY": True,
    "year(DATE '2020-12-31')": 2020,
    "quarter(DATE '2020-12-31')": 4,
    "week(DATE '2021-01-01')": 53,
    "year_of_week(DATE '2021-01-01')": 2020,
    "day_of_week(DATE '2020-03-01')": 7,
    "day_of_year(DATE '2020-03-01')": 61,
    "last_day_of_month(DATE '2020-02-01')": DAY(2020, 2, 29),
    "millisecond(TIMESTAMP '2020-01-01 00:00:07.123')": 123,
    "EXTRACT(DOW FROM DATE '2020-03-01')": 7,
    "EXTRACT(YEAR FROM TIMESTAMP '2020-01-01 00:00:00')": 2020,
    "date(TIMESTAMP '2020-01-01 10:00:00')": DAY(2020, 1, 1),
    "date(TIMESTAMP '2020-01-01 23:30:00' AT TIME ZONE 'Europe/Berlin')": DAY(2020, 1, 2),
    "with_timezone(TIMESTAMP '2020-07-01 02:00:00', 'Europe/Berlin')": dt.datetime(2020, 7, 1, tzinfo=UTC),
    "current_date = date(now()) AND current_timestamp = now()": True,
    "localtimestamp = CAST(now() AS timestamp(6))": True,
    "current_timezone()": "UTC",
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param(expression, value, id=expression)
        for cases in (NUMBERS, CASTS, TEXT, BINARY, JSON, COLLECTIONS, TIMES)
        for expression, value in cases.items()
    ],
)
def test_expression_has_trinos_value_when_it_is_asked(ask: Ask, expression: str, value: Any) -> None:
    ((found,),) = ask(f"SELECT {expression}")
    assert found == value
    assert (
        type(found) is type(value)
        or not isinstance(found, int | float | Decimal | str)
        or value.__class__.__name__.startswith("Approx")
    )


ROWS = pa.table(
    {
        "id": pa.array([1, 2, 3, 4], pa.int32()),
        "kind": ["a", "b", "a", None],
        "price": pa.array([Decimal("1.00"), Decimal("2.00"), Decimal("2.01"), None], pa.decimal128(10, 2)),
        "tags": pa.array([["x", "y"], [], None, ["z"]]),
        "sizes": pa.array([[("s", 1)], None, [("m", 2), ("l", 3)], []], pa.map_(pa.string(), pa.int64())),
        "items": pa.array([[{"sku": "p", "n": 1}], None, None, [{"sku": "q", "n": 2}]]),
    }
)

QUERIES: dict[str, Rows] = {
    "SELECT avg(id), avg(price), sum(id), sum(price) FROM t": [(2.5, Decimal("1.67"), 10, Decimal("5.01"))],
    "SELECT typeof(sum(id)), typeof(avg(id)), typeof(sum(price)) FROM "
    "t": [("bigint", "double", "decimal(38,2)")],
    "SELECT sum(id) / count(*) FROM t": [(2,)],
    "SELECT avg(DISTINCT id) FILTER (WHERE id > 2), count_if(id > 2), count(DISTINCT kind) "
    "FROM t": [(3.5, 2, 2)],
    "SELECT sum(id) FILTER (WHERE id > 9), avg(price) FILTER (WHERE id > 9) FROM t": [(None, None)],
    "SELECT array_agg(id ORDER BY price DESC), array_agg(DISTINCT kind ORDER BY kind) FROM t": [
        ([3, 2, 1, 4], ["a", "b", None])
    ],
    "SELECT approx_distinct(kind), approx_percentile(id, 0.5), approx_percentile(id, "
    "ARRAY[0.25, 1.0]) FROM t": [
        (2, 2, [1, 4])
    ],
    "SELECT max_by(kind, id), min_by(kind, id), max_by(id, id, 2), min_by(id, price, 2) FROM t": [
        (None, "a", [4, 3], [1, 2])
    ],
    "SELECT map_agg(kind, id), multimap_agg(kind, id), histogram(kind) FROM t": [
        ({"a": 1, "b": 2}, {"a": [1, 3], "b": [2]}, {"a": 2, "b": 1})
    ],
    "SELECT bool_and(id > 0), every(id > 1), bool_or(id > 3), arbitrary(kind) FROM t WHERE kind = 'a'": [
        (True, False, False, "a")
    ],
    "SELECT listagg(kind, '-') WITHIN GROUP (ORDER BY id DESC), listagg(DISTINCT kind, ',') WITHIN GROUP "
    "(ORDER BY kind) FROM t": [("a-b-a", "a,b")],
    "SELECT geometric_mean(id) FROM t WHERE id IN (1, 4)": [(pytest.approx(2.0),)],
    "SELECT stddev(id), var_pop(id) FROM t": [(pytest.approx(1.2909944), 1.25)],
    "SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), avg(id) OVER w, "
    "lag(kind) IGNORE NULLS OVER w, row_number() OVER w FROM t WINDOW w AS (ORDER BY id) "
    "ORDER BY id DESC LIMIT 1": [
        (4, 7, 2.5, "a", 4)
    ],
    "SELECT sum(sum(id)) OVER () FROM t GROUP BY kind LIMIT 1": [(10,)],
    "SELECT id FROM t ORDER BY kind, id": [(1,), (3,), (2,), (4,)],
    "SELECT id FROM t ORDER BY kind DESC, id": [(2,), (1,), (3,), (4,)],
    "SELECT id FROM t ORDER BY id OFFSET 1 ROW FETCH FIRST 2 ROWS ONLY": [(2,), (3,)],
    "SELECT kind, id, count(*) FROM t WHERE id < 3 GROUP BY GROUPING SETS ((kind), (id)) ORDER BY 1, 2": [
        ("a", None, 1), ("b", None, 1), (None, 1, 1), (None, 2, 1)
    ],
    "SELECT kind, grouping(kind), sum(id) FROM t WHERE id < 3 GROUP BY ROLLUP (kind) ORDER BY 1": [
        ("a", 0, 1), ("b", 0, 2), (None, 1, 3)
    ],
    "SELECT id, tag FROM t CROSS JOIN UNNEST(tags) AS u (tag) ORDER BY 1, 2": [(1, "x"), (1, "y"), (4, "z")],
    "SELECT id, tag, n FROM t, UNNEST(tags) WITH ORDINALITY AS u (tag, n) ORDER BY 1, 3": [
        (1, "x", 1), (1, "y", 2), (4, "z", 1)
    ],
    "SELECT id, tag FROM t LEFT JOIN UNNEST(tags) AS u (tag) ON true WHERE id IN (2, 4) ORDER BY 1": [
        (2, None), (4, "z")
    ],
    "SELECT id, size, n FROM t CROSS JOIN UNNEST(sizes) AS u (size, n) ORDER BY 3": [
        (1, "s", 1), (3, "m", 2), (3, "l", 3)
    ],
    "SELECT id, sku, n FROM t CROSS JOIN UNNEST(items) AS u (sku, n) ORDER BY 1": [(1, "p", 1), (4, "q", 2)],
    "SELECT id, u.sku FROM t CROSS JOIN UNNEST(items) AS u ORDER BY 1": [(1, "p"), (4, "q")],
    "SELECT id, sku, n, at FROM t CROSS JOIN UNNEST(items) WITH ORDINALITY AS u (sku, n, at) ORDER BY 1": [
        (1, "p", 1, 1), (4, "q", 2, 1)
    ],
    "SELECT k, v FROM UNNEST(MAP(ARRAY['a'], ARRAY[1])) AS u (k, v)": [("a", 1)],
    "SELECT k, v FROM UNNEST(map_filter(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> v > 0)) AS u (k, v)": [("a", 1)],
    "SELECT k, v FROM (SELECT id FROM t WHERE id = 1), UNNEST(split_to_map('a=1', ';', '=')) AS u (k, v)": [
        ("a", "1")
    ],
    "SELECT * FROM UNNEST(ARRAY[1, 2], ARRAY['x']) AS u (a, b)": [(1, "x"), (2, None)],
    "SELECT items[1].sku, sizes['s'], tags[2] FROM t WHERE id = 1": [("p", 1, "y")],
    "SELECT 1 EXCEPT SELECT 2 UNION ALL SELECT 1": [(1,), (1,)],
    "SELECT 1 INTERSECT SELECT 1": [(1,)],
    "VALUES 1, 2": [(1,), (2,)],
    "WITH a (x) AS (SELECT 1) SELECT T.ID FROM T, A WHERE t.id = a.x": [(1,)],
    "SELECT count(*) FROM t TABLESAMPLE BERNOULLI (100)": [(4,)],
    "SELECT id FROM t WHERE id = ALL (SELECT max(id) FROM t) AND NOT EXISTS (SELECT 1 WHERE false)": [(4,)],
    "SELECT id FROM t AS o WHERE price = (SELECT max(price) FROM t WHERE kind = o.kind) ORDER "
    "BY 1": [(2,), (3,)],
    "SELECT price / 2, count(*) FROM t WHERE id = 3 GROUP BY price / 2": [(Decimal("1.01"), 1)],
}  # fmt: skip


@pytest.mark.parametrize("sql", QUERIES)
def test_query_has_trinos_rows_when_it_is_asked(ask: Ask, sql: str) -> None:
    assert ask(sql, t=ROWS) == QUERIES[sql]


FAILING = {
    "SELECT 1 / 0": "Division by zero",
    "SELECT 1.0 / 0": "Division by zero",
    "SELECT CAST('1.5' AS integer)": "not an integer",
    "SELECT tags[3] FROM t WHERE id = 1": "out of bounds",
    "SELECT tags[0] FROM t WHERE id = 1": "out of bounds",
    "SELECT sizes['zz'] FROM t WHERE id = 1": "key not present",
    "SELECT 2147483647 + CAST(1 AS integer)": "Overflow",
}


@pytest.mark.parametrize("sql", FAILING)
def test_query_fails_when_it_fails_in_trino(ask: Ask, sql: str) -> None:
    with pytest.raises(duckdb.Error, match=FAILING[sql]):
        ask(sql, t=ROWS)


UNKNOWN = [
    "read_text", "read_csv", "read_json", "read_parquet", "getenv", "glob", "duckdb_tables",
    "duckdb_settings", "list_sort", "list_transform", "array_size", "strftime", "struct_pack",
    "current_setting", "pg_sleep",
    "checksum", "mode", "approx_set", "numeric_histogram", "merge", "trino_op_sum", "op_sum",
    "trino_date_format",
    "json_each", "query", "query_table", "parse_duckdb_log_message", "nextval", "sniff_csv",
]  # fmt: skip
PLACES = [
    "SELECT {}('x')",
    "SELECT * FROM {}('x')",
    "SELECT 1 WHERE 1 = (SELECT {}(1))",
    "SELECT transform(ARRAY[1], x -> {}(x))",
    "SELECT sum(1) OVER (ORDER BY {}(1))",
    "VALUES {}('x')",
    "SELECT * FROM (VALUES 1) t (a) JOIN LATERAL (SELECT {}(1)) ON true",
]


@pytest.mark.parametrize("place", PLACES)
def test_function_is_refused_by_name_when_it_is_not_listed(place: str) -> None:
    for name in UNKNOWN:
        query = query_of(place.format(name))
        reason = f"^FUNCTION_NOT_FOUND: line 1:\\d+: Function '{name}' not registered$"
        with pytest.raises(trino.UnknownFunctionError, match=reason):
            trino.translate(query)


def test_function_is_refused_with_its_place(ask: Ask) -> None:
    with pytest.raises(trino.UnknownFunctionError, match="line 2:7: Function 'getenv'"):
        ask("SELECT 1,\n  2 + GetEnv('x')")


FOREIGN = [
    "SELECT * EXCLUDE (id) FROM t", "SELECT * FROM t QUALIFY row_number() OVER () = 1",
    "SELECT DISTINCT ON (id) * FROM t", "SELECT * FROM t ASOF JOIN t AS u ON t.id >= u.id",
    "SELECT id FROM t GROUP BY ALL", "SELECT * FROM t PIVOT (sum(id) FOR kind IN ('a'))",
    "SELECT id INTO x FROM t", "SELECT COLUMNS('i.*') FROM t", "SELECT 1 UNION BY NAME SELECT 2",
    "SELECT * FROM t SEMI JOIN t AS u ON true", "SELECT kind ILIKE 'a' FROM t", "SELECT ?",
    "SELECT current_user",
    "SELECT id FROM t FETCH FIRST 1 ROWS WITH TIES",
    "SELECT CAST(1 AS nothing)", "SELECT date_format(now(), kind) FROM t", "SELECT date_format(now(), '%U')",
    "SELECT format_datetime(now(), 'qq')",
]  # fmt: skip


@pytest.mark.parametrize("sql", FOREIGN)
def test_query_is_refused_when_trino_or_the_engine_has_no_such(sql: str) -> None:
    with pytest.raises((ValueError, SqlglotError)):
        trino.translate(query_of(sql))


def test_columns_have_athenas_names_when_the_query_gives_none() -> None:
    query = query_of("SELECT id, id + 1, count(*) AS n, t.kind, max(id) FROM t GROUP BY 1, 2, 4")
    with duckdb.connect() as connection:
        functions.install(connection)
        connection.register("t", ROWS)
        assert connection.sql(trino.translate(query)).columns == ["id", "_col1", "n", "kind", "_col4"]


def test_hidden_columns_are_left_out_of_a_star_when_nobody_names_them(ask: Ask) -> None:
    lines = pa.table({"line": ["x"], "$path": ["s3://b/k"]})
    assert ask("SELECT * FROM t", t=lines) == [("x",)]
    assert ask('SELECT l.*, "$path" FROM t AS l', t=lines) == [("x", "s3://b/k")]
    assert ask('SELECT * FROM (SELECT "$path" FROM t)', t=lines) == [("s3://b/k",)]
    assert ask("SELECT a.*, b.* FROM t AS a JOIN t AS b ON a.line = b.line", t=lines) == [("x", "x")]


def test_tree_of_sqlglots_own_dialect_means_the_same(ask: Ask) -> None:
    import sqlglot  # noqa: PLC0415

    parsed = sqlglot.parse_one(
        "SELECT date_format(TIMESTAMP '2020-01-02 03:04:05', '%i'), count(*)", dialect="trino"
    )
    with duckdb.connect() as connection:
        functions.install(connection)
        assert connection.sql(trino.translate(parsed)).fetchall() == [("04", 1)]  # type: ignore[arg-type]


def test_connection_has_only_the_macros_of_its_query_when_that_is_known() -> None:
    query = query_of("SELECT 7 / 2, date_add('day', 1, DATE '2020-01-01')")
    sql = trino.translate(query)
    with duckdb.connect() as connection:
        functions.install(connection, sql)
        assert connection.execute(sql).fetchall() == [(3, DAY(2020, 1, 2))]
        made = connection.execute("SELECT DISTINCT function_name FROM duckdb_functions() WHERE NOT internal")
        assert {name for (name,) in made.fetchall()} == {"trino_op_divide", "trino_date_add"}


def test_quotients_and_averages_of_decimals_are_exact_and_round_half_up(ask: Ask) -> None:
    digits = random.Random(7)  # noqa: S311 (no secret)
    pairs = [
        (Decimal(digits.randint(-(10**12), 10**12)).scaleb(-3), Decimal(digits.randint(1, 10**6)).scaleb(-2))
        for _ in range(500)
    ]
    pairs += [(Decimal(odd).scaleb(-3), Decimal(2)) for odd in range(-99, 100, 2)]  # halves, each of them
    kinds = pa.decimal128(15, 3), pa.decimal128(10, 2)
    columns = [pa.array(column, kind) for column, kind in zip(zip(*pairs, strict=True), kinds, strict=True)]
    table = pa.table({"a": columns[0], "b": columns[1], "n": range(len(pairs))})
    scale = Decimal("0.001")
    expected = [((one / other).quantize(scale, ROUND_HALF_UP),) for one, other in pairs]
    assert ask("SELECT a / b FROM t ORDER BY n", t=table) == expected
    halves = [((one / 2).quantize(scale, ROUND_HALF_UP),) for one, _ in pairs]
    sql = "SELECT avg(v) FROM t CROSS JOIN UNNEST(ARRAY[a, 0.000]) AS u (v) GROUP BY n ORDER BY n"
    assert ask(sql, t=table) == halves


def test_doubles_as_text_have_the_shortest_digits_and_an_exponent(ask: Ask) -> None:
    digits = random.Random(7)  # noqa: S311 (no secret)
    numbers = [digits.uniform(-1, 1) * 10.0 ** digits.randint(-300, 300) for _ in range(500)]
    numbers += [10.0**power for power in range(-30, 31)]
    found = ask(
        "SELECT CAST(x AS varchar) FROM t ORDER BY n", t=pa.table({"x": numbers, "n": range(len(numbers))})
    )
    for (text,), number in zip(found, numbers, strict=True):
        assert re.fullmatch(r"-?[1-9]\.(0|\d*[1-9])E(0|-?[1-9]\d*)", text), (text, number)
        assert float(text) == number
        assert len(text) <= len(f"{number:.16e}")
