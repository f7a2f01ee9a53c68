"""Firehose collects records into objects, and reads and writes under the delivery stream's roles.

ministack 1.5.33 writes one object per record, at once, ignores CompressionFormat and AppendDelimiterToRecord,
and asks no role. Here records are collected by BufferingHints, one object per prefix partition, with the
bytes that were sent; names of GZIP objects end in `.gz`. Reading the Kinesis source and writing to S3 are
real calls with the credentials of the configured roles: what a role may not do waits, is logged as
CloudWatchLoggingOptions say, and is tried again. What cannot be delivered is collected likewise, into objects
under the error prefix.

Time passes 60 times as fast as on AWS; `LAKE_FIREHOSE_SPEEDUP` sets another factor.

Proven by `tests/local/patches/firehose/test_buffer.py`. Not emulated: compression other than GZIP.
"""

import contextvars
import gzip
import json
import os
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import now_epoch
from ministack.services import firehose

from local.emulator import control
from local.patches.firehose import metrics
from local.patches.firehose import parquet as firehose_parquet
from local.patches.firehose import roles as firehose_roles
from local.patches.firehose import settings as firehose_settings
from local.patches.firehose.errors import Failure, processing
from local.patches.firehose.transform import Delivered, transform
from local.patches.iam import roles

_TICK_SECONDS = 0.1
_RETRY_SECONDS = 2.0
_MEBIBYTE = 1024 * 1024
_SPEEDUP = float(os.environ.get("LAKE_FIREHOSE_SPEEDUP", "60"))
_HINTS = {"IntervalInSeconds": 300, "SizeInMBs": 5}
_NO_KEYS = "DynamicPartitioning.MetadataExtractionFailed"
_ERRORS = "!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/"


@dataclass
class _Arrival:
    """Records that one call brought, not yet assigned to a buffer."""

    context: contextvars.Context
    stream: dict[str, Any]
    destination: dict[str, Any]
    records: list[tuple[str, bytes]]
    time: time.struct_time
    came: float = field(default_factory=now_epoch)

    @property
    def config(self) -> dict[str, Any]:
        """The destination's settings."""
        config: dict[str, Any] = self.destination["config"]
        return config


@dataclass
class _Buffer:
    """Records that will become one object, or lines about records that will become none."""

    first: _Arrival
    prefix: str
    failed: bool
    due: float
    records: list[bytes] = field(default_factory=list)
    size: int = 0


_arrivals: queue.SimpleQueue[_Arrival] = queue.SimpleQueue()
_unread: list[_Arrival] = []
_buffers: dict[str, _Buffer] = {}
_errors: dict[str, str] = {}
_lock = threading.Lock()


def apply() -> None:
    """Collect what is to be delivered, and put every object under the stream's role."""
    firehose._deliver_records_to_s3 = _arrive
    firehose.ingest_from_kinesis_source = _arrive_from_kinesis
    firehose._put_s3_object = firehose_roles.put_object
    firehose._validate_s3_destination_config = firehose_settings.validate
    control.ACTIONS["POST", "/_lake/firehose/flush"] = _flush_all
    control.ON_STOP.append(_flush_before_stop)
    threading.Thread(target=_work, daemon=True, name="firehose").start()


def _arrive(stream: dict[str, Any], destination: dict[str, Any], records: list[tuple[str, bytes]]) -> None:
    when = firehose._arrival_time(destination["config"])
    _arrivals.put(_Arrival(contextvars.copy_context(), stream, destination, records, when))


def _arrive_from_kinesis(source: str, records: list[tuple[str, bytes]]) -> None:
    with firehose._lock:
        streams = list(firehose._streams.values())
    for stream in streams:
        kinesis = stream.get("kinesis_source") or {}
        if kinesis.get("KinesisStreamARN") != source or now_epoch() < kinesis["DeliveryStartTimestamp"]:
            continue
        for destination in stream["destinations"]:
            if destination["type"] in ("ExtendedS3", "S3"):
                _arrive(stream, destination, [(firehose._record_id(), data) for _, data in records])


def _work() -> None:
    while True:
        time.sleep(_TICK_SECONDS)
        with _lock:
            _collect()
            _deliver(lambda buffer: buffer.due <= time.monotonic())


def _flush_before_stop() -> None:
    _flush_all()


def _flush_all() -> dict[str, Any]:
    """Deliver everything that has arrived; tells the number of objects and what could not be done."""
    with _lock:
        _errors.clear()
        _collect()
        objects = _deliver(lambda _: True)
        objects += _deliver(lambda _: True)  # what could not be converted
        return {"objects": objects, "errors": sorted(_errors.values())}


def _collect() -> None:
    """Assign what has arrived to buffers; what its stream's role may not read stays unread."""
    waiting = [*_unread, *_drained()]
    _unread.clear()
    for arrival in waiting:
        if _attempt(arrival, "Kinesis.AccessDenied", partial(firehose_roles.check_source, arrival.stream)):
            arrival.context.run(_assign, arrival)
        else:
            _unread.append(arrival)


def _drained() -> Iterator[_Arrival]:
    while not _arrivals.empty():
        yield _arrivals.get()


def _attempt(arrival: _Arrival, code: str, action: Callable[[], None]) -> bool:
    """Do something in the context of an arrival; a refusal is reported once per kind until it succeeds."""
    kind = f"{arrival.stream['arn']} {code}"
    try:
        arrival.context.run(action)
    except (BotoCoreError, ClientError, roles.RoleError) as error:
        if kind not in _errors:
            _errors[kind] = arrival.context.run(
                firehose_roles.report, arrival.stream, arrival.config, code, error
            )
        return False
    _errors.pop(kind, None)
    return True


def _assign(arrival: _Arrival) -> None:
    metrics.tell_of_reading(arrival.stream, arrival.came)
    for one in transform(arrival.stream, arrival.config, arrival.records):
        if isinstance(one, Failure):
            _fail(arrival, one)
            continue
        try:
            prefix = _prefix(arrival, one)
        except firehose._DeliveryError as error:
            _fail(arrival, processing(one.data, _NO_KEYS, error.message))
        else:
            _add(arrival, prefix, one.data + firehose_settings.delimiter(arrival.config), failed=False)


def _prefix(arrival: _Arrival, one: Delivered) -> str:
    query = firehose_settings.query_keys(arrival.config, one.data)
    keys = one.keys if firehose_settings.by_content(arrival.config) else None
    prefix: str = firehose._evaluate_prefix(arrival.config.get("Prefix"), arrival.time, query, keys)
    return prefix


def _fail(arrival: _Arrival, failure: Failure) -> None:
    template = arrival.config.get("ErrorOutputPrefix") or _ERRORS
    prefix = firehose._evaluate_prefix(template, arrival.time, error_type=failure.output_type)
    _add(arrival, prefix, failure.line, failed=True)


def _add(arrival: _Arrival, prefix: str, data: bytes, *, failed: bool) -> None:
    key = json.dumps([arrival.stream["arn"], arrival.destination["id"], prefix])
    hints = {**_HINTS, **(arrival.config.get("BufferingHints") or {})}
    due = time.monotonic() + hints["IntervalInSeconds"] / _SPEEDUP
    buffer = _buffers.setdefault(key, _Buffer(arrival, prefix, failed, due))
    buffer.records.append(data)
    buffer.size += len(data)
    if buffer.size >= hints["SizeInMBs"] * _MEBIBYTE:
        buffer.due = 0.0
        _buffers[f"{key} {uuid.uuid4()}"] = _buffers.pop(key)  # full: the next record starts another object


def _deliver(wanted: Callable[[_Buffer], bool]) -> int:
    """Write the wanted buffers; returns the number of objects. A buffer that is refused is tried again."""
    written = 0
    for key, buffer in list(_buffers.items()):
        if not wanted(buffer):
            continue
        if _attempt(buffer.first, "S3.AccessDenied", partial(_write, buffer)):
            del _buffers[key]
            written += 1
        else:
            buffer.due = time.monotonic() + _RETRY_SECONDS
            if not buffer.failed:
                metrics.tell_of_waiting(buffer.first.stream, buffer.first.came)
    return written


def _write(buffer: _Buffer) -> None:
    if buffer.failed or not firehose_parquet.enabled(buffer.first.config):
        _put(buffer, b"".join(buffer.records))
        return
    body, failures = firehose_parquet.convert(buffer.first.config, buffer.records)
    if body is not None:
        _put(buffer, body)
    metrics.tell(buffer.first.stream, "FailedConversion.Records", len(failures))
    for failure in failures:
        _fail(buffer.first, failure)


def _put(buffer: _Buffer, body: bytes) -> None:
    stream, config, when = buffer.first.stream, buffer.first.config, buffer.first.time
    gzipped, suffix = (False, "") if buffer.failed else firehose_settings.compression(config)
    moment = time.strftime("%Y-%m-%d-%H-%M-%S", when)
    key = f"{buffer.prefix}{stream['name']}-{stream['version']}-{moment}-{uuid.uuid4()}{suffix}"
    with firehose_roles.delivering(config):
        bucket = firehose._s3_bucket_from_arn(config["BucketARN"])
        firehose_roles.put_object(bucket, key, gzip.compress(body, mtime=0) if gzipped else body)
    if not buffer.failed:
        metrics.tell_of_delivery(stream, len(buffer.records), buffer.first.came)
