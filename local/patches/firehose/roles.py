"""What Firehose does under its roles: reading the Kinesis source, writing objects, logging errors."""

import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from botocore.exceptions import ClientError

from local.patches.iam import roles

_logger = logging.getLogger("firehose")
_SERVICE = "firehose.amazonaws.com"
_CHECKED_SECONDS = 10.0

_role: ContextVar[str] = ContextVar("_role")
_checked: dict[tuple[str, str], float] = {}


def check_source(stream: Mapping[str, Any]) -> None:
    """Read from the Kinesis source, if there is one, as the role that is to do so.

    Raises:
        ClientError: The role lacks a permission that Firehose needs.
        RoleError: Firehose may not assume the role.
    """
    source = stream.get("kinesis_source")
    if not source or _checked.get(_key(source), 0.0) > time.monotonic():
        return
    arn = source["KinesisStreamARN"]
    kinesis = client("kinesis", source["RoleARN"])
    shards = kinesis.describe_stream(StreamARN=arn)["StreamDescription"]["Shards"]
    place = {"ShardId": shards[0]["ShardId"], "ShardIteratorType": "LATEST"}
    iterator = kinesis.get_shard_iterator(StreamARN=arn, **place)["ShardIterator"]
    kinesis.get_records(StreamARN=arn, ShardIterator=iterator)
    _checked[_key(source)] = time.monotonic() + _CHECKED_SECONDS


def client(service: str, role: str) -> Any:
    """A client under one of the delivery stream's roles.

    Raises:
        RoleError: Firehose may not assume the role.
    """
    return roles.client(service, roles.assume(role, _SERVICE, "firehose"))


def _key(source: Mapping[str, Any]) -> tuple[str, str]:
    return source["KinesisStreamARN"], source["RoleARN"]


@contextmanager
def delivering(config: Mapping[str, Any]) -> Iterator[None]:
    """Make `put_object` write under the role of this destination."""
    token = _role.set(config["RoleARN"])
    try:
        yield
    finally:
        _role.reset(token)


def put_object(bucket: str, key: str, body: bytes) -> None:
    """Write one object under the role of the destination being delivered to.

    Raises:
        ClientError: S3 refuses it.
        RoleError: Firehose may not assume the role.
    """
    s3 = client("s3", _role.get())
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/octet-stream")


def report(stream: Mapping[str, Any], config: Mapping[str, Any], code: str, error: Exception) -> str:
    """Log an error where the delivery stream's options say, and in the emulator's log; returns it."""
    line = f"{stream['name']}: {code}: {error}"
    _logger.error("firehose %s", line)
    options = config.get("CloudWatchLoggingOptions") or {}
    if options.get("Enabled"):
        message = {"deliveryStreamARN": stream["arn"], "errorCode": code, "message": str(error)}
        event = {"timestamp": round(time.time() * 1000), "message": json.dumps(message)}
        place = {"logGroupName": options["LogGroupName"], "logStreamName": options["LogStreamName"]}
        try:
            logs = client("logs", config["RoleARN"])
            logs.put_log_events(**place, logEvents=[event])
        except (ClientError, roles.RoleError) as refused:
            _logger.error("firehose %s: cannot log to CloudWatch: %s", stream["name"], refused)
    return line
