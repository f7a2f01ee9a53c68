"""JSON records: each reason code, where a rejected record came from, and exact values."""

import datetime
import json
from decimal import Decimal

import pytest

pytestmark = pytest.mark.spark
FIELDS = {
    "id": "string", "count": "int", "big": "long", "ratio": "double", "price": "decimal(6, 2)",
    "day": "date", "at": "timestamptz", "on": "boolean", "kind": "string", "code": "string",
    "local": "timestamp", "value": {"type": "list", "element": "int"},
}  # fmt: skip
RULES = {
    "id": {"required": True},
    "count": {"checks": {"minimum": 1, "maximum": 10}},
    "ratio": {"checks": {"exclusive_minimum": 0, "exclusive_maximum": 0.5}},
    "day": {"checks": {"minimum": "2020-01-01", "exclusive_maximum": "2030-01-01"}},
    "at": {"checks": {"maximum": "2026-12-31T23:59:59+01:00"}},
    "local": {"checks": {"exclusive_minimum": "2026-01-01T00:00:00"}},
    "value": {"checks": {"min_length": 1, "max_length": 2}},
    "kind": {"checks": {"allowed": ["x", "y"]}},
    "code": {"checks": {"pattern": "^[A-Z]+$", "min_length": 2, "max_length": 4}},
}

REJECTED = [
    ("{", "malformed_json", "one JSON object"),
    ('{"id": "a"} trailing', "malformed_json", "one JSON object"),
    ('["id"]', "malformed_json", "one JSON object"),
    ('{"id": null}', "missing_required", "id"),
    ("{}", "missing_required", "id"),
    ('{"id": "a", "count": "three"}', "wrong_type", "count"),
    ('{"id": "a", "count": 2.5}', "wrong_type", "count"),
    ('{"id": "a", "count": {"n": 1}}', "wrong_type", "count"),
    ('{"id": "a", "big": 9223372036854775808}', "wrong_type", "big"),
    ('{"id": "a", "ratio": "NaN"}', "wrong_type", "ratio"),
    ('{"id": "a", "price": 1.005}', "wrong_type", "price"),
    ('{"id": "a", "price": 12345.00}', "wrong_type", "price"),
    ('{"id": "a", "day": "2026-02-30"}', "wrong_type", "day"),
    ('{"id": "a", "at": "2026-01-01T00:00:00"}', "wrong_type", "at"),
    ('{"id": "a", "at": "2026-01-01"}', "wrong_type", "at"),
    ('{"id": "a", "at": "yesterday"}', "wrong_type", "at"),
    ('{"id": "a", "on": "t"}', "wrong_type", "on"),
    ('{"id": "a", "count": 0}', "out_of_range", "count"),
    ('{"id": "a", "count": 11}', "out_of_range", "count"),
    ('{"id": "a", "ratio": 0}', "out_of_range", "ratio: expected more than 0"),
    ('{"id": "a", "ratio": 0.5}', "out_of_range", "ratio: expected less than 0.5"),
    ('{"id": "a", "day": "2019-12-31"}', "out_of_range", "day: expected at least 2020-01-01"),
    ('{"id": "a", "day": "2030-01-01"}', "out_of_range", "day: expected less than 2030-01-01"),
    ('{"id": "a", "at": "2026-12-31T23:00:00Z"}', "out_of_range", "at: expected at most 2026-12-31T22:59:59"),
    ('{"id": "a", "local": "2026-01-01T00:00:00"}', "out_of_range", "local: expected more than 2026-01-01"),
    ('{"id": "a", "value": []}', "bad_length", "value: expected at least 1 elements"),
    ('{"id": "a", "value": [1, 2, 3]}', "bad_length", "value: expected at most 2 elements"),
    ('{"id": "a", "kind": "z"}', "not_allowed", "kind"),
    ('{"id": "a", "code": "abc"}', "pattern_mismatch", "code"),
    ('{"id": "a", "code": "A"}', "bad_length", "code"),
    ('{"id": "a", "code": "ABCDE"}', "bad_length", "code"),
]


def test_faulty_record_is_kept_with_reason_place_and_text(make_bench) -> None:
    bench = make_bench(FIELDS, rules=RULES)
    lines = [text for text, _, _ in REJECTED]
    good = '{"id": "good"}'
    path = bench.put("\n".join([good, *lines, "", good.replace("good", "last")]).encode(), "x.json.gz")
    result = bench.run()
    assert [row["id"] for row in bench.rows()] == ["good", "last"]
    rejected = bench.rejected()
    assert [(row["raw"], row["reason"]) for row in rejected] == [(t, r) for t, r, _ in REJECTED]
    for row, (_, _, detail) in zip(rejected, REJECTED, strict=True):
        assert detail in row["detail"]
        assert row["source_object"] == f"file:{path}"
        assert row["ingest_date"] == datetime.date(2026, 1, 1)
    assert [row["position"] for row in rejected] == list(range(2, 2 + len(REJECTED)))
    assert sum(result.reasons.values()) == result.counts.rejected == len(REJECTED)


def test_values_are_read_exactly(make_bench) -> None:
    bench = make_bench(FIELDS, rules=RULES)
    record = {
        "id": "ü\"\\n", "count": 3, "big": -(2**63), "ratio": 1e-3, "price": "12.50", "day": "2024-02-29",
        "at": "2026-01-01T02:00:00.123456+02:00", "on": True, "kind": "x", "code": "AB",
        "local": "2026-01-01T00:00:01", "value": [1, 2],
        "unknown": {"ignored": 1},
    }  # fmt: skip
    bench.put_json(record)
    bench.run()
    [row] = bench.rows()
    assert row["id"] == record["id"]
    assert (row["count"], row["big"], row["ratio"], row["on"]) == (3, -(2**63), 0.001, True)
    assert row["price"] == Decimal("12.50")
    assert row["day"] == datetime.date(2024, 2, 29)
    table = bench.table(bench.dataset.silver_table)
    assert table.selectExpr("unix_micros(at)").first()[0] == 1_767_225_600_123_456


def test_bytes_that_are_no_utf_8_do_not_stop_the_run(make_bench) -> None:
    bench = make_bench(FIELDS, rules=RULES)
    bench.put(b'{"id": "a"}\n\xff\xfe{"id"\n{"id": "b"}\n')
    assert bench.run().counts.rejected == 1
    assert [row["id"] for row in bench.rows()] == ["a", "b"]


def test_nested_values_are_read_and_their_required_members_checked(make_bench) -> None:
    member = {"name": "sku", "type": "string", "required": True}
    lines = {"type": "list", "element": {"type": "struct", "fields": [member]}}
    bench = make_bench({"id": "string", "lines": lines})
    bench.put_json({"id": "a", "lines": [{"sku": "1"}, {"sku": "2"}]}, {"id": "b", "lines": [{}]})
    bench.put_json({"id": "c"})
    bench.run()
    assert [row["lines"] for row in bench.rows()] == [[{"sku": "1"}, {"sku": "2"}], None]
    assert [row["reason"] for row in bench.rejected()] == ["missing_required"]


STRANGE = (
    '{"id": "a", "n": 1.5, "text": "1", "none": null, "deep": {"x": [true, "}"]}, "it\'s": "q", "*": 2, '
    '"\\"ü": ""}'
)


def test_unknown_fields_are_rescued_with_their_types(make_bench) -> None:
    bench = make_bench({"id": "string", "note": "string"}, unknown_fields="rescue")
    bench.put(f'{STRANGE}\n{{"id": "b", "note": "x"}}\n'.encode())
    bench.run()
    table = bench.table(bench.dataset.silver_table).orderBy("id")
    assert table.columns[-1] == "_rescued"
    strange, plain = (row["_rescued"] for row in table.collect())
    # A name that no JSON path can quote has its value as a text.
    expected = {**json.loads(STRANGE), "*": "2"}
    del expected["id"]
    assert json.loads(strange) == expected
    assert plain is None


def test_record_with_an_unknown_field_is_rejected_when_the_contract_says_so(make_bench) -> None:
    bench = make_bench({"id": "string"}, unknown_fields="reject")
    bench.put_json({"id": "a"}, {"id": "b", "secret": "hidden"}, {"ID": "c"})
    assert bench.run().reasons == {"unknown_field": 2}
    assert [row["id"] for row in bench.rows()] == ["a"]
    assert "unknownFields: reject" in bench.rejected()[0]["detail"]
    assert "hidden" not in bench.rejected()[0]["detail"]
