import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from local.patches.athena import text
from local.patches.athena.engine import types

PARIS = dt.timezone(dt.timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (None, None),
        (True, "true"),
        (3, "3"),
        (0.5, "0.5"),
        (Decimal("1.50"), "1.50"),
        ("text", "text"),
        (b"\x00\xff", "00 ff"),
        (dt.date(2024, 5, 1), "2024-05-01"),
        (dt.datetime(2024, 5, 1, 12, 30), "2024-05-01 12:30:00.000000"),
        (dt.datetime(2024, 5, 1, 12, tzinfo=PARIS), "2024-05-01 10:00:00.000000 UTC"),
        (["a", None, True], "[a, null, true]"),
        ([("k", 1)], "{k=1}"),
        ({"a": 1, "b": {"c": None}}, "{a=1, b={c=null}}"),
        ([], "[]"),
    ],
)  # fmt: skip
def test_text_is_as_athena_prints_it_when_the_value_is(value: Any, printed: str | None) -> None:
    assert text.text(value) == printed


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("1::INTEGER", "integer"),
        ("1::BIGINT", "bigint"),
        ("sum(1)", "bigint"),
        ("1.5::DECIMAL(10, 2)", "decimal(10,2)"),
        ("1.5::FLOAT", "float"),
        ("TIMESTAMP '2024-01-01'", "timestamp"),
        ("TIMESTAMPTZ '2024-01-01 00:00:00+00'", "timestamp with time zone"),
        ("DATE '2024-01-01'", "date"),
        ("[1, 2]", "array"),
        ("{'a': 1}", "row"),
        ("MAP {'a': 1}", "map"),
        ("'x'::BLOB", "varbinary"),
        ("'x'", "varchar"),
    ],
)
def test_type_name_is_athenas_when_the_engine_returns(expression: str, name: str) -> None:
    with duckdb.connect() as connection:
        result = connection.sql(f"SELECT {expression} AS value")
        assert result
        assert types.athena(result.types[0]) == name


def test_rows_are_text_when_a_result_has_zoned_times() -> None:
    query = "SELECT TIMESTAMPTZ '2024-01-01 00:00:00+00' AS at, MAP {'a': 1} AS m, NULL AS n"
    with duckdb.connect() as connection:
        result = connection.sql(query)
        assert result
        assert text.rows(result.to_arrow_table()) == [["2024-01-01 00:00:00.000000 UTC", "{a=1}", None]]


def test_csv_document_tells_null_from_the_empty_text() -> None:
    document = text.csv_document(["a", "b"], [["", None], ['say "x"', "1,2"]])
    assert document.decode() == '"a","b"\n"",\n"say ""x""","1,2"\n'


def test_precision_is_none_when_the_type_is_no_decimal() -> None:
    assert types.precision("decimal(38,0)") == (38, 0)
    assert types.precision("bigint") is None
