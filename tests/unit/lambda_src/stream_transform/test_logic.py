import base64
import json
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stream_transform import logic
from stream_transform.gzipped import UNPACKED_BYTES, unpack
from stream_transform.logic import RESPONSE_BYTES, Answers, Routes, answer
from stream_transform.refusal import RefusedError

from tests.gzipped import gzipped

VITALS, EVENTS = "devices/vitals", "devices/device_events"
SHARED = Routes.of("dataset", [VITALS, EVENTS], unpacks=False)
UNPACKING = Routes.of("dataset", [VITALS, EVENTS], unpacks=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=5), JSON, max_size=4)
ANY_ROUTES = st.sampled_from((None, SHARED, UNPACKING))


def entries(*records: bytes) -> list[dict[str, str]]:
    numbers = count()
    return [
        {"recordId": f"id-{next(numbers)}", "data": base64.b64encode(record).decode()} for record in records
    ]


def delivered(answers: Answers) -> list[bytes | None]:
    """What each record becomes; None: it is refused."""
    return [base64.b64decode(each["data"]) if each["result"] == "Ok" else None for each in answers.records]


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=40) | OBJECTS.map(lambda one: json.dumps(one).encode())), ANY_ROUTES)
def test_each_record_is_answered_once_and_in_order_when_bytes_are_any(
    records: list[bytes], routes: Routes | None
) -> None:
    batch = entries(*records)
    answers = answer(batch, routes)
    assert [each["recordId"] for each in answers.records] == [each["recordId"] for each in batch]
    refused = [each["recordId"] for each in answers.records if each["result"] == "ProcessingFailed"]
    assert sorted(refused) == sorted(name for names in answers.refused.values() for name in names)
    assert {each["result"] for each in answers.records} <= {"Ok", "ProcessingFailed"}


@settings(max_examples=200)
@given(st.lists(OBJECTS, min_size=1, max_size=5), st.integers(0, 2), st.booleans(), st.booleans())
def test_record_becomes_one_line_an_object_when_it_holds_any_json(
    objects: list[dict[str, object]], indent: int, listed: bool, packed: bool
) -> None:
    text = json.dumps(objects, indent=indent or None, ensure_ascii=False)
    if not listed:
        text = "\r\n".join(json.dumps(each, indent=indent or None, ensure_ascii=False) for each in objects)
    (body,) = delivered(answer(entries(gzipped(text.encode()) if packed else text.encode()), None))
    assert body is not None
    assert body.endswith(b"\n")
    assert [json.loads(line) for line in body.removesuffix(b"\n").split(b"\n")] == objects


@pytest.mark.parametrize(
    ("record", "body"),
    [
        (b'{"a": 1.10, "b":1e2,"a":2}', b'{"a": 1.10, "b":1e2,"a":2}\n'),
        (b' {"a": 98765432109876543210.123}\n', b'{"a": 98765432109876543210.123}\n'),
        (b'[{"a": 1.10},\n {"b": "\\u00e9\xc3\xa9"}]', b'{"a": 1.10}\n{"b": "\\u00e9\xc3\xa9"}\n'),
        (b'{"a":\n 1}{"b": 2}\r\n[]', b'{"a":  1}\n{"b": 2}\n'),
        (gzipped(b'{"a": 1}\n') + gzipped(b'{"b": 2}\n'), b'{"a": 1}\n{"b": 2}\n'),
    ],
)
def test_object_keeps_how_it_is_written_when_it_is_split_off(record: bytes, body: bytes) -> None:
    assert delivered(answer(entries(record), None)) == [body]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"", "no object"),
        (b"[]", "no object"),
        (b"[[]]", "JSON, but no object"),
        (b"17", "JSON, but no object"),
        (b'"text"', "JSON, but no object"),
        (b'[{"a": 1}, 2]', "JSON, but no object"),
        (b'{"a": 1', "no JSON"),
        (b'[{"a": 1}', "no JSON"),
        (b'[{"a": 1} {"b": 2}]', "no JSON"),
        (b'[{"a": 1},]', "no JSON"),
        (b'{"a": 1} tail', "no JSON"),
        (b'{"a": NaN}', "no JSON"),
        (b'{"a": "line\nbreak"}', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"a":' * 100_000, "no JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "no JSON"),
        (b"\xff{}", "no text in UTF-8"),
        ("{}".encode("utf-16"), "no text in UTF-8"),
        (gzipped(b'{"a": 1}')[:-1], "damaged gzip"),
        (gzipped(b'{"a": 1}')[:12] + b"\x00\x00", "damaged gzip"),
        (gzipped(b'{"a": 1}') + b"tail", "damaged gzip"),
        (gzipped(b" " * 4_000_001), "gzip of more than 4,000,000 bytes"),
        (
            gzipped(b'{"a": 1}') * 2 + gzipped(b" " * 3_999_999),
            "gzip of more than 4,000,000 bytes",
        ),
    ],
)
def test_record_is_refused_when_it_is_no_json_object(record: bytes, reason: str) -> None:
    answers = answer(entries(record, b'{"good": 1}'), None)
    assert delivered(answers) == [None, b'{"good": 1}\n']
    assert answers.refused == {reason: ["id-0"]}
    assert "data" not in answers.records[0]


def test_record_goes_to_its_dataset_when_the_stream_is_shared() -> None:
    record = b'{"dataset": "devices/vitals", "n": 1.10}'
    (only,) = answer(entries(record), SHARED).records
    assert base64.b64decode(only["data"]) == record + b"\n"
    assert only["metadata"] == {"partitionKeys": {"domain": "devices", "dataset": "vitals"}}


def test_objects_go_together_when_they_name_one_dataset() -> None:
    batch = b'[{"dataset": "devices/vitals"}, {"dataset": "devices/vitals", "n": 2}]'
    (only,) = answer(entries(batch), UNPACKING).records
    assert only["metadata"]["partitionKeys"]["dataset"] == "vitals"
    assert len(base64.b64decode(only["data"]).splitlines()) == 2


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"{}", "no dataset of this stream"),
        (b'{"dataset": null}', "no dataset of this stream"),
        (b'{"dataset": ["devices/vitals"]}', "no dataset of this stream"),
        (b'{"dataset": "devices/other"}', "no dataset of this stream"),
        (b'{"dataset": "devices/../sales/orders"}', "no dataset of this stream"),
        (b'{"nested": {"dataset": "devices/vitals"}}', "no dataset of this stream"),
        (b"[1]", "JSON, but no object"),
    ],
)
@pytest.mark.parametrize("routes", [SHARED, UNPACKING])
def test_record_is_refused_when_it_names_no_dataset_of_the_stream(
    routes: Routes, record: bytes, reason: str
) -> None:
    assert answer(entries(record), routes).refused == {reason: ["id-0"]}


def test_record_is_refused_when_its_objects_are_of_different_datasets() -> None:
    batch = b'{"dataset": "devices/vitals"}\n{"dataset": "devices/device_events"}'
    assert answer(entries(batch), UNPACKING).refused == {
        "objects of different datasets in one record": ["id-0"]
    }
    assert answer(entries(batch), SHARED).refused == {"more than one JSON value": ["id-0"]}


def test_answer_stays_within_the_limit_when_records_unpack_to_more() -> None:
    large = gzipped(b'{"a": "' + b"x" * 3_000_000 + b'"}')
    answers = answer(entries(large, large, b'{"small": 1}'), None)
    assert len(json.dumps({"records": answers.records})) < RESPONSE_BYTES
    assert [each["result"] for each in answers.records] == ["Ok", "ProcessingFailed", "Ok"]
    assert list(answers.refused) == ["the answer would be larger than Lambda takes"]


@settings(max_examples=50)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=30), st.integers(1500, 6000))
def test_answer_is_never_larger_than_it_may_be_when_the_limit_is_any(sizes: list[int], limit: int) -> None:
    records = [json.dumps({"dataset": VITALS, "text": "x" * size}).encode() for size in sizes]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logic, "RESPONSE_BYTES", limit)
        answers = answer(entries(*records), SHARED)
    least = json.dumps({"records": [{"recordId": "id-10", "result": "ProcessingFailed"}] * len(sizes)})
    assert len(json.dumps({"records": answers.records})) <= max(limit, len(least)) + len('{"records": []}')


@pytest.mark.parametrize(
    ("record", "body"),
    [
        (b'{"a":\r1}', b'{"a": 1}\n'),
        (b'[ {"a": 1} , {"b": 2} ]', b'{"a": 1}\n{"b": 2}\n'),
        (b'[{"a":1},{"b":2}]', b'{"a":1}\n{"b":2}\n'),
        (b'[{"a":1}]{"b":2}', b'{"a":1}\n{"b":2}\n'),
        (b'[]{"b":2}', b'{"b":2}\n'),
    ],
)
def test_objects_are_split_off_when_there_is_blank_space_anywhere_or_nowhere(
    record: bytes, body: bytes
) -> None:
    assert delivered(answer(entries(record), None)) == [body]


def test_record_unpacks_to_as_much_as_an_answer_holds_and_to_no_more() -> None:
    whole = b'{"a": 1}'
    rest = gzipped(b" " * (UNPACKED_BYTES - len(whole)))
    assert unpack(gzipped(whole) + rest) == whole + b" " * (UNPACKED_BYTES - len(whole))
    with pytest.raises(RefusedError, match="gzip of more than 4,000,000 bytes"):
        unpack(gzipped(whole + b" ") + rest)


def test_record_is_refused_when_a_shared_stream_gets_json_as_deep_as_no_parser_goes() -> None:
    assert answer(entries(b'{"a":' * 100_000), SHARED).refused == {"no JSON": ["id-0"]}


def test_answer_names_each_record_and_what_became_of_it() -> None:
    assert answer(entries(b'{"a": 1}', b"text"), None).records == [
        {"recordId": "id-0", "result": "Ok", "data": base64.b64encode(b'{"a": 1}\n').decode()},
        {"recordId": "id-1", "result": "ProcessingFailed"},
    ]


@pytest.mark.parametrize("record", [b'{"dataset": "devices/vitals"}', b'{"dataset": "devices/vitals"}\n'])
def test_record_of_a_shared_stream_ends_with_one_newline_whether_it_came_with_one_or_not(
    record: bytes,
) -> None:
    assert delivered(answer(entries(record), SHARED)) == [b'{"dataset": "devices/vitals"}\n']


def test_answer_is_never_larger_than_it_may_be_when_record_ids_are_long() -> None:
    batch = [{**entry, "recordId": entry["recordId"] * 100} for entry in entries(*[b'{"a": 1}'] * 5)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logic, "RESPONSE_BYTES", 2300)
        answers = answer(batch, None)
    assert [each["result"] for each in answers.records] == ["Ok"] * 2 + ["ProcessingFailed"] * 3
    assert len(json.dumps({"records": answers.records})) <= 2300


def test_record_is_refused_when_its_gzip_is_damaged_behind_the_head() -> None:
    damaged = gzipped(b'{"a": 1}')[:10] + b"\xff" * 20
    assert answer(entries(damaged), None).refused == {"damaged gzip": ["id-0"]}


@pytest.mark.parametrize(
    ("routes", "record"),
    [
        (None, b'{"id": 1}'),
        (SHARED, b'{"dataset": "devices/vitals"}'),
        (UNPACKING, b'[{"dataset": "devices/vitals"}]'),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_byte_order_mark_is_no_part_of_a_record(routes: Routes | None, record: bytes, packed: bool) -> None:
    marked = b"\xef\xbb\xbf" + record
    if packed and routes is not SHARED:
        marked = gzipped(marked)
    assert delivered(answer(entries(marked), routes)) == delivered(answer(entries(record), routes))
    assert delivered(answer(entries(record), routes)) != [None]
