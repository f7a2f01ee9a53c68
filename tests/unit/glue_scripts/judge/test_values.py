"""Values of each type: what texts and JSON values become, and the edge at which they are none."""

import struct
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lakehouse_etl.contract import types
from lakehouse_etl.judge.fields.faults import NoValueError
from lakehouse_etl.judge.fields.scalars import text_reader

from tests.unit.glue_scripts.judge.subjects import dataset, lines, verdicts

TEXTS: list[tuple[str, str, Any]] = [
    ("int", "+5", 5),
    ("int", "-2147483648", -(2**31)),
    ("int", "2147483648", "overflow"),
    ("int", "0" * 5000 + "1", 1),
    ("int", "-" + "0" * 5000 + "12", -12),
    ("int", "0" * 5000, 0),
    ("int", "9" * 5000, "overflow"),
    ("int", "1_000", "wrong_type"),
    ("int", "\u0661", "wrong_type"),
    ("int", "1\n", "wrong_type"),
    ("int", "1.0", 1),
    ("int", "-1e3", -1000),
    ("int", "12e-1", "wrong_type"),
    ("int", "1.5", "wrong_type"),
    ("int", "2147483648.0", "overflow"),
    ("int", "1e30", "overflow"),
    ("int", "1e99999999999999999999", "overflow"),
    ("long", "9223372036854775807.000", 2**63 - 1),
    ("long", "9223372036854775808.0", "overflow"),
    ("int", "", "wrong_type"),
    ("long", "9223372036854775807", 2**63 - 1),
    ("long", "-9223372036854775809", "overflow"),
    ("double", ".5", 0.5),
    ("double", "1.", 1.0),
    ("double", "-1e-400", -0.0),
    ("double", "1e999", "overflow"),
    ("double", "1d", "wrong_type"),
    ("double", "inf", "wrong_type"),
    ("double", "0x1F", "wrong_type"),
    ("float", "3.4028235e38", 3.4028234663852886e38),
    ("float", "3.4028236e38", "overflow"),
    ("float", "1e-99999999999999999999", 0.0),
    ("decimal(6, 2)", "12.5", Decimal("12.50")),
    ("decimal(6, 2)", "1.25e1", Decimal("12.50")),
    ("decimal(6, 2)", "9999.99000", Decimal("9999.99")),
    ("decimal(6, 2)", "0e-99", Decimal("0.00")),
    ("decimal(6, 2)", "9999.999", "wrong_type"),
    ("decimal(6, 2)", "10000", "overflow"),
    ("decimal(6, 2)", "1e99999999999999999999", "overflow"),
    ("decimal(6, 2)", "1e-99999999999999999999", "wrong_type"),
    ("decimal(6, 2)", "12.99" + "9" * 60, "wrong_type"),
    ("decimal(6, 2)", "1,5", "wrong_type"),
    ("decimal(38, 0)", "9" * 38, Decimal("9" * 38)),
    ("decimal(38, 38)", "0." + "1" * 38, Decimal("0." + "1" * 38)),
    ("boolean", "TrUe", True),
    ("boolean", "false", False),
    ("boolean", "1", "wrong_type"),
    ("date", "2024-02-29", date(2024, 2, 29)),
    ("date", "2023-02-29", "wrong_type"),
    ("date", "20240229", "wrong_type"),
    ("date", "2024-W01-1", "wrong_type"),
    ("date", "0000-01-01", "wrong_type"),
    ("date", "\u0662024-01-01", "wrong_type"),
    ("timestamp", "2026-01-31 10:00:00.1234567", datetime(2026, 1, 31, 10, 0, 0, 123456)),
    ("timestamp", "9999-12-31T23:59:59.999999999", datetime(9999, 12, 31, 23, 59, 59, 999999)),
    ("timestamp", "2026-01-31T24:00:00", "wrong_type"),
    ("timestamp", "2026-01-31T10:00:60", "wrong_type"),
    ("timestamp", "2026-01-31T10:00", datetime(2026, 1, 31, 10)),
    ("timestamp", "2026-01-31T10", "wrong_type"),
    ("timestamp", "2026-01-31 10:00:00,5", datetime(2026, 1, 31, 10, 0, 0, 500000)),
    ("timestamp", "2026-01-31t10:00:00", datetime(2026, 1, 31, 10)),
    ("timestamp", "2026-01-31T10:00:00.1234567890", "wrong_type"),
    ("timestamp", "2026-01-31T10:00:00Z", "wrong_type"),
    ("timestamptz", "2026-01-31T10:00:00Z", datetime(2026, 1, 31, 10)),
    ("timestamptz", "2026-01-31T10:00:00.5+0130", datetime(2026, 1, 31, 8, 30, 0, 500000)),
    ("timestamptz", "2026-01-31T10:00:00-18:00", datetime(2026, 2, 1, 4)),
    ("timestamptz", "2026-01-31T10:00:00-18:01", "wrong_type"),
    ("timestamptz", "2026-01-31T10:00:00+01:60", "wrong_type"),
    ("timestamptz", "2026-01-31t10:00:00z", datetime(2026, 1, 31, 10)),
    ("timestamptz", "2026-01-31 10:00+02", datetime(2026, 1, 31, 8)),
    ("timestamptz", "2026-01-31 10:00:00.5-18", datetime(2026, 2, 1, 4, 0, 0, 500000)),
    ("timestamptz", "2026-01-31 10:00:00-19", "wrong_type"),
    ("timestamptz", "2026-01-31 10:00:00 UTC", "wrong_type"),
    ("timestamptz", "2026-01-31T10:00:00", "wrong_type"),
    ("timestamptz", "0001-01-01T00:00:00+01:00", "wrong_type"),
    ("timestamptz", "9999-12-31T23:59:59-01:00", "wrong_type"),
    ("binary", "AAE=", b"\0\1"),
    ("binary", "", b""),
    ("binary", "AAE", "wrong_type"),
    ("binary", "A===", "wrong_type"),
    ("binary", "AA\nE", "wrong_type"),
]


@pytest.mark.parametrize(("kind", "text", "value"), TEXTS, ids=[f"{k} {t[:20]!r}" for k, t, _ in TEXTS])
def test_text_is_a_value_or_says_why_not(kind: str, text: str, value: Any) -> None:
    read = text_reader(types.parsed(kind))  # type: ignore[arg-type]  # none is nested
    if value in ("overflow", "wrong_type"):
        with pytest.raises(NoValueError, match=value):
            read(text)
    else:
        found = read(text)
        assert (found, str(found), type(found)) == (value, str(value), type(value))


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.integers(-3, 3), st.integers(0, 30))
def test_float_is_the_nearest_when_rounding_twice_would_miss_it(near: float, ulps: int, digits: int) -> None:
    bits = struct.unpack("<i", struct.pack("<f", near))[0]
    other = struct.unpack("<f", struct.pack("<i", bits + 1))[0]
    assume(isfinite(other))
    middle = (Decimal(near) + Decimal(other)) / 2
    text = f"{middle + ulps * Decimal(10) ** (middle.adjusted() - 20 - digits):f}"
    found = text_reader(types.Primitive("float"))(text)
    distance = abs(Fraction(text) - Fraction(found))
    assert distance <= min(abs(Fraction(text) - Fraction(each)) for each in (near, other))


JSON: list[tuple[Any, Any, Any]] = [
    ("string", True, "true"),
    ("string", 5, "5"),
    ("string", {"b": [1, None], "a": 'ü\u0001"\\/'}, '{"b":[1,null],"a":"ü\\u0001\\"\\\\/"}'),
    ("boolean", "true", True),
    ("int", "3", 3),
    ("binary", True, b"\xb6\xbb\x9e"),
    ("double", 3, 3.0),
    ("double", 10**400, "overflow"),
    ("decimal(6, 2)", 3, Decimal("3.00")),
    ("date", 20260131, "bad_timestamp"),
    ("date", [], "bad_timestamp"),
    ("boolean", 1, "wrong_type"),
    ("binary", 1.5, "wrong_type"),
    ({"type": "list", "element": "string"}, [1, True, None, [2]], ["1", "true", None, "[2]"]),
    ({"type": "list", "element": "string"}, [1.5], "wrong_type"),
    ({"type": "list", "element": "int"}, "[1, 2]", [1, 2]),
    ({"type": "list", "element": {"type": "list", "element": "int"}}, ["[1]"], "wrong_type"),
    ({"type": "list", "element": "decimal(4, 1)"}, [1.25], "wrong_type"),
    ({"type": "list", "element": "int", "element-required": True}, [1, None], "missing_required"),
    ({"type": "map", "key": "string", "value": "int"}, {"a": 1, "b": None}, [("a", 1), ("b", None)]),
    ({"type": "map", "key": "string", "value": "int"}, {"a": 2**31}, "wrong_type"),
    (
        {"type": "map", "key": "string", "value": "int", "value-required": True},
        {"a": None},
        "missing_required",
    ),
]


@pytest.mark.parametrize(("kind", "value", "expected"), JSON, ids=[f"{k} {str(v)[:20]}" for k, v, _ in JSON])
def test_json_value_is_a_value_or_says_why_not(kind: Any, value: Any, expected: Any) -> None:
    found = verdicts(dataset({"id": "string", "value": kind}), lines({"id": "a", "value": value}))
    outcome = found.reasons[0] if found.reasons else found.rows[0]["value"]
    assert (outcome, type(outcome)) == (expected, type(expected))


@pytest.mark.parametrize(
    "digits", ["1.10", "123456789012345678.1234", "1e-7", "1E5", "1.00000000000000000001"]
)
def test_decimal_has_the_digits_that_came_nested_or_flat(digits: str) -> None:
    wide = "decimal(38, 20)"
    subject = dataset({"id": "string", "flat": wide, "deep": {"type": "list", "element": wide}})
    [row] = verdicts(subject, f'{{"id": "a", "flat": {digits}, "deep": [{digits}]}}'.encode()).rows
    assert row["flat"] == row["deep"][0] == Decimal(digits)
