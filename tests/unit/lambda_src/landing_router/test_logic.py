import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from landing_router.logic import (
    LATE,
    REPLAY,
    Arrival,
    Reason,
    dataset_of,
    decide,
    is_gzip,
    late_request,
    reject,
)
from landing_router.routes import Route, parse_routes
from shared.errors import TerminalError

ROUTES = {
    "flights/flights": Route("csv", "flights/_requests/flights/"),
    "sales/returns": Route("json", "sales/_requests/returns/"),
    "bank/accounts": Route("parquet", "bank/_requests/accounts/"),
}
KEY = "flights/flights/2013/january.csv"


def arrived(key: str = KEY, *, version: str | None = "v1", **changes: Any) -> Arrival:
    """An arrival as its event tells of it."""
    created = {"key": key, "size": 10, "etag": "e1", "version-id": version, "sequencer": "01", **changes}
    detail = {"bucket": {"name": "landing"}, "object": created}
    return Arrival.from_event(json.dumps(event(time="2026-01-02T03:59:59Z", detail=detail)))


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
    "text",
    [
        *("", "[]", "null", '"text"', "{}", '{"detail": {}}', json.dumps(event(time="now"))),
        json.dumps(event(**{"detail-type": REPLAY})),
    ],
)
def test_arrival_is_refused_when_the_message_is_no_s3_event(text: str) -> None:
    with pytest.raises(TerminalError, match=r"no S3 event.*allowed.*fix"):
        Arrival.from_event(text)


def test_routes_map_datasets_to_formats_when_valid() -> None:
    text = json.dumps({dataset: vars(route) for dataset, route in ROUTES.items()})
    assert parse_routes(text) == ROUTES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no JSON"),
        ("[]", "JSON list"),
        ('{"a": {"format": "csv", "requests": "r/"}}', "got dataset 'a'"),
        ('{"a//": {"format": "csv", "requests": "r/"}}', "got dataset 'a//'"),
        ('{"a/b": {"format": "csv"}}', "allowed: a format .* and a prefix"),
        (
            '{"a/b": {"format": "csv", "requests": "r/", "x": 1}}',
            "a/b: got x; allowed: format, requests, ver",
        ),
        ('{"a/b": {"format": "xml", "requests": "r/"}, "a/c": "csv"}', "a/b: got.*a/c: got 'csv'"),
    ],
)
def test_routes_are_refused_when_malformed(text: str, message: str) -> None:
    with pytest.raises(TerminalError, match=message):
        parse_routes(text)


def test_decision_is_the_dataset_partition_and_a_plain_unique_name_when_known() -> None:
    decision = decide(arrived(), ROUTES)
    assert decision is not None
    assert decision.reason is None
    expected = r"flights/flights/ingest_date=2026-01-02/ingest_hour=03/january-[0-9a-f]{16}\.csv"
    assert re.fullmatch(expected, decision.key)


VERSIONED = {"flights/planes": Route("csv", "r/", versions=True, marker="_SUCCESS")}


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("2026 01/day=2/a b.csv", r"2026-01/day-2/a-b-20260102T035959Z-[0-9a-f]{16}\.csv"),
        ("a.csv", r"a-20260102T035959Z-[0-9a-f]{16}\.csv"),
        ("../a.csv", r"a-20260102T035959Z-[0-9a-f]{16}\.csv"),
        ("2026/_SUCCESS", r"2026/_SUCCESS-20260102T035959Z-[0-9a-f]{16}"),
    ],
)
def test_name_keeps_folders_and_time_where_a_version_is_the_whole_content(key: str, name: str) -> None:
    decision = decide(arrived(f"flights/planes/{key}"), VERSIONED)
    assert decision is not None
    assert re.fullmatch(f"flights/planes/ingest_date=2026-01-02/ingest_hour=03/{name}", decision.key)


def test_marker_closes_its_folder_though_it_is_empty() -> None:
    decision = decide(arrived("flights/planes/2026/_SUCCESS", size=0), VERSIONED)
    assert decision is not None
    assert (decision.reason, decision.closes) == (None, "flights/planes/2026/")


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
        ("bank/accounts/LOAD00000001.parquet", ".parquet"),
        ("bank/accounts/2026/11/21/20261121-050000000.parquet", ".parquet"),
        ("bank/accounts/a.snappy.parquet", ".parquet"),
    ],
)
def test_decision_keeps_the_extension_when_the_format_allows_it(key: str, extension: str) -> None:
    decision = decide(arrived(key), ROUTES)
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
        ("flights/flights/.gz", 1, Reason.HIDDEN),
        ("flights/flights/folder/", 1, Reason.WRONG_EXTENSION),
        ("sales/returns/file.csv", 1, Reason.WRONG_EXTENSION),
        ("bank/accounts/a.csv", 1, Reason.WRONG_EXTENSION),
        ("bank/accounts/a.parquet.gz", 1, Reason.WRONG_EXTENSION),
        ("flights/flights/file.csv", 0, Reason.EMPTY),
        ("flights/flights/file.csv.gz", 0, Reason.EMPTY),
    ],
)
def test_decision_is_quarantine_under_the_original_key_when_it_cannot_be_routed(
    key: str, size: int, reason: Reason
) -> None:
    decision = decide(arrived(key, size=size), ROUTES)
    folders, _, name = key.rpartition("/")
    expected = rf"unrouted/{reason.value}/{re.escape(folders)}/?[0-9a-f]{{16}}-{re.escape(name)}"
    assert decision is not None
    assert decision.reason is reason
    assert re.fullmatch(expected, decision.key)


@pytest.mark.parametrize(
    "key",
    [
        "flights/flights/2013/",
        "flights/flights/_SUCCESS",
        "flights/flights/2013_$folder$",
        "flights_$folder$",
        "flights/flights/.january.csv",
        "flights/flights/_delta_log/_commits",
        "other/unknown/_SUCCESS",
    ],
)
def test_decision_is_none_when_the_object_is_an_empty_marker(key: str) -> None:
    assert decide(arrived(key, size=0), ROUTES) is None


@pytest.mark.parametrize(
    "key",
    [
        "flights/flights/_delta_log/00000.csv",
        "flights/flights/.january.csv.crc",
        "flights/flights/2013/_metadata",
        "flights/flights/_temporary/0/part-0.csv",
        "flights/flights/2013_$folder$",
    ],
)
def test_what_engines_leave_beside_their_data_is_told_apart_from_other_files(key: str) -> None:
    decision = decide(arrived(key), ROUTES)
    assert decision is not None
    assert decision.reason is Reason.HIDDEN
    assert decision.key.startswith("unrouted/hidden_file/")


@pytest.mark.parametrize("name", ["_january.csv", ".january.csv.gz"])
def test_data_with_a_hidden_name_gets_one_that_everybody_reads(name: str) -> None:
    decision = decide(arrived(f"flights/flights/{name}"), ROUTES)
    assert decision is not None
    assert decision.reason is None
    assert decision.key.rpartition("/")[2].startswith("january-")


def test_file_of_an_unknown_dataset_is_none_that_engines_hide() -> None:
    decision = decide(arrived("_x/.y/january.csv"), ROUTES)
    assert decision is not None
    assert decision.reason is Reason.UNKNOWN_DATASET


@pytest.mark.parametrize(
    "name", ["_hidden.csv", ".hidden.csv", "a*[b]{c}?.csv", "ü ü.csv", "%20+.csv", ".csv"]
)
def test_decision_has_a_name_that_spark_reads_as_it_stands_when_the_original_has_not(name: str) -> None:
    decision = decide(arrived(f"flights/flights/{name}"), ROUTES)
    assert decision is not None
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*\.csv", decision.key.rpartition("/")[2])


def test_decision_differs_when_version_or_folder_or_upload_differs() -> None:
    arrivals = [
        arrived(),
        arrived(version="v2"),
        arrived("flights/flights/2014/january.csv"),
        arrived(version=None),
        arrived(version=None, sequencer="02"),
        arrived(version=None, etag="e2"),
    ]
    decisions = {decide(arrival, ROUTES) for arrival in arrivals}
    assert len(decisions) == len(arrivals)


@pytest.mark.long
@given(
    name=st.text(min_size=1, max_size=900).filter(lambda text: "/" not in text), version=st.text(max_size=20)
)
def test_decision_is_repeatable_short_and_inside_its_partition_when_names_are_arbitrary(
    name: str, version: str
) -> None:
    decision = decide(arrived(f"flights/flights/{name}.csv", version=version), ROUTES)
    assert decision == decide(arrived(f"flights/flights/{name}.csv", version=version), ROUTES)
    assert decision is not None
    folder, _, file = decision.key.rpartition("/")
    assert folder == "flights/flights/ingest_date=2026-01-02/ingest_hour=03"
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,130}", file)


@pytest.mark.parametrize(
    "key", [KEY, "stray.csv", "a/b/", "a//b/c d+ü%20.json", "a/b/0123456789abcdef-c.csv"]
)
@pytest.mark.parametrize("reason", Reason)
def test_quarantined_file_has_its_key_and_digest_again_when_it_is_replayed(key: str, reason: Reason) -> None:
    first = arrived(key)
    decision = reject(first, reason)
    again = replayed(decision.key)
    assert (again.key, again.landing_key, again.digest) == (decision.key, key, first.digest)
    assert decide(again, ROUTES) == decide(first, ROUTES)
    assert reject(again, reason) == decision


def test_quarantined_versions_lie_apart_when_they_have_the_same_key() -> None:
    keys = {reject(arrived(version=version), Reason.EMPTY).key for version in ("v1", "v2")}
    assert len(keys) == 2


@pytest.mark.parametrize("letter", ["x", "ü", "😀"])
@pytest.mark.parametrize("reason", Reason)
def test_rejection_fits_into_a_key_and_stays_replayable_when_the_original_key_is_as_long_as_any(
    letter: str, reason: Reason
) -> None:
    start, end = "flights/flights/", ".csv"
    room = 1024 - len(start + end)
    key = start + letter * (room // len(letter.encode())) + end
    decision = reject(arrived(key), reason)
    assert len(decision.key.encode()) <= 1024
    again = decide(replayed(decision.key), ROUTES)
    assert again is not None
    assert again.reason is None


def replayed(key: str) -> Arrival:
    """A quarantined file as `lake-ops replay files` tells of it."""
    detail = {
        "bucket": {"name": "quarantine"},
        "object": {"key": key, "size": 10, "etag": "e", "version-id": "q"},
    }
    return Arrival.from_event(
        json.dumps({"detail-type": REPLAY, "time": "2026-01-02T03:59:59Z", "detail": detail})
    )


def test_arrival_is_late_when_its_event_is_older_than_a_day() -> None:
    arrival = arrived()
    assert not arrival.is_late(arrival.time + LATE)
    assert arrival.is_late(arrival.time + LATE + timedelta(seconds=1))


def test_late_request_names_the_object_in_a_partition_of_now_when_made() -> None:
    arrival = arrived()
    decision = decide(arrival, ROUTES)
    assert decision is not None
    key, body = late_request(arrival, decision, ROUTES, datetime(2026, 2, 3, 4, 5, tzinfo=UTC))
    partition = "ingest_date=2026-02-03/ingest_hour=04"
    assert key == f"flights/_requests/flights/{partition}/late-{arrival.digest}.json"
    assert [f"flights/flights/{name}" for name in json.loads(body)["objects"]] == [decision.key]


@pytest.mark.parametrize(
    ("key", "gzip"), [("a/b/c.csv.gz", True), ("a/b/c.csv.GZ", True), ("a/b/c.csv", False)]
)
def test_gzip_is_promised_when_the_name_ends_so(key: str, gzip: bool) -> None:
    assert is_gzip(arrived(key)) is gzip


@pytest.mark.parametrize(("hours", "late"), [(24, False), (25, True)])
def test_arrival_is_late_two_hours_before_jobs_no_longer_list_its_partition(hours: int, late: bool) -> None:
    assert arrived().is_late(arrived().time + timedelta(hours=hours)) is late


def test_routes_tell_every_fault_with_what_is_allowed_when_malformed() -> None:
    with pytest.raises(TerminalError) as caught:
        parse_routes('{"a/": {"format": "csv", "requests": "r/"}, "a/b": 1}')
    assert str(caught.value) == (
        "routes: got dataset 'a/'; allowed: <domain>/<dataset>; "
        "routes: a/b: got 1; allowed: a format (parquet or csv or json) and a prefix for requests"
    )


@pytest.mark.parametrize("key", ["stray.csv", "flights/stray.csv"])
def test_arrival_has_no_dataset_when_it_lies_in_less_than_two_folders(key: str) -> None:
    assert dataset_of(arrived(key)) == ""


@pytest.mark.parametrize(
    ("name", "stem"), [("a b.csv", "a-b"), ("a*[b].csv", "a-b"), ("x" * 101 + ".csv", "x" * 100)]
)
def test_decision_keeps_of_a_name_what_is_plain_and_a_hundred_characters_of_it(name: str, stem: str) -> None:
    arrival = arrived(f"flights/flights/{name}")
    decision = decide(arrival, ROUTES)
    assert decision is not None
    assert decision.key.rpartition("/")[2] == f"{stem}-{arrival.digest}.csv"


@pytest.mark.parametrize(
    ("key", "kept"),
    [("x" * 900, "x" * 900), ("x" * 450 + "y" + "z" * 450, "x" * 450 + "…" + "z" * 450)],
)
def test_rejection_keeps_450_bytes_of_either_end_when_the_key_has_more_than_both(key: str, kept: str) -> None:
    arrival = arrived(key)
    assert reject(arrival, Reason.EMPTY).key == f"unrouted/empty_object/{arrival.digest}-{kept}"
