import importlib
import json
import re
import uuid
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from landing_router.copying import Copier
from landing_router.logic import REPLAY, Reason, decide
from landing_router.mover import Move, Mover, Outcome
from landing_router.retries import pause_seconds
from shared.errors import TerminalError, TransientError

from local.emulator.launcher import EmbeddedAws
from tests.fixtures.embedded_aws import wait_for
from tests.gzipped import gzipped
from tests.local.lambda_src.router_lake import CSV, GARBAGE, PARQUET, ROUTES, Lake, arrival


@pytest.fixture
def router(lake: Lake, in_lambda: pytest.MonkeyPatch) -> ModuleType:
    """The handler's module, loaded as on a cold start."""
    for name, value in vars(lake.settings).items():
        in_lambda.setenv(name.upper(), value)
    return importlib.reload(importlib.import_module("landing_router.handler"))


@pytest.fixture
def queue(embedded_aws: EmbeddedAws) -> str:
    """URL of a queue that hides what was received for as long as the deployed one does."""
    attributes = {"VisibilityTimeout": "5400"}
    name = f"landing-{uuid.uuid4().hex[:12]}"
    return str(embedded_aws.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])


@pytest.fixture
def batch(embedded_aws: EmbeddedAws, queue: str) -> Callable[..., dict[str, Any]]:
    """Sends events through the queue, and returns what Lambda would hand over of it."""
    sqs = embedded_aws.client("sqs")

    def received(*events: dict[str, Any]) -> dict[str, Any]:
        for event in events:
            sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))
        return {"Records": [deliver(sqs, queue) for _ in events]}

    return received


def deliver(sqs: Any, queue: str, seconds: float = 0) -> dict[str, Any]:
    """The next message of a queue, as a record of Lambda's."""
    wanted = {"AttributeNames": ["All"], "WaitTimeSeconds": 0}
    found = wait_for(
        lambda: sqs.receive_message(QueueUrl=queue, **wanted).get("Messages"), seconds=seconds or 5
    )
    [message] = found
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{queue.rsplit('/', 1)[-1]}",
    }


def test_file_lies_in_bronze_byte_for_byte_and_no_more_in_landing_when_routed(
    lake: Lake, mover: Mover
) -> None:
    event = lake.put("flights/flights/2013.csv")
    move = mover.move(arrival(event))
    ((key, body),) = lake.bronze.items()
    assert move == Move(Outcome.ROUTED, f"s3://{lake.settings.bronze_bucket}/{key}")
    partition = f"ingest_date={event['time'][:10]}/ingest_hour={event['time'][11:13]}"
    assert re.fullmatch(rf"flights/flights/{partition}/2013-[0-9a-f]{{16}}\.csv", key)
    assert body == CSV
    assert lake.requests == {}
    assert lake.landed == []


def test_copy_carries_the_checksum_of_its_source_when_routed(lake: Lake, mover: Mover) -> None:
    event = lake.put("flights/flights/2013.csv")
    source = lake.s3.head_object(Bucket=lake.landing, Key="flights/flights/2013.csv", ChecksumMode="ENABLED")
    mover.move(arrival(event))
    (key,) = lake.bronze
    copy = lake.s3.head_object(Bucket=lake.settings.bronze_bucket, Key=key, ChecksumMode="ENABLED")
    assert copy["ChecksumCRC32"] == source["ChecksumCRC32"]


@pytest.mark.parametrize(
    "name", ["a b.csv", "übergröße.csv", "100%25+more.csv", "a%2Fb.csv", "plus+plus.csv", "q?x=1&y=#.csv"]
)
def test_file_is_moved_when_its_key_has_reserved_characters(lake: Lake, mover: Mover, name: str) -> None:
    assert mover.move(arrival(lake.put(f"flights/flights/{name}"))).outcome is Outcome.ROUTED
    assert mover.move(arrival(lake.put(f"nobody/{name}"))).reason is Reason.UNKNOWN_DATASET
    assert list(lake.bronze.values()) == [CSV]
    [(key, body)] = lake.quarantine.items()
    assert re.fullmatch(rf"unrouted/unknown_dataset/nobody/[0-9a-f]{{16}}-{re.escape(name)}", key)
    assert body == CSV
    assert lake.landed == []


@pytest.mark.parametrize(
    ("key", "body", "reason"),
    [
        ("flights/unknown/2013.csv", CSV, Reason.UNKNOWN_DATASET),
        ("stray.csv", CSV, Reason.UNKNOWN_DATASET),
        ("flights/flights/2013.json", CSV, Reason.WRONG_EXTENSION),
        ("flights/flights/2013.csv", b"", Reason.EMPTY),
        ("flights/flights/2013.csv.gz", gzipped(b""), Reason.EMPTY),
        ("flights/flights/2013.csv.gz", gzipped(CSV)[:-9], Reason.TRUNCATED_GZIP),
        ("flights/flights/2013.csv.gz", CSV, Reason.CORRUPT_GZIP),
        ("flights/flights/2013.csv.gz", gzipped(PARQUET), Reason.WRONG_CONTENT),
        ("flights/flights/2013.csv", gzipped(CSV), Reason.WRONG_CONTENT),
        ("flights/flights/2013.csv", PARQUET, Reason.WRONG_CONTENT),
        ("flights/flights/2013.csv", GARBAGE, Reason.WRONG_CONTENT),
        ("sales/returns/2013.json", GARBAGE, Reason.WRONG_CONTENT),
        ("sales/returns/2013.json.gz", gzipped(GARBAGE), Reason.WRONG_CONTENT),
        ("bank/accounts/2026/11/21/20261121-050000000.parquet", CSV, Reason.WRONG_CONTENT),
        ("bank/accounts/LOAD00000001.parquet", PARQUET[:-1], Reason.WRONG_CONTENT),
        ("bank/accounts/LOAD00000001.parquet", PARQUET[1:], Reason.WRONG_CONTENT),
        ("bank/accounts/LOAD00000001.parquet", b"PAR1", Reason.WRONG_CONTENT),
        ("bank/accounts/LOAD00000001.csv", CSV, Reason.WRONG_EXTENSION),
    ],
)
def test_file_is_quarantined_with_its_reason_when_it_cannot_be_routed(
    lake: Lake, mover: Mover, key: str, body: bytes, reason: Reason
) -> None:
    move = mover.move(arrival(lake.put(key, body)))
    assert (move.outcome, move.reason) == (Outcome.UNROUTED, reason)
    [(quarantined, kept)] = lake.quarantine.items()
    assert re.sub(r"[0-9a-f]{16}-", "", quarantined) == f"unrouted/{reason}/{key}"
    assert kept == body
    assert lake.bronze == {}
    assert lake.landed == []


def test_gzip_file_stays_packed_when_it_is_whole(lake: Lake, mover: Mover) -> None:
    sent = gzipped(CSV)
    mover.move(arrival(lake.put("flights/flights/2013.CSV.gz", sent)))
    ((key, body),) = lake.bronze.items()
    assert key.endswith(".csv.gz")
    assert body == sent


def test_folder_marker_stays_when_the_console_made_one(lake: Lake, mover: Mover) -> None:
    assert mover.move(arrival(lake.put("flights/flights/", b""))) == Move(Outcome.IGNORED)
    assert lake.landed == ["flights/flights/"]


@pytest.mark.parametrize(
    "key",
    [
        "bank/accounts/LOAD00000001.parquet",
        "bank/accounts/2026/11/21/20261121-050000000.parquet",
    ],
)
def test_each_delivery_is_an_object_of_its_own_when_the_same_name_comes_again(
    lake: Lake, mover: Mover, key: str
) -> None:
    for _ in range(2):  # the same bytes, too
        event = arrival(lake.put(key, PARQUET))
        assert mover.move(event).outcome is Outcome.ROUTED
        assert mover.move(event).outcome is Outcome.REPEATED
    assert list(lake.bronze.values()) == [PARQUET, PARQUET]
    assert lake.landed == []


def test_each_version_is_kept_when_broken_files_of_one_name_come(lake: Lake, mover: Mover) -> None:
    for body in (GARBAGE, GARBAGE[::-1], GARBAGE):
        mover.move(arrival(lake.put("flights/flights/2013.csv", body)))
    assert sorted(lake.quarantine.values()) == sorted([GARBAGE, GARBAGE[::-1], GARBAGE])


def test_jobs_are_asked_to_process_a_file_when_its_event_comes_days_late(lake: Lake, mover: Mover) -> None:
    event = {**lake.put("flights/flights/2013.csv"), "time": "2026-01-02T03:04:05Z"}
    mover.move(arrival(event))
    [key] = lake.bronze
    [(request, asked)] = lake.requests.items()
    assert key == f"flights/flights/{asked['objects'][0]}"
    assert asked["objects"][0].startswith("ingest_date=2026-01-02/ingest_hour=03/")
    assert request.startswith("flights/_requests/flights/ingest_date=")
    assert not request.startswith("flights/_requests/flights/ingest_date=2026-01-02")


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("flights/flights/2013.csv", CSV),
        ("nobody/2013.csv", CSV),
        ("flights/flights/2013.csv.gz", gzipped(CSV)[:-9]),
    ],
)
def test_second_event_is_a_success_and_copies_nothing_when_the_file_was_moved(
    lake: Lake, mover: Mover, key: str, body: bytes
) -> None:
    event = arrival(lake.put(key, body))
    first = mover.move(event)
    before = (lake.bronze, lake.quarantine)
    second = mover.move(event)
    assert (second.outcome, second.target) == (Outcome.REPEATED, first.target)
    assert (lake.bronze, lake.quarantine) == before
    for bucket in (lake.settings.bronze_bucket, lake.settings.quarantine_bucket):
        versions = lake.s3.list_object_versions(Bucket=bucket).get("Versions", [])
        assert len(versions) == len(lake.content(bucket))


def test_file_is_deleted_from_landing_and_not_copied_again_when_a_run_was_killed_in_between(
    lake: Lake, mover: Mover
) -> None:
    event = arrival(lake.put("flights/flights/2013.csv"))
    decision = decide(event, mover.routes)
    assert decision is not None
    source = {"Bucket": event.bucket, "Key": event.key, "VersionId": event.version_id}
    lake.s3.copy_object(CopySource=source, Bucket=lake.settings.bronze_bucket, Key=decision.key)
    assert mover.move(event).outcome is Outcome.ROUTED
    assert lake.landed == []
    assert len(lake.s3.list_object_versions(Bucket=lake.settings.bronze_bucket)["Versions"]) == 1


def test_file_is_copied_again_when_its_target_holds_other_bytes(lake: Lake, mover: Mover) -> None:
    event = arrival(lake.put("flights/flights/2013.csv"))
    decision = decide(event, mover.routes)
    assert decision is not None
    lake.s3.put_object(Bucket=lake.settings.bronze_bucket, Key=decision.key, Body=CSV[::-1])
    assert mover.move(event).outcome is Outcome.ROUTED
    assert lake.bronze == {decision.key: CSV}


def test_file_stays_in_landing_when_its_copy_was_changed_before_it_was_checked(
    embedded_aws: EmbeddedAws, lake: Lake
) -> None:
    def overwrite(**_: Any) -> None:
        (key,) = lake.bronze
        lake.s3.put_object(Bucket=lake.settings.bronze_bucket, Key=key, Body=CSV[::-1])

    client = embedded_aws.client("s3")
    client.meta.events.register("after-call.s3.CopyObject", overwrite)
    mover = Mover(client, lake.settings, ROUTES, Copier(client))
    event = arrival(lake.put("flights/flights/2013.csv"))
    with pytest.raises(TransientError, match=r"differs from s3://.*2013\.csv; both are kept, copy again"):
        mover.move(event)
    assert lake.landed == ["flights/flights/2013.csv"]


def test_marker_is_moved_once_all_files_of_its_folder_are_in_bronze(lake: Lake, mover: Mover) -> None:
    part = lake.put("flights/planes/v1/a.csv")
    lake.put("flights/planes/v2/a.csv")
    marker = lake.put("flights/planes/v1/_SUCCESS", b"")
    with pytest.raises(TransientError, match=r"flights/planes/v1/ has files that are moved before _SUCCESS"):
        mover.move(arrival(marker))
    mover.move(arrival(part))
    assert mover.move(arrival(marker)).outcome is Outcome.ROUTED
    assert mover.move(arrival(marker)).outcome is Outcome.REPEATED
    names = [
        re.sub(r"-\d{8}T\d{6}Z-[0-9a-f]{16}", "", key).partition("/ingest_hour=")[2] for key in lake.bronze
    ]
    assert [name[3:] for name in names] == ["v1/_SUCCESS", "v1/a.csv"]


def test_marker_of_a_folder_with_a_refused_file_waits_with_it_and_is_replayed_after_it(
    lake: Lake, mover: Mover
) -> None:
    mover.move(arrival(lake.put("flights/planes/v1/a.csv", GARBAGE)))
    assert mover.move(arrival(lake.put("flights/planes/v1/_SUCCESS", b""))).reason is Reason.INCOMPLETE
    refused, waiting = sorted(lake.quarantine, reverse=True)
    assert waiting.startswith("unrouted/incomplete_version/flights/planes/v1/")
    quarantine = lake.settings.quarantine_bucket
    [found] = lake.s3.list_object_versions(Bucket=quarantine, Prefix=waiting)["Versions"]
    replay = lake.event(waiting, 0, found["ETag"].strip('"'), found["VersionId"])
    replay["detail"]["bucket"]["name"] = quarantine
    replay["detail-type"] = REPLAY
    assert mover.move(arrival(replay)).reason is Reason.INCOMPLETE
    assert waiting in lake.quarantine
    lake.s3.delete_object(Bucket=quarantine, Key=refused)
    assert mover.move(arrival(replay)).outcome is Outcome.ROUTED
    assert lake.quarantine == {}


def test_event_is_an_error_when_neither_file_nor_copy_exists(lake: Lake, mover: Mover) -> None:
    event = lake.put("flights/flights/2013.csv")
    version = event["detail"]["object"]["version-id"]
    lake.s3.delete_object(Bucket=lake.landing, Key="flights/flights/2013.csv", VersionId=version)
    with pytest.raises(TerminalError, match=r"is gone and no copy .* ask its sender"):
        mover.move(arrival(event))


def test_each_version_is_moved_once_when_events_come_out_of_order(lake: Lake, mover: Mover) -> None:
    older = lake.put("flights/flights/2013.csv", b"year\n2012\n")
    newer = lake.put("flights/flights/2013.csv", b"year\n2013\n")
    mover.move(arrival(newer))
    assert lake.landed == ["flights/flights/2013.csv"]
    mover.move(arrival(older))
    assert sorted(lake.bronze.values()) == [b"year\n2012\n", b"year\n2013\n"]
    assert lake.landed == []


def test_file_is_found_by_its_etag_when_the_event_has_no_version(lake: Lake, mover: Mover) -> None:
    event = lake.put("flights/flights/2013.csv")
    del event["detail"]["object"]["version-id"]
    assert mover.move(arrival(event)).outcome is Outcome.ROUTED
    assert mover.move(arrival(event)).outcome is Outcome.REPEATED
    assert lake.landed == []


def test_newer_version_is_not_touched_when_an_event_without_version_is_about_an_older_one(
    lake: Lake, mover: Mover
) -> None:
    older = lake.put("flights/flights/2013.csv", b"year\n2012\n")
    lake.put("flights/flights/2013.csv", b"year\n2013\n")
    del older["detail"]["object"]["version-id"]
    with pytest.raises(lake.s3.exceptions.ClientError, match="412"):
        mover.move(arrival(older))
    assert len(lake.landed) == 2


def test_event_is_an_error_when_landing_keeps_no_versions(lake: Lake, mover: Mover) -> None:
    bucket = f"{lake.landing}-plain"
    lake.s3.create_bucket(Bucket=bucket)
    answer = lake.s3.put_object(Bucket=bucket, Key="flights/flights/2013.csv", Body=CSV)
    event = lake.event("flights/flights/2013.csv", len(CSV), answer["ETag"].strip('"'), None)
    event["detail"]["bucket"]["name"] = bucket
    with pytest.raises(TerminalError, match="enable versioning"):
        mover.move(arrival(event))
    assert lake.content(bucket) == {"flights/flights/2013.csv": CSV}


def test_handler_reports_only_the_failed_messages_when_a_batch_is_mixed(
    lake: Lake,
    router: ModuleType,
    context: Any,
    batch: Callable[..., dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    gone = lake.event("flights/flights/gone.csv", 5, "e", "no-such-version")
    events = [lake.put("flights/flights/a.csv"), {"no": "event"}, gone, lake.put("x/y/z.csv")]
    messages = batch(*events)
    failed = [record["messageId"] for record in messages["Records"][1:3]]
    answer = router.handler(messages, context)
    assert answer == {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}
    assert len(lake.bronze) == 1
    [unrouted] = lake.quarantine
    assert re.fullmatch(r"unrouted/unknown_dataset/x/y/[0-9a-f]{16}-z.csv", unrouted)
    metrics = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert metrics["ReceivedEvents"] == [4.0]
    assert (metrics["RoutedObjects"], metrics["UnroutedObjects"]) == ([1.0], [1.0])


@pytest.mark.parametrize("routes", [None, b"{", b"[]", b'{"a/b": {"format": "xml"}}'])
def test_handler_moves_nothing_and_fails_the_batch_when_routes_are_missing_or_invalid(
    lake: Lake,
    router: ModuleType,
    context: Any,
    batch: Callable[..., dict[str, Any]],
    routes: bytes | None,
) -> None:
    event = lake.put("flights/flights/a.csv")
    place = {"Bucket": lake.settings.routes_bucket, "Key": lake.settings.routes_key}
    if routes is None:
        lake.s3.delete_object(**place)
    else:
        lake.s3.put_object(**place, Body=routes)
    messages = batch(event)
    [message] = messages["Records"]
    failures = router.handler(messages, context)["batchItemFailures"]
    assert failures == [{"itemIdentifier": message["messageId"]}]
    assert lake.landed == ["flights/flights/a.csv"]
    assert lake.bronze == lake.quarantine == {}


def test_failed_message_comes_again_within_seconds_and_then_less_soon(
    embedded_aws: EmbeddedAws,
    router: ModuleType,
    context: Any,
    queue: str,
    batch: Callable[..., dict[str, Any]],
) -> None:
    [first] = batch({"no": "event"})["Records"]
    router.handler({"Records": [first]}, context)
    second = deliver(embedded_aws.client("sqs"), queue, seconds=20)
    assert second["attributes"]["ApproximateReceiveCount"] == "2"
    assert second["messageId"] == first["messageId"]
    assert [pause_seconds(deliveries) for deliveries in (1, 2, 3, 4, 5)] == [10, 30, 90, 270, 270]


def test_handler_reads_the_routes_once_when_it_is_warm(
    lake: Lake, router: ModuleType, context: Any, batch: Callable[..., dict[str, Any]]
) -> None:
    router.handler(batch(lake.put("flights/flights/a.csv")), context)
    lake.s3.delete_object(Bucket=lake.settings.routes_bucket, Key=lake.settings.routes_key)
    router.handler(batch(lake.put("flights/flights/b.csv")), context)
    assert len(lake.bronze) == 2
