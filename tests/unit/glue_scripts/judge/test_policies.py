"""Fields beside the contract, names of another case, masking, required members, changes of tables."""

import hmac
import json
from typing import Any

import pytest
from lakehouse_etl.contract.reasons import REASONS
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.judge.fields.names import AmbiguousError, Names
from lakehouse_etl.judge.hashes import hash_of, hash_of_texts
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Source

from tests.unit.glue_scripts.judge.subjects import KEY, dataset, lines, verdicts

ID = {"id": "string"}
STRANGE = (
    '{"id": "a", "n": 1.5, "text": "1", "none": null, "deep": {"x": [true, "}"]}, "it\'s": "q", "*": 2, '
    '"\\"ü": ""}'
)


def test_unknown_fields_are_rescued_with_their_types() -> None:
    found = verdicts(dataset({**ID, "note": "string"}, unknown_fields="rescue"), f"{STRANGE}\n".encode())
    text = found.rows[0]["_rescued"]
    expected = json.loads(STRANGE)
    del expected["id"]
    assert json.loads(text) == expected
    assert text == json.dumps(expected, ensure_ascii=False, separators=(",", ":"))


NUMBERS = [
    ("1.10", "1.1"), ("1e3", "1000.0"), ("1e7", "1.0E7"), ("9999999.5", "9999999.5"), ("0.001", "0.001"),
    ("1.25e-4", "1.25E-4"), ("-0.0", "-0.0"), ("-12e20", "-1.2E21"), ("1e999", "1e999"), ("-0", "0"),
    ("0.30000000000000004441", "0.30000000000000004441"), ("12345678901234567890", "12345678901234567890"),
    ("1e-99999999999999999999", "1e-99999999999999999999"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "text"), NUMBERS, ids=[number for number, _ in NUMBERS])
def test_rescued_number_is_written_as_java_does_unless_that_is_another(number: str, text: str) -> None:
    found = verdicts(dataset(ID, unknown_fields="rescue"), f'{{"id": "a", "n": {number}}}'.encode())
    assert found.rows[0]["_rescued"] == f'{{"n":{text}}}'


def test_rescued_text_escapes_as_java_does() -> None:
    found = verdicts(
        dataset(ID, unknown_fields="rescue"), b'{"id": "a", "\\u001fk": "\\u0000\\n/\\u007f\\u20ac"}'
    )
    assert found.rows[0]["_rescued"] == '{"\\u001Fk":"\\u0000\\n/\x7f€"}'


def test_nothing_is_rescued_when_all_is_known_or_the_record_is_rejected() -> None:
    found = verdicts(dataset(ID, unknown_fields="rescue"), b'{"id": "a"}\n{"id": 1.5, "x": 1}')
    assert ([row["_rescued"] for row in found.rows], found.reasons) == ([None], ["wrong_type"])


def test_record_with_an_unknown_field_is_rejected_when_the_contract_says_so() -> None:
    subject = dataset(ID, unknown_fields="reject")
    found = verdicts(subject, lines({"id": "a"}, {"id": "b", "secret": "hidden"}, {"ID": "c"}))
    assert found.reasons == ["unknown_field"]
    assert [row["id"] for row in found.rows] == ["a", "c"]
    assert "unknownFields: reject" in found.rejected[0].breach.detail
    assert "hidden" not in found.rejected[0].breach.detail


MEMBER = {"name": "sku", "type": "string", "required": True}
PLACES = {
    "type": "struct",
    "fields": [{"name": "p", "type": {"type": "struct", "fields": [MEMBER]}, "required": False}],
}
LINES = {"type": "list", "element": {"type": "map", "key": "string", "value": PLACES}}


@pytest.mark.parametrize("policy", ["ignore", "rescue", "reject"])
@pytest.mark.parametrize("as_text", [False, True])
def test_unknown_member_of_a_struct_is_unknown_however_deep(policy: str, as_text: bool) -> None:
    value: Any = [{"any": {"p": {"sku": "1", "x": 1}}}]
    record = {"id": "a", "lines": json.dumps(value) if as_text else value}
    found = verdicts(dataset({**ID, "lines": LINES}, unknown_fields=policy), lines(record))
    if policy == "reject":
        assert found.reasons == ["unknown_field"]
    else:
        assert found.rows[0]["lines"] == [[("any", {"p": {"sku": "1"}})]]
        assert found.rows[0].get("_rescued") is None


def test_unknown_member_counts_before_a_repeated_one() -> None:
    subject = dataset({**ID, "lines": LINES}, unknown_fields="reject")
    text = '{"id": 1.5, "lines": [{"a": {"p": {"sku": "1", "sku": "1"}}, "b": {"x": 1}}]}'
    assert verdicts(subject, text.encode()).reasons == ["unknown_field"]


@pytest.mark.parametrize("policy", ["reject", "rescue"])
def test_routing_member_is_known_when_the_stream_is_shared(policy: str) -> None:
    subject = dataset(ID, {}, {"routing_member": "dataset"}, unknown_fields=policy)
    found = verdicts(subject, lines({"id": "a", "dataset": "d"}, {"id": "b", "dataset": "d", "x": 1}))
    if policy == "reject":
        assert (found.reasons, [row["id"] for row in found.rows]) == (["unknown_field"], ["a"])
    else:
        assert [row["_rescued"] for row in found.rows] == [None, '{"x":1}']


def test_names_stand_for_others_of_another_case() -> None:
    names = Names(["id", "size"])
    assert names.matched(["id", "size"]).unknown == ()
    assert names.matched(["ID", "x", "Size", "y"]) == ({"id": "ID", "size": "Size"}, ("x", "y"))
    assert names.matched(["id", "ID"]) == ({}, ("ID",))
    with pytest.raises(AmbiguousError, match="id"):
        names.matched(["ID", "Id"])
    assert names.matched(["ID", "Id", "id"]) == ({}, ("ID", "Id"))


def test_members_stand_for_fields_of_another_case() -> None:
    subject = dataset({**ID, "Name": "string", "size": "int"}, unknown_fields="rescue")
    found = verdicts(
        subject,
        b'{"ID": "a", "NAME": "x", "Size": 3}\n{"id": "b", "ID": "c"}\n{"ID": "d", "Id": "e"}\n{"id": "f"}',
    )
    assert [(row["id"], row["Name"], row["size"], row["_rescued"]) for row in found.rows] == [
        ("a", "x", 3, None),
        ("b", None, None, '{"ID":"c"}'),
        ("f", None, None, None),
    ]
    assert found.reasons == ["repeated_key"]


def test_members_of_structs_stand_for_others_of_another_case() -> None:
    subject = dataset({**ID, "place": {"type": "struct", "fields": [MEMBER]}})
    content = b'{"id": "a", "place": {"SKU": 1}}\n{"id": "b", "place": {"SKU": 1, "Sku": 2}}'
    found = verdicts(subject, content)
    assert ([row["place"] for row in found.rows], found.reasons) == ([{"sku": "1"}], ["repeated_key"])
    assert found.rejected[0].breach.detail.startswith("place: ")


@pytest.mark.parametrize("key", [KEY, b"k" * 64, b"k" * 65, b""])
def test_personal_values_are_masked(key: bytes) -> None:
    rules: dict[str, dict[str, Any]] = {
        "mail": {"masking": "hash", "checks": {"pattern": "@"}},
        "phone": {"masking": "redact", "required": True},
    }
    judge = Judge(dataset({**ID, "mail": "string", "phone": "long"}, rules), Keys(key))
    records = lines(
        {"id": "a", "mail": "ü@x", "phone": 1}, {"id": "b", "phone": 2}, {"id": "c", "mail": "x"}, {"id": "d"}
    )
    [part] = judge.judged(Source("a.json", records))
    first, second = part.rows.to_pylist()
    assert first["mail"] == hmac.new(key, "ü@x".encode(), "sha256").hexdigest()
    assert (second["mail"], first["phone"]) == (None, None)
    # Rules are about what came, not about what is left of it.
    assert [each.breach.reason for each in part.rejected] == ["pattern_mismatch", "missing_required"]


def test_judge_is_refused_when_the_key_is_missing() -> None:
    with pytest.raises(ValueError, match="mail: to be hashed, got no masking key"):
        Judge(dataset({"id": "string", "mail": "string"}, {"mail": {"masking": "hash"}}), Keys())


def test_breaches_are_those_of_the_contract_in_order_of_judgement() -> None:
    rules: dict[str, dict[str, Any]] = {
        "id": {"required": True, "checks": {"allowed": ["a"]}},
        "size": {"checks": {"minimum": 1}},
    }
    judge = Judge(
        dataset(
            {**ID, "size": "int", "lines": LINES},
            rules,
            unknown_fields="reject",
        ),
        Keys(),
    )
    assert [breach.rule.partition(" expected")[0] for breach in judge.breaches] == [
        "unreadable_file:", "oversized_record:", "not_utf8:", "malformed_json:", "not_utf8:", "repeated_key:",
        "unknown_field:", "wrong_type: id:", "repeated_key: lines:", "wrong_type: lines:",
        "missing_required: id:", "wrong_type: id:", "not_allowed: id:",
        "overflow: size:", "wrong_type: size:", "out_of_range: size:",
        "wrong_type: lines:", "missing_required: lines:",
    ]  # fmt: skip
    assert {breach.reason for breach in judge.breaches} <= REASONS.keys()


def test_hashes_are_those_of_spark() -> None:
    assert hash_of(b"") == -7444071767201028348
    assert hash_of_texts(["a", None, "b"]) == hash_of_texts(["a", "b"]) != hash_of_texts(["b", "a"])


CHANGES = {
    "operation": "op", "changed_at": "changed", "sequence": "seq", "before": "old_", "deleted_table": "gone",
}  # fmt: skip
TOLD = {"changed": "2026-01-01T00:00:00", "seq": "0" * 35}


def _changes(*records: dict[str, Any], name: str = "x.json") -> Any:
    fields = {"id": "long", "size": "int", "note": "string"}
    rules: dict[str, Any] = {"id": {"required": True}, "size": {"required": True, "checks": {"minimum": 1}}}
    return verdicts(dataset(fields, rules, changes=CHANGES), lines(*records), name)


def test_change_has_its_order_and_the_key_before() -> None:
    [row] = _changes({"op": "U", **TOLD, "id": 2, "size": 1, "old_id": 1}).rows
    assert (row["op"], row["seq"], row["id"], row["old_id"], row["size"]) == ("U", "0" * 35, 2, 1, 1)
    assert row["changed"].isoformat() == "2026-01-01T00:00:00"


def test_rules_are_waived_when_a_row_is_deleted_but_for_its_key() -> None:
    found = _changes(
        {"op": "D", **TOLD, "id": 1},
        {"op": "D", **TOLD, "id": 1, "size": 0},
        {"op": "D", **TOLD, "id": 1, "size": "x"},
        {"op": "D", **TOLD},
        {"op": "D", **TOLD, "id": 1, "note": 1.5},
        {"op": "I", **TOLD, "id": 1},
        {"op": "X", **TOLD, "id": 1, "size": 1},
    )
    assert [row["size"] for row in found.rows] == [None, 0, None]
    assert found.reasons == ["missing_required", "wrong_type", "missing_required", "not_allowed"]


@pytest.mark.parametrize(
    ("name", "reasons"), [("LOAD0000000A.json", []), ("2026.json", ["missing_required"])]
)
def test_order_is_waived_when_a_row_is_of_a_full_load(name: str, reasons: list[str]) -> None:
    record = {"op": "I", "changed": TOLD["changed"], "id": 1, "size": 1}
    found = _changes(record, name=f"s3://b/t/{name}")
    assert (found.reasons, len(found.rows)) == (reasons, 1 - len(reasons))
