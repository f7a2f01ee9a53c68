"""The router is killed at every call that it makes to S3, before and after the call has its effect."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from landing_router.copying import PART_LEAST, Copier
from landing_router.logic import REPLAY
from landing_router.mover import Mover, Outcome

from local.emulator.launcher import EmbeddedAws
from tests.local.lambda_src.router_lake import CSV, GARBAGE, PARQUET, ROUTES, Lake, arrival
from tests.local.lambda_src.test_landing_router_parts import uploaded_in_parts

Event = dict[str, Any]


class Killed(BaseException):
    """What no code of the router may catch."""


def quarantined(lake: Lake) -> Event:
    """A file that was refused while its dataset was unknown, and is replayed now that it is known."""
    place = {
        "Bucket": lake.settings.quarantine_bucket,
        "Key": f"unrouted/unknown_dataset/flights/flights/{'a' * 16}-x.csv",
    }
    answer = lake.s3.put_object(**place, Body=CSV)
    event = lake.event(place["Key"], len(CSV), answer["ETag"].strip('"'), answer["VersionId"])
    event["detail"]["bucket"]["name"] = place["Bucket"]
    return {**event, "detail-type": REPLAY, "time": "2026-01-02T03:04:05+00:00"}


SCENARIOS: dict[str, Callable[[Lake], Event]] = {
    "text": lambda lake: lake.put("flights/flights/2013.csv"),
    "gzip": lambda lake: lake.put("flights/flights/2013.csv.gz", gzip.compress(CSV)),
    "parquet": lambda lake: lake.put("bank/accounts/2026/11/21/1.parquet", PARQUET),
    "broken": lambda lake: lake.put("flights/flights/2013.csv", GARBAGE),
    "unknown": lambda lake: lake.put("nobody/x.csv"),
    "late": lambda lake: {**lake.put("flights/flights/2013.csv"), "time": "2026-01-02T03:04:05Z"},
    "in parts": lambda lake: uploaded_in_parts(lake, b"2013\n" * (PART_LEAST // 5 + 9)),
    "replayed": quarantined,
}


COPY = "ListObjectsV2 Copy ListObjectsV2 Head"
MOVE = f"{COPY} Delete"
CALLS = {
    "text": f"Head Get {MOVE}",
    "gzip": f"Head Get {MOVE}",
    "parquet": f"Head Get Get {MOVE}",
    "broken": f"Head Get {MOVE}",
    "unknown": f"Head {MOVE}",
    "late": f"Head Get {COPY} Put Delete",
    "in parts": "Head Get ListObjectsV2 Head CreateMultipartUpload UploadPartCopy UploadPartCopy "
    "CompleteMultipartUpload ListObjectsV2 Head Delete",
    "replayed": f"Head Get {COPY} Put Delete",
}
"""Calls of an undisturbed move, each of which is a point at which it is killed, before and after."""


def killer(aws: EmbeddedAws, moment: str, at: int | None) -> tuple[Any, list[str]]:
    """A client that dies at its n-th call, and the calls that it made."""
    client, calls = aws.client("s3"), []

    def count(model: Any, **_: Any) -> None:
        calls.append(model.name)
        if len(calls) == at:
            raise Killed

    client.meta.events.register(f"{moment}.s3", count)
    return client, calls


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_exactly_one_copy_exists_and_nothing_is_lost_when_the_router_is_killed_at_any_call(
    embedded_aws: EmbeddedAws, s3: Any, scenario: str
) -> None:
    for moment in ("before-call", "after-call"):
        at, finished = 1, False
        while not finished:
            lake = Lake.make(s3)
            event = arrival(SCENARIOS[scenario](lake))
            held = _all_bytes(lake)
            client, calls = killer(embedded_aws, moment, at)
            try:
                Mover(client, lake.settings, ROUTES, Copier(client)).move(event)
                finished = True
            except Killed:
                assert _all_bytes(lake) >= held, f"lost at {moment} {at}"
            again = Mover(s3, lake.settings, ROUTES, Copier(s3))
            assert again.move(event).outcome in (Outcome.ROUTED, Outcome.UNROUTED, Outcome.REPEATED)
            assert again.move(event).outcome is Outcome.REPEATED
            assert lake.landed == []
            copies = [*lake.bronze.values(), *lake.quarantine.values()]
            assert copies == list(held), f"killed at {moment} {at}"
            assert bool(lake.requests) == (scenario in ("late", "replayed"))
            at += 1
        assert [name.removesuffix("Object") for name in calls] == CALLS[scenario].split()
        assert at - 2 == len(calls)


def _all_bytes(lake: Lake) -> set[bytes]:
    """Contents of everything in the three buckets."""
    buckets = (lake.landing, lake.settings.bronze_bucket, lake.settings.quarantine_bucket)
    contents = (
        body for bucket in buckets for key, body in lake.content(bucket).items() if "_requests" not in key
    )
    return set(contents)


@pytest.mark.parametrize("copies", [1, 2])
def test_file_that_is_replayed_stays_where_it_is_when_it_is_refused_for_the_same_reason(
    lake: Lake, mover: Mover, copies: int
) -> None:
    event = quarantined(lake)
    unknown = Mover(lake.s3, lake.settings, {}, mover.copier)
    before = lake.quarantine
    for _ in range(copies):
        assert unknown.move(arrival(event)).outcome is Outcome.UNROUTED
    assert lake.quarantine == before
    assert mover.move(arrival(event)).outcome is Outcome.ROUTED
    assert (list(lake.bronze.values()), lake.quarantine) == ([CSV], {})
