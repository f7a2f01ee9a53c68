import json
from datetime import UTC, datetime

import pytest
from landing_router.logic import Arrival, Reason, reject

from lakehouse.layout.paths import FILE_REPLAY
from tools.ops.replay_files import QuarantinedFile, why_not
from tools.ops.router import event_of

TIME = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
KNOWN = {"shop/prices": {"format": "csv", "requests": "shop/_requests/prices/"}}


def quarantined(key: str, reason: Reason) -> tuple[Arrival, QuarantinedFile | None]:
    """A file as it landed, and as the command sees what the router made of it."""
    created = {"key": key, "size": 5, "etag": "e", "version-id": "v", "sequencer": "0"}
    detail = {"bucket": {"name": "landing"}, "object": created}
    event = {"detail-type": "Object Created", "time": TIME.isoformat(), "detail": detail}
    arrival = Arrival.from_event(json.dumps(event))
    version = {
        "Key": reject(arrival, reason).key,
        "VersionId": "q",
        "ETag": '"e"',
        "Size": 5,
        "LastModified": TIME,
    }
    return arrival, QuarantinedFile.of(version)


@pytest.mark.parametrize(
    "key", ["shop/prices/a.csv", "x.csv", "a/b/", "shop/prices/2026/ü +%20.csv", "a//b.json"]
)
@pytest.mark.parametrize("reason", Reason)
def test_router_knows_the_file_again_when_it_is_told_of_what_it_quarantined(key: str, reason: Reason) -> None:
    arrival, found = quarantined(key, reason)
    assert found is not None
    assert (found.landing_key, found.reason) == (key, reason)
    again = Arrival.from_event(json.dumps(event_of("quarantine", found.version, FILE_REPLAY)))
    assert (again.landing_key, again.digest, again.time) == (key, arrival.digest, TIME)
    assert (again.bucket, again.key, again.version_id) == ("quarantine", found.key, "q")


def test_other_objects_are_no_quarantined_files() -> None:
    version = {
        "Key": "shop/prices/data/x.parquet",
        "VersionId": "q",
        "ETag": '"e"',
        "Size": 5,
        "LastModified": TIME,
    }
    assert QuarantinedFile.of(version) is None


@pytest.mark.parametrize(
    ("key", "reason", "why"),
    [
        ("shop/prices/2026/a.csv", Reason.UNKNOWN_DATASET, ""),
        ("shop/prices/a.csv", Reason.WRONG_EXTENSION, ""),
        ("shop/prices/a.csv", Reason.WRONG_CONTENT, ""),
        ("shop/prices/a.csv.gz", Reason.TRUNCATED_GZIP, "ask its sender"),
        ("shop/prices/a.csv", Reason.EMPTY, "ask its sender"),
        ("shop/other/a.csv", Reason.UNKNOWN_DATASET, "no dataset shop/other takes files"),
        ("a.csv", Reason.UNKNOWN_DATASET, "no dataset of that name takes files"),
    ],
)
def test_file_is_skipped_when_the_router_would_refuse_it_again(key: str, reason: Reason, why: str) -> None:
    _, found = quarantined(key, reason)
    assert found is not None
    told = why_not(found, KNOWN)
    assert why in told if why else told == ""
