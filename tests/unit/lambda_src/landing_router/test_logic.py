import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from landing_router.logic import Arrival, Decision, Reason, decide, is_gzip, parse_routes, reject
from shared.errors import TerminalError

ROUTES = {"flights/flights": "csv", "sales/returns": "json"}
ARRIVAL = Arrival(
    bucket="landing",
    key="flights/flights/2013/january.csv",
    size=10,
    etag="e1",
    version_id="v1",
    sequencer="01",
    time=datetime(2026, 1, 2, 3, 59, 59, tzinfo=UTC),
)


def event(**changes: Any) -> dict[str, Any]:
    created = {"key": "a/b/c+d %20ü.csv", "size": 5, "etag": "e", "version-id": "v", "sequencer": "0A"}
    detail = {"bucket": {"name": "landing"}, "object": created}
    return {"detail-type": "Object Created", "time": "2026-01-02T03:04:05Z", "detail": detail, **changes}


def test_arrival_keeps_the_raw_key_when_it_holds_reserved_characters() -> None:
    arrival = Arrival.from_event(json.dumps(event()))
    assert arrival.key == "a/b/c+d %20ü.csv"
    assert arrival.time == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_arrival_time_is_utc_when_the_event_has_another_offset() -> None:
    arrival = Arrival.from_event(json.dumps(event(time="2026-01-02T01:30:00+02:00")))
    assert arrival.time == datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    assert arrival.time.utcoffset() == timedelta(0)


def test_arrival_has_no_version_when_the_event_leaves_it_out() -> None:
    message = event()
    del message["detail"]["object"]["version-id"]
    assert Arrival.from_event(json.dumps(message)).version_id is None


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '"text"', "{}", '{"detail": {}}', json.dumps(event(time="now"))]
)
def test_arrival_is_refused_when_the_message_is_no_s3_event(text: str) -> None:
    with pytest.raises(TerminalError, match=r"no S3 event.*allowed.*fix"):
        Arrival.from_event(text)


def test_routes_map_datasets_to_formats_when_valid() -> None:
    assert parse_routes('{"a/b": {"format": "csv"}, "a/c": {"format": "json"}}') == {
        "a/b": "csv",
        "a/c": "json",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no JSON"),
        ("[]", "JSON list"),
        ('{"a": {"format": "csv"}}', "got dataset 'a'"),
        ('{"a//": {"format": "csv"}}', "got dataset 'a//'"),
        ('{"a/b": {"format": "xml"}, "a/c": "csv"}', "a/b: got.*a/c: got 'csv'"),
    ],
)
def test_routes_are_refused_when_malformed(text: str, message: str) -> None:
    with pytest.raises(TerminalError, match=message):
        parse_routes(text)


def test_decision_is_the_dataset_partition_and_a_plain_unique_name_when_known() -> None:
    decision = decide(ARRIVAL, ROUTES)
    assert decision is not None
    assert decision.reason is None
    expected = r"flights/flights/ingest_date=2026-01-02/ingest_hour=03/january-[0-9a-f]{16}\.csv"
    assert re.fullmatch(expected, decision.key)


@pytest.mark.parametrize(
    ("key", "extension"),
    [
        ("flights/flights/a.csv", ".csv"),
        ("flights/flights/A.CSV", ".csv"),
        ("flights/flights/a.csv.gz", ".csv.gz"),
        ("flights/flights/x/y/z/a.b.CSV.GZ", ".csv.gz"),
        ("sales/returns/a.json", ".json"),
        ("sales/returns/a.jsonl", ".jsonl"),
        ("sales/returns/a.ndjson.gz", ".ndjson.gz"),
    ],
)
def test_decision_keeps_the_extension_when_the_format_allows_it(key: str, extension: str) -> None:
    decision = decide(replace(ARRIVAL, key=key), ROUTES)
    assert decision is not None
    assert decision.reason is None
    assert re.search(r"-[0-9a-f]{16}" + re.escape(extension) + "$", decision.key)


@pytest.mark.parametrize(
    ("key", "size", "reason"),
    [
        ("file.csv", 1, Reason.UNKNOWN_DATASET),
        ("flights/file.csv", 1, Reason.UNKNOWN_DATASET),
        ("flights/unknown/file.csv", 1, Reason.UNKNOWN_DATASET),
        ("Flights/Flights/file.csv", 1, Reason.UNKNOWN_DATASET),
        ("landing/flights/flights/file.csv", 1, Reason.UNKNOWN_DATASET),
        ("flights/unknown/empty.csv", 0, Reason.UNKNOWN_DATASET),
        ("flights/flights/file", 1, Reason.WRONG_EXTENSION),
        ("flights/flights/file.json", 1, Reason.WRONG_EXTENSION),
        ("flights/flights/file.csv.zip", 1, Reason.WRONG_EXTENSION),
        ("flights/flights/.gz", 1, Reason.WRONG_EXTENSION),
        ("flights/flights/folder/", 1, Reason.WRONG_EXTENSION),
        ("sales/returns/file.csv", 1, Reason.WRONG_EXTENSION),
        ("flights/flights/file.csv", 0, Reason.EMPTY),
        ("flights/flights/file.csv.gz", 0, Reason.EMPTY),
    ],
)
def test_decision_is_quarantine_under_the_original_key_when_it_cannot_be_routed(
    key: str, size: int, reason: Reason
) -> None:
    decision = decide(replace(ARRIVAL, key=key, size=size), ROUTES)
    assert decision == Decision(f"unrouted/{reason.value}/{key}", reason)


def test_decision_is_none_when_the_object_is_a_folder_marker() -> None:
    assert decide(replace(ARRIVAL, key="flights/flights/2013/", size=0), ROUTES) is None


@pytest.mark.parametrize(
    "name", ["_hidden.csv", ".hidden.csv", "a*[b]{c}?.csv", "ü ü.csv", "%20+.csv", ".csv"]
)
def test_decision_has_a_name_that_spark_reads_as_it_stands_when_the_original_has_not(name: str) -> None:
    decision = decide(replace(ARRIVAL, key=f"flights/flights/{name}"), ROUTES)
    assert decision is not None
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*\.csv", decision.key.rpartition("/")[2])


def test_decision_differs_when_version_or_folder_or_upload_differs() -> None:
    arrivals = [
        ARRIVAL,
        replace(ARRIVAL, version_id="v2"),
        replace(ARRIVAL, key="flights/flights/2014/january.csv"),
        replace(ARRIVAL, version_id=None),
        replace(ARRIVAL, version_id=None, sequencer="02"),
        replace(ARRIVAL, version_id=None, etag="e2"),
    ]
    decisions = {decide(arrival, ROUTES) for arrival in arrivals}
    assert len(decisions) == len(arrivals)


@settings(deadline=None)
@given(
    name=st.text(min_size=1, max_size=900).filter(lambda text: "/" not in text), version=st.text(max_size=20)
)
def test_decision_is_repeatable_short_and_inside_its_partition_when_names_are_arbitrary(
    name: str, version: str
) -> None:
    arrival = replace(ARRIVAL, key=f"flights/flights/{name}.csv", version_id=version)
    decision = decide(arrival, ROUTES)
    assert decision == decide(replace(arrival), ROUTES)
    assert decision is not None
    folder, _, file = decision.key.rpartition("/")
    assert folder == "flights/flights/ingest_date=2026-01-02/ingest_hour=03"
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,130}", file)


def test_rejection_keeps_the_original_key_when_the_content_is_at_fault() -> None:
    assert reject(ARRIVAL, Reason.TRUNCATED_GZIP) == Decision(
        "unrouted/truncated_gzip/flights/flights/2013/january.csv", Reason.TRUNCATED_GZIP
    )


@pytest.mark.parametrize(
    ("key", "gzip"), [("a/b/c.csv.gz", True), ("a/b/c.csv.GZ", True), ("a/b/c.csv", False)]
)
def test_gzip_is_promised_when_the_name_ends_so(key: str, gzip: bool) -> None:
    assert is_gzip(replace(ARRIVAL, key=key)) is gzip
