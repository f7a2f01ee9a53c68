"""Waits until a record is in bronze, and looks meanwhile for what tells that it will not come."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from config.settings import Settings
from lakehouse.layout.paths import UNROUTED, ingest_partition_of
from lakehouse.layout.streams import error_prefix, stream_name
from lakehouse.model.dataset import Dataset, Format, Layer, Mode
from tools.ops.bronze.requests import list_keys
from tools.ops.target import Target
from tools.smoke.logs import errors_of, told
from tools.smoke.probe import Probe
from tools.smoke.step import Step, failed, ok

_FILE_SECONDS = 120
"""Landing, rule, queue and function take seconds; a cold start and a retry are let pass."""

_DELIVERY_SECONDS = 90
"""What Firehose may take beside its buffer: reading the stream, the function, writing."""

_POLL_SECONDS = 1.0
_GRACE_SECONDS = 10.0
"""How long to go on after something told that the record will not come: it may be tried again."""


@dataclass(frozen=True)
class Sent:
    """A record on its way."""

    probe: Probe
    name: str
    """Of its file, if it is sent as one."""
    since: datetime
    before: frozenset[str]
    """Keys of the dataset's folder in bronze before it was sent."""


def is_filed(dataset: Dataset) -> bool:
    """Whether records of a dataset are sent as files."""
    return dataset.ingestion is not None and dataset.ingestion.mode is Mode.FILES


def seconds(settings: Settings, dataset: Dataset) -> int:
    """How long a record may take into bronze, by the settings of the environment."""
    if is_filed(dataset):
        return _FILE_SECONDS
    # Firehose may begin a buffer just before the record comes, and then starts another one for it.
    return 2 * settings.streams.buffer_seconds + _DELIVERY_SECONDS


def keys_of(target: Target, probe: Probe, since: datetime) -> frozenset[str]:
    """Keys of what came to a dataset's folder in the hours from `since` on."""
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    hours = int((datetime.now(UTC) - since) / timedelta(hours=1)) + 1
    times = (since + timedelta(hours=hour) for hour in range(hours + 1))
    folders = {f"{probe.dataset.id}/{ingest_partition_of(time)}" for time in times}
    return frozenset(key for folder in folders for key in list_keys(target, bucket, folder))


def await_bronze(
    target: Target, sent: Sent, limit: float, say: Callable[[str], None]
) -> tuple[Step, str | None]:
    """Wait for a record, and return what came of it and the key of its object."""
    name = f"bronze {sent.probe.dataset.id}"
    started, deadline, looked, fault = time.monotonic(), time.monotonic() + limit, set(sent.before), ""
    while True:
        for key in sorted(keys_of(target, sent.probe, sent.since) - looked):
            looked.add(key)
            if _holds(target, sent, key):
                return ok(name, f"{key}, after {time.monotonic() - started:.0f} s"), key
        if not fault and (fault := next(_faults(target, sent), "")):
            deadline = min(deadline, time.monotonic() + _GRACE_SECONDS)
        if time.monotonic() > deadline:
            waited = f"nothing came within {time.monotonic() - started:.0f} s"
            return failed(name, fault or waited), None
        say(f"{name}: {time.monotonic() - started:.0f} of at most {limit:.0f} s")
        time.sleep(_POLL_SECONDS)


def _holds(target: Target, sent: Sent, key: str) -> bool:
    """Whether an object is the file that was sent, or holds the record."""
    if is_filed(sent.probe.dataset):
        return sent.name.partition(".")[0] in key
    if sent.probe.dataset.ingestion and sent.probe.dataset.ingestion.format is Format.PARQUET:
        return True  # Firehose made columns of it; silver tells whether it is the record
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    body = target.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    lines = (gzip.decompress(body) if key.endswith(".gz") else body).splitlines()
    return json.loads(sent.probe.body) in [json.loads(line) for line in lines if _is_json(line)]


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _faults(target: Target, sent: Sent) -> Iterator[str]:
    """Yield what tells that a record will not come: its error object, its quarantine, or a log."""
    naming, dataset = target.settings.naming, sent.probe.dataset
    if is_filed(sent.probe.dataset):
        unrouted = list_keys(target, naming.bucket(Layer.QUARANTINE), UNROUTED)
        yield from (f"s3://{naming.bucket(Layer.QUARANTINE)}/{key}" for key in unrouted if sent.name in key)
        group = f"/aws/lambda/{naming.resource('landing_router')}"
        if text := told(errors_of(target, group, sent.since)):
            yield f"router: {text}"
    else:
        group = f"/aws/kinesisfirehose/{stream_name(dataset, naming)}"
        if text := told(errors_of(target, group, sent.since)):
            yield f"Firehose: {text}"
        yield from _refused(target, sent)


def _refused(target: Target, sent: Sent) -> Iterator[str]:
    """Yield error objects that are newer than the record; each holds the records as they came."""
    bucket, prefix = target.settings.naming.bucket(Layer.BRONZE), error_prefix(sent.probe.dataset)
    pages = target.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for found in page.get("Contents", ()):
            if found["LastModified"] >= sent.since.replace(microsecond=0):
                yield f"s3://{bucket}/{found['Key']}"
