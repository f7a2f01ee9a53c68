"""JSON records: each reason code, where a rejected record came from, and exact values."""

import json
import time
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from lakehouse_etl.contract.reasons import KEPT_CHARACTERS, MAX_RECORD_BYTES
from lakehouse_etl.judge.hashes import hash_of

from tests.unit.glue_scripts.judge.subjects import Verdicts, dataset, lines, verdicts

FIELDS = {
    "id": "string", "count": "int", "big": "long", "ratio": "double", "price": "decimal(6, 2)",
    "day": "date", "at": "timestamptz", "on": "boolean", "kind": "string", "code": "string",
    "local": "timestamp", "value": {"type": "list", "element": "int"},
}  # fmt: skip
RULES: dict[str, dict[str, Any]] = {
    "id": {"required": True},
    "count": {"checks": {"minimum": 1, "maximum": 10}},
    "ratio": {"checks": {"exclusive_minimum": 0, "exclusive_maximum": 0.5}},
    "day": {"checks": {"minimum": "2020-01-01", "exclusive_maximum": "2030-01-01"}},
    "at": {"checks": {"maximum": "2026-12-31T22:59:59+00:00"}},
    "local": {"checks": {"exclusive_minimum": "2026-01-01T00:00:00"}},
    "value": {"checks": {"min_length": 1, "max_length": 2}},
    "kind": {"checks": {"allowed": ["x", "y"]}},
    "code": {"checks": {"pattern": "^[A-Z]+$", "min_length": 2, "max_length": 4}},
}
REQUIRED = {"id": {"required": True}}
ID = {"id": "string"}

REJECTED = [
    ("{", "malformed_json", "one JSON object"),
    ('{"id": "a"} trailing', "malformed_json", "one JSON object"),
    ('["id"]', "malformed_json", "one JSON object"),
    ("[]", "malformed_json", "one JSON object"),
    ("null", "malformed_json", "one JSON object"),
    ('{"id": NaN}', "malformed_json", "one JSON object"),
    ('{"id": -Infinity}', "malformed_json", "one JSON object"),
    ('{"id": null}', "missing_required", "id: expected a value"),
    ("{}", "missing_required", "id"),
    ('{"id": "a", "count": "three"}', "wrong_type", "count"),
    ('{"id": "a", "count": 2.5}', "wrong_type", "count"),
    ('{"id": "a", "count": {"n": 1}}', "wrong_type", "count"),
    ('{"id": "a", "big": 9223372036854775808}', "overflow", "big: expected a number that long holds"),
    ('{"id": "a", "ratio": "NaN"}', "wrong_type", "ratio"),
    ('{"id": "a", "price": 1.005}', "wrong_type", "price: expected decimal(6, 2) without rounding"),
    ('{"id": "a", "price": 12345.00}', "overflow", "price"),
    ('{"id": "a", "day": "2026-02-30"}', "bad_timestamp", "day"),
    ('{"id": "a", "at": "2026-01-01T00:00:00"}', "bad_timestamp", "at"),
    ('{"id": "a", "at": "2026-01-01"}', "bad_timestamp", "at"),
    ('{"id": "a", "at": "yesterday"}', "bad_timestamp", "at"),
    ('{"id": "a", "on": "t"}', "wrong_type", "on"),
    ('{"id": "a", "count": 0}', "out_of_range", "count: expected at least 1"),
    ('{"id": "a", "count": 11}', "out_of_range", "count: expected at most 10"),
    ('{"id": "a", "ratio": 0}', "out_of_range", "ratio: expected more than 0"),
    ('{"id": "a", "ratio": 0.5}', "out_of_range", "ratio: expected less than 0.5"),
    ('{"id": "a", "day": "2019-12-31"}', "out_of_range", "day: expected at least 2020-01-01"),
    ('{"id": "a", "day": "2030-01-01"}', "out_of_range", "day: expected less than 2030-01-01"),
    ('{"id": "a", "at": "2026-12-31T23:00:00Z"}', "out_of_range", "at: expected at most 2026-12-31T22:59:59"),
    ('{"id": "a", "local": "2026-01-01T00:00:00"}', "out_of_range", "local: expected more than 2026-01-01"),
    ('{"id": "a", "value": []}', "bad_length", "value: expected at least 1 elements"),
    ('{"id": "a", "value": [1, 2, 3]}', "bad_length", "value: expected at most 2 elements"),
    ('{"id": "a", "kind": "z"}', "not_allowed", "kind: expected one of x, y"),
    ('{"id": "a", "code": "abc"}', "pattern_mismatch", "code: expected a match of ^[A-Z]+$"),
    ('{"id": "a", "code": "A"}', "bad_length", "code: expected at least 2 characters"),
    ('{"id": "a", "code": "ABCDE"}', "bad_length", "code: expected at most 4 characters"),
]


def test_faulty_record_is_kept_with_reason_place_and_text() -> None:
    good = '{"id": "good"}'
    content = "\n".join([good, *(text for text, _, _ in REJECTED), "", good.replace("good", "last")])
    found = verdicts(dataset(FIELDS, RULES), content.encode())
    assert [row["id"] for row in found.rows] == ["good", "last"]
    assert found.positions == [1, len(REJECTED) + 2]
    assert [(each.raw, each.breach.reason) for each in found.rejected] == [(t, r) for t, r, _ in REJECTED]
    for each, (_, _, detail) in zip(found.rejected, REJECTED, strict=True):
        assert detail in each.breach.detail
    assert [each.position for each in found.rejected] == list(range(2, 2 + len(REJECTED)))


def test_values_are_read_exactly() -> None:
    record = {
        "id": "ü\"\\n", "count": 3, "big": -(2**63), "ratio": 1e-3, "price": "12.50", "day": "2024-02-29",
        "at": "2026-01-01T02:00:00.123456+02:00", "on": True, "kind": "x", "code": "AB",
        "local": "2026-01-01T00:00:01", "value": [1, 2],
        "unknown": {"ignored": 1},
    }  # fmt: skip
    [row] = verdicts(dataset(FIELDS, RULES), lines(record)).rows
    assert row["id"] == record["id"]
    assert (row["count"], row["big"], row["ratio"], row["on"]) == (3, -(2**63), 0.001, True)
    assert (row["price"], row["day"]) == (Decimal("12.50"), date(2024, 2, 29))
    assert row["at"].isoformat() == "2026-01-01T00:00:00.123456+00:00"
    assert (row["local"], row["value"]) == (datetime(2026, 1, 1, 0, 0, 1), [1, 2])
    assert row["_record_hash"] == hash_of(json.dumps(record).encode())


FORMS = [
    (b'{"id": "\xff"}', "not_utf8", "expected UTF-8"),
    (b'{"id": "a", "unknown": "\xed\xa0\x80"}', "not_utf8", "expected UTF-8"),
    (b'{"id": "\\ud83d"}', "not_utf8", "whole characters"),
    (b'{"id": "\\ude00\\ud83d"}', "not_utf8", "whole characters"),
    (b'{"id": "a", "\\ud83d": 1}', "not_utf8", "whole characters"),
    (b'{"id": "a"}]', "malformed_json", "one JSON object"),
    (b'{"id": "a"}, {"id": "b"}', "malformed_json", "one JSON object"),
    (b'{"id": "a"}, "id": "b"', "malformed_json", "one JSON object"),
    (b'{"id": "\x00"}', "malformed_json", "one JSON object"),
    (b" \xef\xbb\xbf{}", "malformed_json", "one JSON object"),
    (b'{"id": ' + b"[" * 1100 + b"]" * 1100 + b"}", "malformed_json", "one JSON object"),
    (b'{"id": ' + b"9" * 1001 + b"}", "malformed_json", "one JSON object"),
    (b'{"id": "a", "unknown": 0.' + b"9" * 1000 + b"}", "malformed_json", "one JSON object"),
    (b'{"id": "a", "id": "a"}', "repeated_key", "expected each key"),
    (b'{"id": "a", "x": 1, "x": 2}', "repeated_key", "expected each key"),
    (b'{"id": "a", "lines": [{}, {"n": {"k": 1, "k": 1}}]}', "repeated_key", "lines: expected each key"),
    (b'{"id": "a", "lines": "[{\\"n\\": 1, \\"n\\": 1}]"}', "repeated_key", "lines: expected each key"),
    (b'{"id": 1.10}', "wrong_type", "id: expected a text; a number with a fraction needs quotes"),
    (b'{"id": 1e3}', "wrong_type", "id: expected a text"),
    (b'{"id": "a", "big": 1e999}', "overflow", "big: expected a number that long holds"),
    (b'{"id": "a", "ratio": 1e999}', "overflow", "ratio"),
    (b'{"id": "a", "price": 1.0000000000000001}', "wrong_type", "price"),
    (b'{"id": "a", "price": 1e-400}', "wrong_type", "price"),
    (b'{"id": "a", "lines": [{"n": {"k": 1.5}}]}', "wrong_type", "lines: expected array<struct<n:struct"),
    (b'{"id": "a", "lines": "[{}], [{}]"}', "wrong_type", "lines"),
    (b'{"id": "a", "lines": "null"}', "wrong_type", "lines"),
    (b'{"id": "a", "lines": "[{\\"\\\\ud800\\": 1}]"}', "wrong_type", "lines"),
    (b'{"id": "a", "lines": {}}', "wrong_type", "lines"),
    (b'{"id": "a", "lines": [{"n": []}]}', "wrong_type", "lines"),
    (b'{"id": "a", "at": "2026-01-01T25:00:00Z"}', "bad_timestamp", "at"),
    (b'{"id": "a", "day": "0000-01-01"}', "bad_timestamp", "day"),
]
INNER = {
    "type": "struct",
    "fields": [
        {
            "name": "n",
            "type": {"type": "struct", "fields": [{"name": "k", "type": "long", "required": False}]},
            "required": False,
        }
    ],
}


def test_record_is_rejected_with_its_reason_when_its_form_is_no_good() -> None:
    subject = dataset({**FIELDS, "lines": {"type": "list", "element": INNER}}, REQUIRED)
    good = b'{"id": "\\ud83d\\ude00", "lines": [{"n": {"k": 7}}], "price": 12.500000000000000000}'
    records = b"\r\n".join([good, *(line for line, _, _ in FORMS)])
    found = verdicts(subject, b"\xef\xbb\xbf" + records + b'\r{"id": "cr"}')
    assert [(row["id"], row["price"]) for row in found.rows] == [
        ("\U0001f600", Decimal("12.50")),
        ("cr", None),
    ]
    assert found.rows[0]["_record_hash"] == hash_of(good)
    assert [each.raw for each in found.rejected] == [line.decode(errors="replace") for line, _, _ in FORMS]
    assert found.reasons == [reason for _, reason, _ in FORMS]
    for each, (_, _, detail) in zip(found.rejected, FORMS, strict=True):
        assert detail in each.breach.detail


def test_record_is_rejected_unread_when_it_is_oversized() -> None:
    long = b'{"id": "' + b"x" * (3 * MAX_RECORD_BYTES) + b'"}'
    found = verdicts(dataset(FIELDS), b'{"id": "a"}\n' + long + b'\r{"id": "b"}')
    assert found.reasons == ["oversized_record"]
    assert found.rejected[0].raw == long[:KEPT_CHARACTERS].decode()
    assert [row["id"] for row in found.rows] == ["a", "b"]


def test_record_is_read_when_it_is_exactly_as_long_as_allowed() -> None:
    text = "x" * (MAX_RECORD_BYTES - len('{"id": ""}'))
    content = f'{{"id": "{text}"}}\n{{"id": "{text}x"}}'.encode()
    found = verdicts(dataset(ID), content)
    assert ([row["id"] for row in found.rows], found.reasons) == ([text], ["oversized_record"])


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_are_whole_when_they_cross_what_is_read_at_a_time(end: bytes) -> None:
    records = [{"id": str(at), "kind": "x" * 1000} for at in range(10_000)]
    content = end.join(json.dumps(record).encode() for record in records)
    found = verdicts(dataset(FIELDS), content)
    assert [row["id"] for row in found.rows] == [record["id"] for record in records]
    assert found.positions == list(range(1, 10_001))


def test_blank_lines_take_no_position() -> None:
    found = verdicts(dataset(ID), b'\n \t\x0b\x0c\r\n{"id": "a"}\r\r\n\n{}x\n')
    assert (found.positions, [each.position for each in found.rejected]) == ([1], [2])


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n", b" "])
def test_object_has_no_records_when_it_is_blank(content: bytes) -> None:
    assert verdicts(dataset(ID), content) == Verdicts([], [], [])


SPLIT = [
    ('{"id": "a"}{"id": "b"}', ["a", "b"]),
    ('  {"id": "a"}\t{"id": "b"} ', ["a", "b"]),
    ('[{"id": "a"}, {"id": "b"}]', ["a", "b"]),
    ('[{"id": "a"}]{"id": "b"}[]', ["a", "b"]),
    ('[{"id": "a"}]', ["a"]),
    ('{"id": "a"} []', ["a"]),
]


@pytest.mark.parametrize(("line", "ids"), SPLIT, ids=[line for line, _ in SPLIT])
def test_line_is_as_many_records_as_it_has_objects(line: str, ids: list[str]) -> None:
    found = verdicts(dataset(ID), f'{line}\n{{"id": "last"}}'.encode())
    assert [row["id"] for row in found.rows] == [*ids, "last"]
    assert found.positions == list(range(1, len(ids) + 2))
    assert found.rows[0]["_record_hash"] == hash_of(b'{"id": "a"}')


def test_record_of_a_line_of_several_is_judged_alone_when_only_its_values_are_wrong() -> None:
    found = verdicts(dataset(FIELDS), b'{"id": "a"} {"id": "b", "count": 1.5} {"id": "\\ud800"}')
    assert [row["id"] for row in found.rows] == ["a"]
    assert [(each.position, each.raw) for each in found.rejected] == [
        (2, '{"id": "b", "count": 1.5}'),
        (3, '{"id": "\\ud800"}'),
    ]


@pytest.mark.parametrize(
    "line",
    ['[{"id": "a"}, 1]', '{"id": "a"}{"id"', '[{"id": "a"},]', '[{"id": "a"}', '[[{"id": "a"}]]', "[] []"],
)
def test_line_is_one_malformed_record_when_any_of_it_is(line: str) -> None:
    found = verdicts(dataset(ID), line.encode())
    assert [(each.breach.reason, each.raw) for each in found.rejected] == [("malformed_json", line)]
    assert found.rows == []


@pytest.mark.parametrize(("depth", "reasons"), [(499, []), (500, ["malformed_json"])])
def test_record_is_read_unless_it_is_nested_too_deep(depth: int, reasons: list[str]) -> None:
    arrays = "[" * depth + '"]]]"' + "]" * depth
    found = verdicts(dataset({"id": "string", "note": "string"}), f'{{"id": "a", "note": {arrays}}}'.encode())
    assert (found.reasons, [row["note"] for row in found.rows]) == (reasons, [] if reasons else [arrays])


@pytest.mark.parametrize("deep", ['{"a":' * 499 + "1" + "}" * 499, '[{"a":' * 249 + "1" + "}]" * 249])
def test_deep_object_is_rescued_as_it_came(deep: str) -> None:
    found = verdicts(dataset(ID, unknown_fields="rescue"), f'{{"id": "a", "deep": {deep}}}'.encode())
    assert found.rows[0]["_rescued"] == f'{{"deep":{deep}}}'


def test_brackets_in_texts_are_no_depth() -> None:
    found = verdicts(dataset(ID), lines({"id": '[{"\\' * 400}))
    assert found.rows[0]["id"] == '[{"\\' * 400


LONG = 1_000_000
HEAVY = [
    ('{"x": [' + "[]," * 600 + '"' + '\\"' * LONG, "malformed_json"),
    ('{"id": "a"}' + " " * LONG + "x", "malformed_json"),
    ('{"id": "a", "price": "' + "9" * LONG + 'x"}', "wrong_type"),
    ('{"id": "a", "price": "' + "9" * LONG + '"}', "overflow"),
    ('{"id": "a", "price": "0.' + "9" * LONG + '"}', "wrong_type"),
    ('{"id": "a", "count": "' + "9" * LONG + '"}', "overflow"),
    ('{"id": "a", "ratio": "' + "9" * LONG + 'e"}', "wrong_type"),
    ('{"id": "a", "at": "' + "2026-01-01T" * LONG + '"}', "oversized_record"),
    ('{"id": "' + "\\\\ud83d" * LONG + '\\ud83d"}', "not_utf8"),
]


@pytest.mark.parametrize(("line", "reason"), HEAVY, ids=[f"{line[:28]} {reason}" for line, reason in HEAVY])
def test_record_costs_no_more_than_its_length_when_it_is_meant_to(line: str, reason: str) -> None:
    began = time.process_time()
    assert verdicts(dataset(FIELDS), line.encode()).reasons == [reason]
    assert time.process_time() - began < 5


def test_byte_order_mark_may_stand_before_any_record_of_a_stream() -> None:
    marked = b'\xef\xbb\xbf{"id": "a"}'
    subject = dataset({"id": "string"}, REQUIRED)
    found = verdicts(subject, b"\n".join([marked] * 200 + [b"\xef\xbb\xbf", b'{"id": "a"}']))
    assert [row["id"] for row in found.rows] == ["a"] * 201
    assert {row["_record_hash"] for row in found.rows} == {hash_of(b'{"id": "a"}')}
