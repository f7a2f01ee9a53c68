"""Typed columns: conversions that lose nothing are made, and all others rejected."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from tests.unit.glue_scripts.judge.parquet.files import judge_of, parquet, reasons_of, rejected_of, rows_of

UTC = dt.UTC
INNER = {
    "type": "struct",
    "fields": [
        {"name": "sku", "type": "string", "required": True},
        {"name": "units", "type": "int", "required": False},
        {"name": "price", "type": "decimal(6, 2)", "required": False},
        {"name": "at", "type": "timestamptz", "required": False},
    ],
}
FIELDS = {
    "id": "string", "count": "int", "big": "long", "ratio": "double", "single": "float",
    "price": "decimal(6, 2)", "wide": "decimal(38, 20)", "day": "date", "at": "timestamptz",
    "local": "timestamp", "on": "boolean", "blob": "binary", "lines": {"type": "list", "element": INNER},
    "place": INNER, "tags": {"type": "map", "key": "string", "value": "long"},
}  # fmt: skip
JUDGE = judge_of(FIELDS)

NANOS = dt.datetime(1970, 1, 1, 0, 0, 0, 1000, tzinfo=UTC)

LINE = {"sku": "x", "units": 2, "price": None, "at": None}

TAKEN = [
    ("count", pa.array([7], pa.int8()), 7),
    ("count", pa.array([7], pa.int64()), 7),
    ("count", pa.array(["7"]), 7),
    ("count", pa.array(["7.0"]), 7),
    ("count", pa.array([7.0]), 7),
    ("count", pa.array([7.0], pa.float16()), 7),
    ("count", pa.array([Decimal("7.00")]), 7),
    ("big", pa.array([7], pa.uint32()), 7),
    ("big", pa.array([7], pa.uint64()), 7),
    ("big", pa.array([7], pa.duration("us")), 7),
    ("ratio", pa.array([0.1], pa.float32()), 0.10000000149011612),
    ("ratio", pa.array([3], pa.int32()), 3.0),
    ("ratio", pa.array([Decimal("0.1")]), 0.1),
    ("ratio", pa.array([Decimal("0.1000000000")], pa.decimal128(38, 10)), 0.1),
    ("single", pa.array([1.5]), 1.5),
    ("single", pa.array([Decimal("0.1000000000")], pa.decimal128(38, 10)), 0.10000000149011612),
    ("price", pa.array([Decimal("1.5")], pa.decimal128(20, 1)), Decimal("1.50")),
    ("price", pa.array([Decimal("1.500")], pa.decimal128(20, 3)), Decimal("1.50")),
    ("price", pa.array([Decimal("1.500")], pa.decimal256(60, 3)), Decimal("1.50")),
    ("price", pa.array([Decimal("1.5")], pa.decimal32(5, 1)), Decimal("1.50")),
    ("price", pa.array([12.34]), Decimal("12.34")),
    ("price", pa.array([0.1], pa.float32()), Decimal("0.10")),
    ("price", pa.array([7]), Decimal("7.00")),
    ("wide", pa.array([0.1], pa.float32()), Decimal("0.1")),
    ("wide", pa.array([1e-20]), Decimal("1e-20")),
    ("day", pa.array([dt.datetime(2026, 1, 2)], pa.timestamp("us")), dt.date(2026, 1, 2)),
    ("day", pa.array(["2026-01-02"]), dt.date(2026, 1, 2)),
    ("day", pa.array([dt.date(1066, 10, 14)]), dt.date(1066, 10, 14)),
    ("at", pa.array([1_000_001], pa.timestamp("ns", "UTC")), NANOS),
    ("at", pa.array([-1000], pa.timestamp("ms", "Asia/Tokyo")),
     dt.datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("at", pa.array(["1970-01-01T01:00:00+01:00"]), dt.datetime(1970, 1, 1, tzinfo=UTC)),
    ("local", pa.array([-1001], pa.timestamp("ns")), dt.datetime(1969, 12, 31, 23, 59, 59, 999998)),
    ("local", pa.array([1], pa.timestamp("s", "UTC")), dt.datetime(1970, 1, 1, 0, 0, 1)),
    ("local", pa.array([dt.date(2026, 1, 2)]), dt.datetime(2026, 1, 2)),
    ("on", pa.array(["true"]), True),
    ("blob", pa.array([b"\xff"], pa.large_binary()), b"\xff"),
    ("blob", pa.array([b"\xff\x00"], pa.binary(2)), b"\xff\x00"),
    ("blob", pa.array(["AAE="]), b"\0\1"),
    ("id", pa.array([b"a"]), "a"),
    ("id", pa.array(["a"], pa.large_string()), "a"),
    ("id", pa.array(["a"]).dictionary_encode(), "a"),
    ("id", pa.array([5], pa.int16()), "5"),
    ("id", pa.array([Decimal("0.0000000000")]), "0.0000000000"),
    ("id", pa.array([dt.date(1, 2, 3)]), "0001-02-03"),
    ("id", pa.array([dt.time(10, 0, 0, 1)], pa.time64("us")), "10:00:00.000001"),
    ("id", pa.array([bytes(range(16))], pa.uuid()), "00010203-0405-0607-0809-0a0b0c0d0e0f"),
    ("lines", pa.array([[{"units": 2, "sku": "x", "more": 1}]]), [LINE]),
    ("lines", pa.array([[{"Units": 2, "SKU": "x"}]]), [LINE]),
    ("lines", pa.array([[{"sku": "x", "price": 1.5, "units": "2"}]]), [{**LINE, "price": Decimal("1.50")}]),
    ("lines", pa.array([[], None, [None]]).slice(0, 1), []),
    ("lines", pa.array(['[{"sku": "x", "units": 2}]']), [LINE]),
    ("place", pa.array([{"sku": b"x", "at": 1_000_001}],
                       pa.struct([("sku", pa.binary()), ("at", pa.timestamp("ns", "UTC"))])),
     {"sku": "x", "units": None, "price": None, "at": NANOS}),
    ("tags", pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int32())), [("a", 1)]),
    ("tags", pa.array([[("a", None)]], pa.map_(pa.large_string(), pa.int64())), [("a", None)]),
    ("tags", pa.array([[(1, 1)]], pa.map_(pa.int64(), pa.int64())), [("1", 1)]),
    ("tags", pa.array(['{"a": 1}']), [("a", 1)]),
]  # fmt: skip

LOST = [
    ("count", pa.array([2**31]), "overflow"),
    ("count", pa.array([-(2**31) - 1]), "overflow"),
    ("count", pa.array([1e300]), "overflow"),
    ("count", pa.array([1.5]), "wrong_type"),
    ("count", pa.array([Decimal("1.5")]), "wrong_type"),
    ("count", pa.array([True]), "wrong_type"),
    ("count", pa.array([dt.date(2026, 1, 1)]), "wrong_type"),
    ("count", pa.array(["1.5"]), "wrong_type"),
    ("big", pa.array([2**63], pa.uint64()), "overflow"),
    ("big", pa.array([2.0**60]), "wrong_type"),
    ("big", pa.array([2.0**25], pa.float32()), "wrong_type"),
    ("ratio", pa.array([2**60]), "wrong_type"),
    ("ratio", pa.array([float("nan")]), "wrong_type"),
    ("ratio", pa.array([float("inf")]), "overflow"),
    ("ratio", pa.array([Decimal("0.12345678901234567")]), "wrong_type"),
    ("single", pa.array([0.1]), "wrong_type"),
    ("single", pa.array([1e300]), "overflow"),
    ("single", pa.array([2**25]), "wrong_type"),
    ("price", pa.array([Decimal("1.005")], pa.decimal128(20, 3)), "wrong_type"),
    ("price", pa.array([Decimal(10000)], pa.decimal128(20, 0)), "overflow"),
    ("price", pa.array([Decimal("1e50")], pa.decimal256(60, 3)), "overflow"),
    ("price", pa.array([0.001]), "wrong_type"),
    ("price", pa.array([float("nan")]), "wrong_type"),
    ("wide", pa.array([0.1234567890123456]), "wrong_type"),
    ("day", pa.array([dt.datetime(2026, 1, 2, 1)], pa.timestamp("us")), "bad_timestamp"),
    ("day", pa.array([0], pa.timestamp("us", "UTC")), "bad_timestamp"),
    ("day", pa.array(["2026-02-30"]), "bad_timestamp"),
    ("day", pa.array([2**31 - 1], pa.int32()).cast(pa.date32()), "bad_timestamp"),
    ("day", pa.array([-719_163], pa.int32()).cast(pa.date32()), "bad_timestamp"),
    ("at", pa.array([1], pa.timestamp("us")), "bad_timestamp"),
    ("at", pa.array([1]), "bad_timestamp"),
    ("at", pa.array([2**62], pa.timestamp("ms", "UTC")), "bad_timestamp"),
    ("local", pa.array([2**62], pa.timestamp("us")), "bad_timestamp"),
    ("id", pa.array([b"\xff"]), "wrong_type"),
    ("id", pa.array([1.5]), "wrong_type"),
    ("id", pa.array([0], pa.timestamp("us")), "wrong_type"),
    ("lines", pa.array([[{"units": 2}]]), "missing_required"),
    ("lines", pa.array([[{"sku": "x", "units": 2**40}]]), "wrong_type"),
    ("lines", pa.array([[{"sku": "x", "price": Decimal("1.005")}]]), "wrong_type"),
    ("lines", pa.array([[{"sku": "x", "price": 0.001}]]), "wrong_type"),
    ("lines", pa.array([[{"SKU": "x", "Sku": "y"}]]), "wrong_type"),
    ("lines", pa.array(["x"]), "wrong_type"),
    ("lines", pa.array(['[{"sku": "x", "sku": "y"}]']), "wrong_type"),
    ("lines", pa.array([{"sku": "x"}]), "wrong_type"),
    ("place", pa.array([{"sku": "x", "at": dt.datetime(2026, 1, 1)}]), "wrong_type"),
    ("tags", pa.array([[("a", 1), ("b", 1), ("a", 2)]], pa.map_(pa.string(), pa.int64())), "wrong_type"),
    ("tags", pa.array([[("a", 2**63)]], pa.map_(pa.string(), pa.uint64())), "wrong_type"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "column", "value"), TAKEN)
def test_value_is_taken_when_nothing_is_lost(name: str, column: pa.Array, value: Any) -> None:
    [row] = rows_of(JUDGE, parquet({name: column}))
    assert row[name] == value
    assert all(row[other] is None for other in FIELDS if other != name)


@pytest.mark.parametrize(("name", "column", "reason"), LOST)
def test_record_is_rejected_when_its_type_would_lose_something(
    name: str, column: pa.Array, reason: str
) -> None:
    assert reasons_of(JUDGE, parquet({name: column})) == [reason]


def test_map_alone_is_rejected_when_it_has_a_key_twice() -> None:
    maps = [[("a", 1)], [("b", 1), ("b", 1)], None, [], [("a", 1), ("b", 2)], [("c", 1), ("a", 1), ("c", 1)]]
    content = parquet({"tags": pa.array(maps, pa.map_(pa.string(), pa.int64()))})
    assert [each.position for each in rejected_of(JUDGE, content)] == [2, 6]
    assert [row["tags"] for row in rows_of(JUDGE, content)] == [maps[0], None, [], maps[4]]


def test_records_between_those_that_lose_something_are_taken() -> None:
    columns = {
        "id": ["a", "b", "c", "d", "e"],
        "count": pa.array([1, 2**40, None, 4, 5]),
        "price": [1.5, 2.5, 3.5, 0.001, 0.25],
        "at": pa.array([None, 0, 2**62, 3, -1], pa.timestamp("us", "UTC")),
    }
    content = parquet(columns, row_group_size=2)
    assert [(row["id"], row["count"], row["price"]) for row in rows_of(JUDGE, content)] == [
        ("a", 1, Decimal("1.50")),
        ("e", 5, Decimal("0.25")),
    ]
    assert [(each.position, each.breach.reason) for each in rejected_of(JUDGE, content)] == [
        (2, "overflow"),
        (3, "bad_timestamp"),
        (4, "wrong_type"),
    ]


def test_instant_of_96_bits_is_one_in_utc_and_serves_as_both_when_flat_or_nested() -> None:
    moment = dt.datetime(1500, 1, 1, 10, 0, 0, 5)
    place = pa.array(
        [{"sku": "x", "at": moment}], pa.struct([("sku", pa.string()), ("at", pa.timestamp("us"))])
    )
    columns = {"at": [moment], "local": [moment], "place": place}
    content = parquet(columns, use_deprecated_int96_timestamps=True)
    [row] = rows_of(JUDGE, content)
    aware = moment.replace(tzinfo=UTC)
    assert (row["at"], row["local"], row["place"]["at"]) == (aware, moment, aware)
    assert reasons_of(JUDGE, parquet({"day": [moment]}, use_deprecated_int96_timestamps=True)) == [
        "bad_timestamp"
    ]


RULES: list[tuple[str, dict[str, Any], list[Any], dict[int, str]]] = [
    ("id", {"allowed": ["a", "b"]}, ["a", "c", None, "b"], {2: "not_allowed"}),
    ("id", {"pattern": "^[a-z]+$"}, ["a", "A", None], {2: "pattern_mismatch"}),
    ("id", {"min_length": 2, "max_length": 3}, ["äö", "a", "abcd"], {2: "bad_length", 3: "bad_length"}),
    ("big", {"minimum": 1, "maximum": 3}, [1, 0, 3, 4, None], {2: "out_of_range", 4: "out_of_range"}),
    ("ratio", {"exclusive_minimum": 1, "exclusive_maximum": 3}, [1, 1.5, 3],
     {1: "out_of_range", 3: "out_of_range"}),
    ("price", {"minimum": 1}, [Decimal("0.99"), Decimal(1)], {1: "out_of_range"}),
    ("day", {"minimum": "2026-01-01"}, [dt.date(2025, 12, 31), dt.date(2026, 1, 1)], {1: "out_of_range"}),
    ("at", {"maximum": "2026-01-01T00:00:00Z"},
     [dt.datetime(2026, 1, 1, tzinfo=UTC), dt.datetime(2026, 1, 2, tzinfo=UTC)], {2: "out_of_range"}),
    ("lines", {"max_length": 1}, [[{"sku": "a"}], [{"sku": "a"}] * 2, None, []], {2: "bad_length"}),
    ("lines", {}, [[{"sku": "a"}, None], [{"sku": None}], None], {2: "missing_required"}),
    ("place", {}, [{"sku": "a", "units": None}, None, {"sku": None, "units": 1}], {3: "missing_required"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "checks", "values", "reasons"), RULES)
def test_values_keep_the_rules_of_the_contract(
    name: str, checks: dict[str, Any], values: list[Any], reasons: dict[int, str]
) -> None:
    judge = judge_of({name: FIELDS[name]}, {name: {"checks": checks}}, key=[name])
    content = parquet({name: values})
    assert {each.position: each.breach.reason for each in rejected_of(judge, content)} == reasons
    assert len(rows_of(judge, content)) == len(values) - len(reasons)


@pytest.mark.parametrize("name", ["lines", "place", "tags", "price"])
def test_column_is_null_whatever_its_type_when_it_is_redacted(name: str) -> None:
    values: dict[str, Any] = {"lines": [[LINE]], "place": [LINE], "price": [Decimal("1.50")]}
    tags = pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))
    judge = judge_of(FIELDS, {name: {"masking": "redact"}})
    content = parquet({"id": ["x"], name: values.get(name, tags)})
    assert rows_of(judge, content)[0][name] is None
    assert rows_of(JUDGE, content)[0][name] is not None


def test_first_broken_rule_is_told_in_the_order_of_the_contract() -> None:
    rules: dict[str, dict[str, Any]] = {
        "big": {"required": True, "checks": {"minimum": 5}},
        "id": {"checks": {"pattern": "^x"}},
    }
    judge = judge_of({"big": "long", "id": "string"}, rules)
    columns = {"id": ["a", "b", "x", "a"], "big": [1, 9, None, None]}
    found = [each.breach.rule for each in rejected_of(judge, parquet(columns))]
    assert found == [
        "out_of_range: big: expected at least 5",
        "pattern_mismatch: id: expected a match of ^x",
        "missing_required: big: expected a value",
        "missing_required: big: expected a value",
    ]


def test_raw_text_is_one_json_object_of_all_columns_with_nulls() -> None:
    columns = {
        "count": pa.array([2**31]),
        "none": pa.array([None], pa.string()),
        "at": pa.array([1], pa.timestamp("ns", "Asia/Tokyo")),
        "price": [Decimal("1.50")],
        "sub": [{"a": [1.0, None], 'b"': b"\xff", "when": dt.time(1, 2)}],
        "map": pa.array([[(1, float("nan"))]], pa.map_(pa.int32(), pa.float32())),
        "far": pa.array([2**31 - 1], pa.int32()).cast(pa.date32()),
    }
    [rejected] = rejected_of(JUDGE, parquet(columns))
    assert rejected.raw is not None
    assert json.loads(rejected.raw) == {
        "count": 2**31,
        "none": None,
        "at": "1970-01-01T00:00:00.000000001Z",
        "price": 1.5,
        "sub": {"a": [1.0, None], 'b"': "/w==", "when": "01:02:00.000000"},
        "map": {"1": "NaN"},
        "far": "<value out of range: 2147483647>",
    }
