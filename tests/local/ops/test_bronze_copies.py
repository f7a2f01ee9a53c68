"""Error objects are replayed by many at once, and killed at every call, without loss or doubles."""

import gzip
import json
import uuid
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from config.load import load_settings
from lakehouse.model.dataset import Dataset, Lake
from local.emulator.launcher import EmbeddedAws
from tests.unit.lakehouse.datasets import ORDERS
from tools.ops.firehose import copies as bronze_copies
from tools.ops.firehose.copies import write_once
from tools.ops.firehose.error_objects import ErrorObject, Record, error_objects, read_records, streams
from tools.ops.target import Target

NOW = datetime.now(UTC)
RECORDS = [Record(number, json.dumps({"n": number}).encode()) for number in range(9)]


class Killed(BaseException):
    """What no code of the command may catch."""


@pytest.fixture
def make_target(embedded_aws: EmbeddedAws) -> Callable[[], Target]:
    """Makes the tool's view of one environment with buckets of its own; each call is another user of it."""
    settings = load_settings("local").model_copy(update={"project": f"ops{uuid.uuid4().hex[:6]}"})
    embedded_aws.client("s3").create_bucket(Bucket=settings.naming.bucket("bronze"))
    return lambda: Target(settings, Lake((ORDERS,)), embedded_aws.session())


def lines(target: Target, dataset: Dataset = ORDERS) -> list[bytes]:
    """Records of the dataset in bronze."""
    s3, bucket = target.client("s3"), target.settings.naming.bucket("bronze")
    found = s3.list_objects_v2(Bucket=bucket, Prefix=f"{dataset.id}/").get("Contents", [])
    bodies = [s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read() for one in found]
    return sorted(line for body in bodies for line in gzip.decompress(body).splitlines())


def requests(target: Target) -> list[str]:
    """Keys of requests."""
    s3, bucket = target.client("s3"), target.settings.naming.bucket("bronze")
    found = s3.list_objects_v2(Bucket=bucket, Prefix=f"{ORDERS.domain}/_requests/").get("Contents", [])
    return [one["Key"] for one in found]


def all_lines() -> list[bytes]:
    return sorted(record.data for record in RECORDS)


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_each_record_is_in_bronze_once_when_the_command_is_killed_at_any_call(
    make_target: Callable[[], Target], moment: str
) -> None:
    old = datetime(2026, 1, 2, 3, tzinfo=UTC)
    finished, at = False, 0
    while not finished:
        at += 1
        error = ErrorObject(f"_errors/{moment}/{at}", "processing-failed", old)
        dying = make_target()
        dying.client("s3").meta.events.register(f"{moment}.s3", _killer(at))
        before = len(lines(make_target()))
        try:
            write_once(dying, error, ORDERS, RECORDS)
            finished = True
        except Killed:
            pass
        write_once(make_target(), error, ORDERS, RECORDS)
        assert len(lines(make_target())) == before + len(RECORDS), f"killed at call {at}"
        assert len([key for key in requests(make_target()) if error.digest in key]) == 1
    assert at > 5
    assert sorted(set(lines(make_target()))) == all_lines()


def _killer(at: int) -> Callable[..., None]:
    calls: list[str] = []

    def count(model: Any, **_: Any) -> None:
        calls.append(model.name)
        if len(calls) == at:
            raise Killed

    return count


def test_each_record_is_in_bronze_once_when_many_replay_different_parts_at_the_same_time(
    make_target: Callable[[], Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bronze_copies, "_HOLDS_MAX", 3)  # a few records an object, so that all meet often
    error = ErrorObject("_errors/one", "processing-failed", NOW)
    parts = [RECORDS[::2], RECORDS, RECORDS[1::2], RECORDS[3:]]
    with ThreadPoolExecutor(len(parts)) as pool:
        written = list(pool.map(lambda part: write_once(make_target(), error, ORDERS, part), parts))
    assert sum(written) == len(RECORDS)
    assert lines(make_target()) == all_lines()
    assert requests(make_target()) == []


def test_rest_is_written_when_records_become_fit_one_after_the_other(
    make_target: Callable[[], Target],
) -> None:
    error = ErrorObject("_errors/one", "processing-failed", NOW)
    target = make_target()
    assert write_once(target, error, ORDERS, RECORDS[4:6]) == 2
    assert write_once(target, error, ORDERS, RECORDS) == 7
    assert write_once(target, error, ORDERS, RECORDS) == 0
    assert lines(target) == all_lines()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_records_are_read_as_firehose_keeps_them_when_packed_or_not(
    make_target: Callable[[], Target], pack: Callable[[bytes], bytes]
) -> None:
    target = make_target()
    raw = [b'{"a": 1}', b"", b"\x00\xff\n"]  # the empty one keeps the place of a record that was erased
    body = b"".join(json.dumps({"rawData": b64encode(data).decode()}).encode() + b"\n" for data in raw)
    [stream] = streams(target, [ORDERS])
    key = f"{stream.errors}processing-failed/2026-01-02/x"
    bucket = target.settings.naming.bucket("bronze")
    target.client("s3").put_object(Bucket=bucket, Key=key, Body=pack(body))
    [error] = error_objects(target, stream, None, None)
    assert (error.key, error.kind) == (key, "processing-failed")
    assert read_records(target, error) == [Record(number, data) for number, data in enumerate(raw) if data]
    assert list(error_objects(target, stream, None, datetime(2026, 1, 1, tzinfo=UTC))) == []
