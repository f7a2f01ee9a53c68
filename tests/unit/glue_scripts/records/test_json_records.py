"""JSON records: each reason code, where a rejected record came from, and exact values."""

import datetime
import gzip
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from lakehouse_etl.contract.reasons import KEPT_CHARACTERS, MAX_RECORD_BYTES
from lakehouse_etl.job.storage import LocalStorage, StoredObject
from lakehouse_etl.silver.run import SilverRun
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from tests.unit.glue_scripts.bench import MakeBench

pytestmark = pytest.mark.spark
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

REJECTED = [
    ("{", "malformed_json", "one JSON object"),
    ('{"id": "a"} trailing', "malformed_json", "one JSON object"),
    ('["id"]', "malformed_json", "one JSON object"),
    ('{"id": null}', "missing_required", "id"),
    ("{}", "missing_required", "id"),
    ('{"id": "a", "count": "three"}', "wrong_type", "count"),
    ('{"id": "a", "count": 2.5}', "wrong_type", "count"),
    ('{"id": "a", "count": {"n": 1}}', "wrong_type", "count"),
    ('{"id": "a", "big": 9223372036854775808}', "overflow", "big"),
    ('{"id": "a", "ratio": "NaN"}', "wrong_type", "ratio"),
    ('{"id": "a", "price": 1.005}', "wrong_type", "price"),
    ('{"id": "a", "price": 12345.00}', "overflow", "price"),
    ('{"id": "a", "day": "2026-02-30"}', "bad_timestamp", "day"),
    ('{"id": "a", "at": "2026-01-01T00:00:00"}', "bad_timestamp", "at"),
    ('{"id": "a", "at": "2026-01-01"}', "bad_timestamp", "at"),
    ('{"id": "a", "at": "yesterday"}', "bad_timestamp", "at"),
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


def test_faulty_record_is_kept_with_reason_place_and_text(make_bench: MakeBench) -> None:
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


def test_values_are_read_exactly(make_bench: MakeBench) -> None:
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


FORMS = [
    (b'{"id": "\xff"}', "not_utf8", "expected UTF-8"),
    (b'{"id": "a", "unknown": "\xed\xa0\x80"}', "not_utf8", "expected UTF-8"),
    (b'{"id": "\\ud83d"}', "not_utf8", "whole characters"),
    (b'{"id": "a"}]', "malformed_json", "one JSON object"),
    (b'{"id": "a"}, {"id": "b"}', "malformed_json", "one JSON object"),
    (b'{"id": "a"}, "id": "b"', "malformed_json", "one JSON object"),
    (b'{"id": "\x00"}', "malformed_json", "one JSON object"),
    (b'{"id": ' + b"[" * 1100 + b"]" * 1100 + b"}", "malformed_json", "one JSON object"),
    (b'{"id": "a", "id": "a"}', "repeated_key", "expected each key"),
    (b'{"id": "a", "x": 1, "x": 2}', "repeated_key", "expected each key"),
    (b'{"id": "a", "lines": [{}, {"n": {"k": 1, "k": 1}}]}', "repeated_key", "lines: expected each key"),
    (b'{"id": 1.10}', "wrong_type", "id: expected a text"),
    (b'{"id": "a", "big": 1e999}', "wrong_type", "big: expected long"),
    (b'{"id": "a", "ratio": 1e999}', "overflow", "ratio"),
    (b'{"id": "a", "price": 1.0000000000000001}', "wrong_type", "price"),
    (b'{"id": "a", "price": 1e-400}', "wrong_type", "price"),
    (b'{"id": "a", "lines": [{"n": {"k": 1.5}}]}', "wrong_type", "lines"),
    (b'{"id": "a", "lines": "[{}], [{}]"}', "wrong_type", "lines"),
    (b'{"id": "a", "at": "2026-01-01T25:00:00Z"}', "bad_timestamp", "at"),
    (b'{"id": "a", "day": "0000-01-01"}', "bad_timestamp", "day"),
]


def test_record_is_rejected_with_its_reason_when_spark_alone_would_take_it(make_bench: MakeBench) -> None:
    member = {"name": "k", "type": "long", "required": False}
    inner = {
        "type": "struct",
        "fields": [{"name": "n", "type": {"type": "struct", "fields": [member]}, "required": False}],
    }
    bench = make_bench(
        {**FIELDS, "lines": {"type": "list", "element": inner}}, rules={"id": {"required": True}}
    )
    good = b'{"id": "\\ud83d\\ude00", "lines": [{"n": {"k": 7}}], "price": 12.500000000000000000}'
    bench.put(
        b"\xef\xbb\xbf" + b"\r\n".join([good, *(line for line, _, _ in FORMS)]) + b"\r" + b'{"id": "cr"}'
    )
    bench.run()
    assert [(row["id"], row["price"]) for row in bench.rows()] == [
        ("cr", None),
        ("\U0001f600", Decimal("12.50")),
    ]
    rejected = bench.rejected()
    # Half a surrogate pair is one broken character to Java, and three to Python.
    raws = [line.replace(b"\xed\xa0\x80", b"\xff").decode(errors="replace") for line, _, _ in FORMS]
    assert [row["raw"] for row in rejected] == raws
    assert [row["reason"] for row in rejected] == [reason for _, reason, _ in FORMS]
    for row, (_, _, detail) in zip(rejected, FORMS, strict=True):
        assert detail in row["detail"]


def test_record_is_rejected_unread_when_it_is_oversized(make_bench: MakeBench) -> None:
    bench = make_bench(FIELDS)
    bench.put(b'{"id": "a"}\n{"id": "' + b"x" * MAX_RECORD_BYTES + b'"}\n{"id": "b"}')
    assert bench.run().reasons == {"oversized_record": 1}
    [rejected] = bench.rejected()
    assert (rejected["position"], len(rejected["raw"])) == (2, KEPT_CHARACTERS)
    assert [row["id"] for row in bench.rows()] == ["a", "b"]


def test_damaged_gzip_is_one_record_and_its_siblings_are_read(make_bench: MakeBench) -> None:
    bench = make_bench(FIELDS)
    whole = gzip.compress(b'{"id": "x"}\n' * 1000)
    damaged = {"cut": whole[:-20], "none": b"no gzip", "flipped": whole[:30] + b"\xff" + whole[31:]}
    bench.put(b"", "members.json.gz", hour=0).write_bytes(
        gzip.compress(b'{"id": "a"}\n') + gzip.compress(b'{"id": "b"}')
    )
    for name, content in damaged.items():
        bench.put(b"", f"{name}.json.gz", hour=0).write_bytes(content)
    result = bench.run()
    assert (result.reasons, result.counts.records_in) == ({"unreadable_file": 3}, 5)
    assert [row["id"] for row in bench.rows()] == ["a", "b"]
    assert {row["source_object"].rpartition("/")[2].partition(".")[0] for row in bench.rejected()} == set(
        damaged
    )
    assert bench.run().objects == 0


def test_failure_is_no_damage_when_the_bytes_are_not_at_fault(make_bench: MakeBench) -> None:
    bench = make_bench(FIELDS)
    bench.put(b'{"id": "a"}')
    path = bench.put(b'{"id": "b"}')

    class Gone(LocalStorage):
        def list(self, prefix: str, after: str) -> Iterator[StoredObject]:
            yield from list(super().list(prefix, after))
            path.unlink(missing_ok=True)

    run = SilverRun(bench.spark.newSession(), Gone(), bench.dataset, "gone")
    with pytest.raises((Py4JJavaError, PySparkException), match=r"object-2|does not exist|FileNotFound"):
        run.run(lambda: b"")
    assert bench.head() is None


def test_nested_values_are_read_and_their_required_members_checked(make_bench: MakeBench) -> None:
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


def test_unknown_fields_are_rescued_with_their_types(make_bench: MakeBench) -> None:
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


def test_record_with_an_unknown_field_is_rejected_when_the_contract_says_so(make_bench: MakeBench) -> None:
    bench = make_bench({"id": "string"}, unknown_fields="reject")
    bench.put_json({"id": "a"}, {"id": "b", "secret": "hidden"}, {"ID": "c"})
    assert bench.run().reasons == {"unknown_field": 2}
    assert [row["id"] for row in bench.rows()] == ["a"]
    assert "unknownFields: reject" in bench.rejected()[0]["detail"]
    assert "hidden" not in bench.rejected()[0]["detail"]


@pytest.mark.parametrize("policy", ["reject", "rescue"])
def test_routing_member_is_known_when_the_stream_is_shared(make_bench: MakeBench, policy: str) -> None:
    shared = {"routing_member": "dataset"}
    bench = make_bench({"id": "string"}, bronze=shared, unknown_fields=policy, max_rejected_ratio=1)
    bench.put_json({"id": "a", "dataset": "shop/orders"}, {"id": "b", "dataset": "shop/orders", "x": 1})
    outcome = bench.run()
    rows = {row["id"]: row for row in bench.table(bench.dataset.silver_table).collect()}
    if policy == "reject":
        assert (outcome.reasons, list(rows)) == ({"unknown_field": 1}, ["a"])
    else:
        assert (rows["a"]["_rescued"], json.loads(rows["b"]["_rescued"])) == (None, {"x": 1})
