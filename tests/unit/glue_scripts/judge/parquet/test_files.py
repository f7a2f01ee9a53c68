"""Parquet files as they come: columns by name, unknown ones, compressions, and files that cannot be read."""

import json
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lakehouse_etl.judge.parquet import file
from lakehouse_etl.judge.parquet.file import ParquetObject

from tests.unit.glue_scripts.judge.parquet.files import (
    judge_of,
    parquet,
    parts_of,
    reasons_of,
    rejected_of,
    rows_of,
)

JUDGE = judge_of({"id": "string", "count": "int"}, {"id": {"required": True}})
WHOLE = pa.table({"id": [f"{number}" * 9 for number in range(200)], "count": list(range(200))})
PLACE = {"type": "struct", "fields": [{"name": "x", "type": "int", "required": False}]}


def test_columns_are_found_by_name_and_missing_ones_are_null() -> None:
    content = parquet({"count": [1, 2], "id": ["a", None], "other": [1, 2]})
    assert [(row["id"], row["count"]) for row in rows_of(JUDGE, content)] == [("a", 1)]
    [rejected] = rejected_of(JUDGE, content)
    assert (rejected.position, rejected.breach.reason) == (2, "missing_required")
    assert rejected.raw == '{"count":2,"id":null,"other":2}'
    assert [row["count"] for row in rows_of(JUDGE, parquet({"id": ["b"]}))] == [None]


def test_every_record_is_rejected_when_a_required_column_is_missing() -> None:
    found = rejected_of(JUDGE, parquet({"count": [1, 2]}))
    assert [(each.position, each.breach.rule, each.raw) for each in found] == [
        (1, "missing_column: id: expected in the schema", '{"count":1}'),
        (2, "missing_column: id: expected in the schema", '{"count":2}'),
    ]


def test_column_in_another_case_stands_for_the_field_unless_its_own_name_is_there() -> None:
    [row] = rows_of(JUDGE, parquet({"ID": ["a"], "Count": [1]}))
    assert (row["id"], row["count"]) == ("a", 1)
    [row] = rows_of(JUDGE, parquet({"ID": ["a"], "id": ["b"], "COUNT": [1]}))
    assert (row["id"], row["count"]) == ("b", 1)


@pytest.mark.parametrize("names", [["id", "COUNT", "Count"], ["id", "count", "count"]])
def test_file_is_rejected_naming_the_columns_when_two_stand_for_one_field(names: list[str]) -> None:
    table = pa.Table.from_arrays([pa.array(["1", "2"])] * 3, names)
    found = rejected_of(JUDGE, parquet(table))
    assert [(each.breach.reason, each.cause) for each in found] == [("bad_header", ", ".join(names[1:]))] * 2
    assert found[0].raw is not None


def test_columns_of_odd_names_are_no_hindrance() -> None:
    names = ["id", "a.b", "a`b", "x y,{};=(\n\t)", "", "ü"]
    judge = judge_of({"id": "string"}, unknown_fields="rescue")
    [row] = rows_of(judge, parquet({name: ["v"] for name in names}))
    assert json.loads(row["_rescued"]) == dict.fromkeys(names[1:], "v")


UNKNOWN: list[tuple[pa.Array, Any]] = [
    (pa.array([1], pa.time64("us")), "00:00:00.000001"),
    (pa.array([1], pa.time32("ms")), "00:00:00.001"),
    (pa.array([1.5], pa.float16()), 1.5),
    (pa.array([Decimal("1.10")], pa.decimal256(50, 2)), 1.1),
    (pa.array([{"x": 1, "t": 1}], pa.struct([("x", pa.int32()), ("t", pa.time64("us"))])),
     {"x": 1, "t": "00:00:00.000001"}),
    (pa.array([bytes(range(16))], pa.uuid()), "00010203-0405-0607-0809-0a0b0c0d0e0f"),
    (pa.array([5], pa.duration("us")), 5),
    (pa.array([[1, 2]], pa.list_(pa.int8(), 2)), [1, 2]),
    (pa.array([{"a": [None, {"b": None}]}]), {"a": [None, {}]}),
]  # fmt: skip


@pytest.mark.parametrize(("column", "text"), UNKNOWN)
def test_unknown_column_of_any_type_is_rescued_in_a_form_to_be_read(column: pa.Array, text: Any) -> None:
    judge = judge_of({"id": "string"}, unknown_fields="rescue")
    columns = {"id": ["a", "b"], "other": pa.concat_arrays([column, pa.nulls(1, column.type)])}
    one, other = rows_of(judge, parquet(columns))
    assert json.loads(one["_rescued"]) == {"other": text}
    assert other["_rescued"] is None


def test_interval_is_rescued_as_a_duration_and_may_stand_for_a_text() -> None:
    months_days_millis = b"".join(number.to_bytes(4, "little") for number in (14, 3, 4005))
    content = parquet({"id": ["a"], "i": pa.array([months_days_millis], pa.binary(12))})
    # Arrow writes none, so the footer is told that the column, whose name ends its entry, holds some.
    length = int.from_bytes(content[-8:-4], "little")
    footer = content[-8 - length : -8].replace(b"\x18\x01i\x00", b"\x18\x01i\x25\x2a\x00")
    content = content[: -8 - length] + footer + len(footer).to_bytes(4, "little") + b"PAR1"
    [row] = rows_of(judge_of({"id": "string"}, unknown_fields="rescue"), content)
    assert row["_rescued"] == '{"i":"P14M3DT4.005S"}'
    [row] = rows_of(judge_of({"id": "string", "i": "string"}), content)
    assert row["i"] == "P14M3DT4.005S"


@pytest.mark.parametrize(
    ("policy", "reasons", "rescued"),
    [("ignore", [], None), ("rescue", [], {"a": "x", "more": 1}), ("reject", ["unknown_field"], None)],
)
def test_unknown_columns_are_treated_as_the_contract_says(
    policy: str, reasons: list[str], rescued: dict[str, Any] | None
) -> None:
    judge = judge_of({"id": "string"}, unknown_fields=policy)
    content = parquet({"id": ["a"], "more": [1], "none": pa.array([None], pa.int64()), "a": ["x"]})
    assert reasons_of(judge, content) == reasons
    assert len(rows_of(judge, content)) == 1 - len(reasons)
    if policy == "rescue":
        [row] = rows_of(judge, content)
        assert json.loads(row["_rescued"]) == rescued
        assert list(json.loads(row["_rescued"])) == sorted(rescued or ())


@pytest.mark.parametrize(
    ("value", "reasons"),
    [
        ({"x": 1}, []),
        ({"X": 1}, []),
        ({"x": 1, "more": 1}, ["unknown_field"]),
        (None, []),
    ],
)
@pytest.mark.parametrize("nest", [lambda kind: kind, lambda kind: {"type": "list", "element": kind}])
def test_unknown_members_of_structs_are_refused_when_the_contract_says_so(
    value: Any, reasons: list[str], nest: Callable[[Any], Any]
) -> None:
    kind = nest(PLACE)
    judge = judge_of({"id": "string", "place": kind}, unknown_fields="reject")
    given = [value] if kind["type"] == "list" else value
    assert reasons_of(judge, parquet({"id": ["a"], "place": [given]})) == reasons


def test_texts_that_are_no_utf8_are_refused_in_any_column_however_deep() -> None:
    bad = pa.array([b"\xff", b"x"]).cast(pa.string(), safe=False)
    deep = pa.ListArray.from_arrays([0, 1, 1], pa.StructArray.from_arrays([bad.slice(0, 1)], ["a"]))
    for column in (bad, deep):
        content = parquet({"id": ["a", "b"], "other": column})
        assert [row["id"] for row in rows_of(JUDGE, content)] == ["b"]
        [rejected] = rejected_of(JUDGE, content)
        assert (rejected.position, rejected.breach.reason) == (1, "not_utf8")
        assert rejected.raw is not None
        assert "\ufffd" in rejected.raw


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "brotli", "zstd", "lz4"])
def test_compressions_are_read_and_damage_to_their_pages_is_seen(codec: str) -> None:
    content = parquet(WHOLE, compression=codec, write_page_checksum=True)
    assert len(rows_of(JUDGE, content)) == 200
    damaged = bytearray(content)
    damaged[200] ^= 1
    [rejected] = rejected_of(JUDGE, bytes(damaged))
    assert (rejected.position, rejected.breach.rule, rejected.raw, rejected.cause) == (
        1,
        "unreadable_file: expected a whole file of the contract's format",
        None,
        "id",
    )


def test_compression_that_nobody_can_undo_is_named() -> None:
    content = parquet(WHOLE, compression={"id": "snappy", "count": "brotli"})
    # In the footer a column's compression follows its name, Brotli as 8 and LZO as 6.
    content = content.replace(b"count\x15\x08", b"count\x15\x06")
    [rejected] = rejected_of(JUDGE, content)
    assert (rejected.breach.reason, rejected.cause) == ("unreadable_file", "count: compression LZO")


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "text": lambda whole: b"no Parquet at all",
    "empty": lambda whole: b"",
    "cut": lambda whole: whole[:-20],
    "beginning": lambda whole: whole[:100],
    "footer": lambda whole: whole[:-8] + (10**9).to_bytes(4, "little") + b"PAR1",
    "thrift": lambda whole: whole[:-60] + bytes(52) + whole[-8:],
    "pages": lambda whole: b"PAR1" + b"\xff" * (len(whole) // 2) + whole[4 + len(whole) // 2 :],
    "encrypted": lambda whole: b"PARE" + whole[4:-4] + b"PARE",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_file_that_cannot_be_read_is_one_rejected_record(name: str) -> None:
    [part] = parts_of(JUDGE, DAMAGED[name](parquet(WHOLE)))
    assert part.rows.num_rows == 0
    assert [(each.position, each.breach.reason, each.raw) for each in part.rejected] == [
        (1, "unreadable_file", None)
    ]


def test_file_is_unreadable_when_its_footer_tells_of_other_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    read = ParquetObject._read
    monkeypatch.setattr(ParquetObject, "_read", lambda self: (each.slice(1) for each in read(self)))
    [rejected] = rejected_of(JUDGE, parquet(WHOLE))
    assert (rejected.breach.reason, rejected.cause) == (
        "unreadable_file",
        "the footer tells of 200 rows, there are 199",
    )


def test_file_without_rows_is_no_record() -> None:
    assert parts_of(JUDGE, parquet({"id": pa.array([], pa.string())})) == []
    assert parts_of(JUDGE, parquet({"other": pa.array([], pa.string())})) == []


def test_damage_anywhere_leaves_all_records_or_one() -> None:
    rng = random.Random(20260101)  # noqa: S311 (a seed makes it repeatable)
    content = parquet(WHOLE, write_page_checksum=True, row_group_size=64)
    for _ in range(300):
        damaged = bytearray(content)
        for _ in range(rng.randint(1, 3)):
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        parts = parts_of(JUDGE, bytes(damaged[: rng.choice((len(damaged), len(damaged) - 5))]))
        records = sum(part.rows.num_rows + len(part.rejected) for part in parts)
        assert records in (1, 200)


def test_parts_are_bounded_by_bytes_and_positions_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_BYTES", 64 * 1024)
    monkeypatch.setattr(file, "_SAMPLE", 16)
    text = "x" * 1000
    columns = {"id": [f"{at}" for at in range(1000)], "note": [text] * 1000}
    judge = judge_of({"id": "string", "note": "string"}, {"id": {"checks": {"max_length": 2}}})
    for held in (file._HELD, 1):
        monkeypatch.setattr(file, "_HELD", held)
        parts = parts_of(judge, parquet(columns))
        assert max(part.rows.nbytes for part in parts) < 96 * 1024
        assert [at for part in parts for at in part.positions.to_pylist()] == list(range(1, 101))
        assert [each.position for part in parts for each in part.rejected] == list(range(101, 1001))


def test_raw_text_is_cut_off_when_a_record_is_too_long() -> None:
    [rejected] = rejected_of(JUDGE, parquet({"other": ["x" * 9_000_000]}))
    assert rejected.raw is not None
    assert len(rejected.raw) == 64 * 1024


def test_thousand_columns_are_judged_at_once() -> None:
    fields = {"id": "string", **{f"c{at}": "long" for at in range(1000)}}
    judge = judge_of(fields, {name: {"required": True} for name in fields})
    columns = {"id": ["a", "b"], **{f"c{at}": [at, None if at == 999 else at] for at in range(1000)}}
    content = parquet(columns)
    [row] = rows_of(judge, content)
    assert row["c999"] == 999
    assert [each.breach.detail for each in rejected_of(judge, content)] == ["c999: expected a value"]
    assert pq.read_metadata(pa.BufferReader(content)).num_columns == 1001
