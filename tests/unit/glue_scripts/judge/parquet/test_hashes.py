"""Record hashes: those that tables hold by now, and the same however a file stores a record."""

import datetime as dt
import hmac
import json
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.contract.types import parsed
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.judge.parquet.hashes import record_hashes

from tests.unit.glue_scripts.judge.parquet.files import judge_of, parquet, rows_of
from tests.unit.glue_scripts.judge.subjects import KEY

_P1, _P2, _P3, _P4, _P5 = (
    0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5,
)  # fmt: skip
_MASK = 2**64 - 1


def _rotated(number: int, by: int) -> int:
    return ((number << by) | (number >> (64 - by))) & _MASK


def _round(number: int) -> int:
    return _rotated(number * _P2 & _MASK, 31) * _P1 & _MASK


def _mixed(number: int) -> int:
    number = (number ^ number >> 33) * _P2 & _MASK
    number = (number ^ number >> 29) * _P3 & _MASK
    return number ^ number >> 32


def spark_int(number: int, seed: int) -> int:
    """`hashInt` of Spark's XXH64."""
    found = (seed + _P5 + 4) & _MASK
    found ^= (number & 0xFFFFFFFF) * _P1 & _MASK
    return _mixed((_rotated(found, 23) * _P2 + _P3) & _MASK)


def spark_long(number: int, seed: int) -> int:
    """`hashLong` of Spark's XXH64."""
    found = (seed + _P5 + 8) & _MASK
    found ^= _round(number & _MASK)
    return _mixed((_rotated(found, 27) * _P1 + _P4) & _MASK)


def spark_bytes(content: bytes, seed: int) -> int:
    """`hashUnsafeBytes` of Spark's XXH64."""
    at, found = 0, seed + _P5
    if len(content) >= 32:
        lanes = [seed + _P1 + _P2, seed + _P2, seed, seed - _P1]
        while at <= len(content) - 32:
            words = struct.unpack_from("<4Q", content, at)
            lanes = [
                _rotated((lane + word * _P2) & _MASK, 31) * _P1 & _MASK
                for lane, word in zip(lanes, words, strict=True)
            ]
            at += 32
        found = sum(_rotated(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18), strict=True))
        for lane in lanes:
            found = ((found ^ _round(lane)) * _P1 + _P4) & _MASK
    found = (found + len(content)) & _MASK
    while at + 8 <= len(content):
        [word] = struct.unpack_from("<Q", content, at)
        found = (_rotated(found ^ _round(word), 27) * _P1 + _P4) & _MASK
        at += 8
    if at + 4 <= len(content):
        [half] = struct.unpack_from("<I", content, at)
        found = (_rotated(found ^ (half * _P1 & _MASK), 23) * _P2 + _P3) & _MASK
        at += 4
    for byte in content[at:]:
        found = _rotated(found ^ (byte * _P5 & _MASK), 11) * _P1 & _MASK
    return _mixed(found)


def _java(number: int) -> bytes:
    """`BigInteger.toByteArray`: the shortest two's complement."""
    length = 1
    while not -(1 << 8 * length - 1) <= number < 1 << 8 * length - 1:
        length += 1
    return number.to_bytes(length, "big", signed=True)


_EPOCH = dt.datetime(1970, 1, 1)

SCALARS: dict[str, Callable[[Any, int], int]] = {
    "boolean": lambda value, seed: spark_int(int(value), seed),
    "int": spark_int,
    "long": spark_long,
    "float": lambda value, seed: spark_int(struct.unpack("<i", struct.pack("<f", value or 0.0))[0], seed),
    "double": lambda value, seed: spark_long(struct.unpack("<q", struct.pack("<d", value or 0.0))[0], seed),
    "decimal(9, 2)": lambda value, seed: spark_long(int(value.scaleb(2)), seed),
    "decimal(30, 4)": lambda value, seed: spark_bytes(_java(int(value * 10_000)), seed),
    "date": lambda value, seed: spark_int((value - _EPOCH.date()).days, seed),
    "timestamp": lambda value, seed: spark_long((value - _EPOCH) // dt.timedelta(microseconds=1), seed),
    "string": lambda value, seed: spark_bytes(value.encode(), seed),
    "binary": spark_bytes,
}


def spark_hash(kind: Any, value: Any, seed: int) -> int:
    """What Spark's `xxhash64` makes of a value; null leaves the seed as it is."""
    match kind:
        case _ if value is None:
            return seed
        case {"type": "list"}:
            for item in value:
                seed = spark_hash(kind["element"], item, seed)
            return seed
        case {"type": "struct"}:
            for member in kind["fields"]:
                seed = spark_hash(member["type"], value[member["name"]], seed)
            return seed
    return SCALARS[kind](value, seed)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "decimal(9, 2)": st.decimals(-(10**6), 10**6, places=2, allow_nan=False),
    "decimal(30, 4)": st.decimals(-(10**19), 10**19, places=4, allow_nan=False),
    "date": st.dates(),
    "timestamp": st.datetimes(),
    "string": st.text(max_size=80),
    "binary": st.binary(max_size=80),
}

LIST = {"type": "list", "element": "int"}
STRUCT = {
    "type": "struct",
    "fields": [
        {"name": "a", "type": "string", "required": False},
        {"name": "b", "type": LIST, "required": False},
    ],
}
KINDS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    **{name: (name, values) for name, values in VALUES.items()},
    "list": (LIST, st.lists(st.none() | VALUES["int"], max_size=4)),
    "struct": (
        STRUCT,
        st.fixed_dictionaries(
            {"a": st.none() | VALUES["string"], "b": st.none() | st.lists(VALUES["int"], max_size=3)}
        ),
    ),
    "structs": (
        {"type": "list", "element": STRUCT},
        st.lists(st.none() | st.fixed_dictionaries({"a": VALUES["string"], "b": st.none()}), max_size=3),
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_hash_is_that_of_spark_over_each_value_and_whether_it_is_null(name: str) -> None:
    kind, values = KINDS[name]

    @given(st.lists(st.none() | values, min_size=1, max_size=5))
    def check(column: list[Any]) -> None:
        array = pa.array(column, arrow_type(parsed(kind)))
        expected = []
        for value in column:
            seed = spark_int(int(value is None), spark_hash(kind, value, 42))
            seed = spark_int(0, spark_bytes(b"end", seed))
            expected.append(seed - 2**64 if seed >= 2**63 else seed)
        ends = pa.array(["end"] * len(column), pa.string())
        assert record_hashes(["a", "b"], [array, ends], len(column)).to_pylist() == expected
        # A column that is a part of another one is hashed as such.
        rest = record_hashes(["a", "b"], [array.slice(1), ends.slice(1)], len(column) - 1)
        assert rest.to_pylist() == expected[1:]

    check()


def test_hash_is_that_of_the_example_in_the_documentation_of_spark() -> None:
    """`xxhash64('Spark', array(123), 2)`, https://spark.apache.org/docs/latest/api/sql/#xxhash64."""
    assert spark_int(2, spark_int(123, spark_bytes(b"Spark", 42))) == 5602566077635097486


TAGS = {"type": "map", "key": "string", "value": "double"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([("a", 1.0), ("b", None)], '{"tags":{"a":1.0,"b":null}}'),
        ([("ü\n", 1e10)], '{"tags":{"ü\\n":1.0E10}}'),
        ([], '{"tags":{}}'),
        (None, "{}"),
    ],
)
def test_map_is_hashed_as_its_json_text(value: Any, text: str) -> None:
    array = pa.array([value], arrow_type(parsed(TAGS)))
    seed = spark_int(int(value is None), spark_bytes(text.encode(), 42))
    assert record_hashes(["tags"], [array], 1).to_pylist() == [seed - 2**64 if seed >= 2**63 else seed]


def test_hash_is_the_same_however_a_file_stores_a_record() -> None:
    judge = judge_of({"id": "string", "count": "int", "at": "timestamptz", "sums": LIST, "tags": TAGS})
    plain = {
        "id": pa.array(["a"]),
        "count": pa.array([1], pa.int32()),
        "at": pa.array([5000], pa.timestamp("us", "UTC")),
        "sums": pa.array([[1, 2]], pa.list_(pa.int32())),
        "tags": pa.array([[("a", 1.5)]], arrow_type(parsed(TAGS))),
    }
    others = {
        "id": pa.array([b"a"]),
        "count": pa.array(["1"]),
        "at": pa.array([5_000_999], pa.timestamp("ns", "Asia/Tokyo")),
        "sums": pa.array(["[1,2]"]),
        "tags": pa.array([json.dumps({"a": 1.5})]),
    }
    expected = rows_of(judge, parquet(plain))
    for name, column in others.items():
        columns = {"more": pa.array([1]), **plain, name: column}
        assert rows_of(judge, parquet(dict(reversed(columns.items())))) == expected


def test_hash_is_that_of_the_value_before_it_was_masked() -> None:
    plain, masked = (
        judge_of({"id": "string", "note": "string"}, {"note": {"masking": masking}})
        for masking in (None, "hash")
    )
    content = parquet({"id": ["a"], "note": ["x"]})
    [one], [other] = rows_of(plain, content), rows_of(masked, content)
    assert one["_record_hash"] == other["_record_hash"]
    assert (one["note"], other["note"]) == ("x", hmac.digest(KEY, b"x", "sha256").hex())


def test_decimal_of_many_digits_is_hashed_by_the_bytes_of_java() -> None:
    kind = "decimal(30, 4)"
    value = Decimal("-12345678901234567890.1234")
    seed = spark_int(0, SCALARS[kind](value, 42))
    found = record_hashes(["a"], [pa.array([value], arrow_type(parsed(kind)))], 1)
    assert found.to_pylist() == [seed - 2**64 if seed >= 2**63 else seed]
