"""The fast tier takes what is plain, whatever habits producers have, and leaves the rest to the careful."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Source
from lakehouse_etl.judge.records import Record
from lakehouse_etl.judge.vectorised.parts import FEW

from tests.unit.glue_scripts.judge.subjects import KEYS, dataset
from tools.bench.orders import Batch, write

LINES = 5 * FEW
ORDERS = dataset(
    {
        "order_id": "string", "customer_id": "string", "customer_email": "string", "status": "string",
        "currency": "string", "amount": "decimal(12, 2)", "item_count": "int", "ordered_at": "timestamptz",
        "updated_at": "timestamptz",
    },
    {
        "order_id": {"required": True, "checks": {"min_length": 1, "max_length": 40}},
        "customer_email": {"masking": "hash", "checks": {"pattern": r"^[^@\s]+@[^@\s]+$", "max_length": 254}},
        "status": {"required": True, "checks": {"allowed": ["created", "paid", "shipped", "cancelled"]}},
        "amount": {"required": True, "checks": {"minimum": 0}},
        "item_count": {"required": True, "checks": {"minimum": 1, "maximum": 1000}},
    },
)  # fmt: skip
KINDS = {
    "id": "string", "count": "long", "ratio": "double", "price": "decimal(12, 2)", "day": "date",
    "at": "timestamptz", "local": "timestamp", "on": "boolean", "blob": "binary",
    "tags": {"type": "list", "element": "string"},
    "size": {"type": "struct", "fields": [{"name": "x", "type": "float", "required": True}]},
    "counts": {"type": "map", "key": "string", "value": "int"},
    "limits": {"type": "map", "key": "string", "value": "int", "value-required": True},
    "parts": {"type": "list", "element": "int", "element-required": True},
}  # fmt: skip
PLAIN: dict[str, Any] = {
    "id": "ü \U0001f600", "count": -(2**60), "ratio": 1.5e-7, "price": 10.5, "day": "2026-12-31",
    "at": "2026-01-31T10:00:00.5+01:00", "local": "2026-01-31 10:00:00", "on": True, "blob": "AAE=",
    "tags": ["a", None, ""], "size": {"x": 0.25}, "counts": {"a": 1, "b": None},
    "limits": {"a": 1}, "parts": [1, 2],
}  # fmt: skip


def _doubted(monkeypatch: pytest.MonkeyPatch, subject: Dataset, content: bytes) -> int:
    """Return how many records the careful tier is given."""
    judge = Judge(subject, KEYS)
    assert judge._tier is not None
    given: list[tuple[int, Record]] = []
    carefully = judge._tier._carefully

    def parts(uri: str, records: Any) -> Any:
        given.extend(found := list(records))
        return carefully(uri, found)

    monkeypatch.setattr(judge._tier, "_carefully", parts)
    rows = [part.rows.num_rows for part in judge.judged(Source("object", content))]
    assert sum(rows) > 0
    return len(given)


def _lines(records: Sequence[Any], *, escaped: bool = False) -> bytes:
    return b"\n".join(json.dumps(record, ensure_ascii=escaped).encode() for record in records)


def test_orders_are_taken_but_for_those_that_break_the_contract(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(tmp_path, Batch(0, 20_000, faults=0.005), compressed=False)
    [path] = tmp_path.iterdir()
    assert _doubted(monkeypatch, ORDERS, path.read_bytes()) <= 0.01 * 20_000


@pytest.mark.parametrize("escaped", [False, True])
def test_values_of_every_type_are_taken(monkeypatch: pytest.MonkeyPatch, escaped: bool) -> None:
    assert _doubted(monkeypatch, dataset(KINDS), _lines([PLAIN] * LINES, escaped=escaped)) == 0


@pytest.mark.parametrize("name", sorted(set(KINDS) - {"id"}))
def test_absent_and_null_members_are_taken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    absent = {other: value for other, value in PLAIN.items() if other != name}
    records = [absent, {**PLAIN, name: None}, PLAIN] * LINES
    assert _doubted(monkeypatch, dataset(KINDS), _lines(records)) == 0


def test_null_is_taken_when_other_values_break_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = dataset({"id": "string", "note": "string"}, {"note": {"checks": {"allowed": ["a"]}}})
    records = [{"id": "a"}, {"id": "a", "note": "a"}] * LINES + [{"id": "a", "note": "b"}]
    assert _doubted(monkeypatch, subject, _lines(records)) == 1


def test_numbers_in_quotes_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    quoted = {**PLAIN, **{name: str(PLAIN[name]) for name in ("count", "ratio", "price")}}
    assert _doubted(monkeypatch, dataset(KINDS), _lines([quoted, PLAIN] * LINES)) == 0


@pytest.mark.parametrize(
    "others", [{"a": 1}, {"a": 'say "x" \\'}, {"a": {"b": ["c"]}, "z": None}, {"é\n": ""}]
)
def test_members_that_are_ignored_are_taken(monkeypatch: pytest.MonkeyPatch, others: dict[str, Any]) -> None:
    records = [PLAIN, {**others, **PLAIN}] * LINES
    doubted = _doubted(monkeypatch, dataset(KINDS), _lines(records))
    # A name that needs escapes is one that the decoder cannot look for.
    assert doubted == (LINES if "é\n" in others else 0)


@pytest.mark.parametrize("policy", ["rescue", "reject"])
def test_members_that_are_not_ignored_are_doubted(monkeypatch: pytest.MonkeyPatch, policy: str) -> None:
    subject = dataset(KINDS, unknown_fields=policy)
    assert _doubted(monkeypatch, subject, _lines([PLAIN, {**PLAIN, "other": 1}] * LINES)) == LINES


@pytest.mark.parametrize("policy", ["ignore", "rescue", "reject"])
def test_routing_member_is_taken(monkeypatch: pytest.MonkeyPatch, policy: str) -> None:
    subject = dataset(KINDS, bronze={"routing_member": "_type"}, unknown_fields=policy)
    assert _doubted(monkeypatch, subject, _lines([{"_type": "x", **PLAIN}] * LINES)) == 0


def test_names_are_doubted_when_there_are_more_than_are_worth_knowing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = [{**PLAIN, f"other{at}": 1} for at in range(100)]
    many = [PLAIN, {**PLAIN, **{f"other{at}": 1 for at in range(101)}}] * LINES
    assert _doubted(monkeypatch, dataset(KINDS), _lines(few)) == 0
    assert _doubted(monkeypatch, dataset(KINDS), _lines(many)) == LINES


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": "a", "id": "a"}',
        b'{"id": "a", "count": 1, "count": null}',
        b'{"id": "a", "counts": {"a": 1, "a": 1}}',
        b'{"id": "a", "size": {"x": 1, "x": 1}}',
        b'{"id": "a", "ID": "a"}',
        b'{"id": "a"} {"id": "b"}',
        b'{"id": "a", "count": 1.0}',
        b'{"id": "a", "size": {"x": null}}',
        b'{"id": "a", "size": {"x": -0}}',
        b'{"id": "a", "ratio": -0}',
        b'{"id": "a", "limits": {"x": null}}',
        b'{"id": "a", "parts": [null]}',
        b'{"id": "a", "size": "{}"}',
        b'{"id": "a", "other": ' + b"1" * 1001 + b"}",
        b'{"id": "a", "other": ' + b"[" * 501 + b"]" * 501 + b"}",
        b'{"id": "a", "other": "\xff"}',
        b'{"id": "\\ud800"}',
    ],
)
def test_line_is_doubted_when_it_is_not_plain(monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    content = b"\n".join([*[b'{"id": "a", "other": 1}'] * LINES, line])
    assert _doubted(monkeypatch, dataset(KINDS), content) == (2 if line.count(b"} {") else 1)


def test_records_of_csv_are_taken_but_for_the_wrong_one(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = dataset({**KINDS, "note": "string"}, bronze={"format": "csv", "null_token": "NA"})
    row = b'2,"a ""b""\n",-1,0.5,1.50,2026-01-31,2026-01-31T00:00:00Z,2026-01-31T00:00:00,true,AAE=,\n'
    header = b"other,id,count,ratio,price,day,at,local,on,blob,tags\n"
    content = header + row * LINES + row.replace(b"-1", b"NA") + row.replace(b"-1", b"x")
    assert _doubted(monkeypatch, subject, content) == 1


@pytest.mark.parametrize(
    ("fields", "rules", "bronze"),
    [
        ({"id": "string", **{f"c{at}": "int" for at in range(500)}}, {}, {}),
        ({"id": "string", "ids": {"type": "map", "key": "int", "value": "int"}}, {}, {}),
        ({"id": "string", "n": "int"}, {"n": {"checks": {"minimum": 2**31}}}, {}),
        ({"id": "string", "tags": KINDS["tags"]}, {"tags": {"required": True}}, {"format": "csv"}),
    ],
)
def test_contract_is_left_to_the_careful_tier_when_the_fast_one_cannot_serve_it(
    fields: dict[str, Any], rules: dict[str, Any], bronze: dict[str, Any]
) -> None:
    assert Judge(dataset(fields, rules, bronze), KEYS)._tier is None


def test_few_records_are_judged_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _doubted(monkeypatch, dataset(KINDS), _lines([PLAIN] * (FEW - 1))) == FEW - 1
    assert _doubted(monkeypatch, dataset(KINDS), _lines([PLAIN] * FEW)) == 0
