"""What Firehose put under the error prefix: objects of JSON lines, one for each record that it gave up.

https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-error-handling.html
"""

import gzip
import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lakehouse.layout.streams import error_prefix, stream_name, unpacks
from lakehouse.model.dataset import Dataset, Layer, Mode
from tools.ops.target import OperationError, Target

PROCESSING, CONVERSION = "processing-failed", "format-conversion-failed"

_GZIP = b"\x1f\x8b"
_DIGEST = 16


@dataclass(frozen=True)
class Stream:
    """A stream with the datasets that its records belong to."""

    name: str
    errors: str
    """Prefix in bronze of what could not be delivered."""
    datasets: tuple[Dataset, ...]
    shared: bool

    @property
    def transforms(self) -> bool:
        """Whether records pass the transform function, which unpacks them or finds their dataset."""
        return self.shared or unpacks(self.datasets)


@dataclass(frozen=True)
class ErrorObject:
    """One object under the error prefix."""

    key: str
    kind: str
    """Firehose's name of what failed."""
    time: datetime

    @property
    def digest(self) -> str:
        """What tells the object from all others."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:_DIGEST]


@dataclass(frozen=True)
class Record:
    """One record of an error object, as it came or as the transform function made it."""

    position: int
    data: bytes


def streams(target: Target, datasets: list[Dataset]) -> list[Stream]:
    """Return the streams of some datasets; a shared one with all of its own."""
    naming, found = target.settings.naming, {}
    for dataset in datasets:
        if dataset.ingestion is None or dataset.ingestion.mode is not Mode.STREAM:
            continue
        name = stream_name(dataset, naming)
        members = tuple(
            each
            for each in target.lake.datasets
            if each.ingestion and each.ingestion.mode is Mode.STREAM and stream_name(each, naming) == name
        )
        found[name] = Stream(
            name, error_prefix(dataset), members, shared=dataset.ingestion.stream is not None
        )
    return list(found.values())


def error_objects(
    target: Target, stream: Stream, since: datetime | None, until: datetime | None
) -> Iterator[ErrorObject]:
    """Yield the error objects of a stream that were written between two instants."""
    pages = target.client("s3").get_paginator("list_objects_v2")
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    for page in pages.paginate(Bucket=bucket, Prefix=stream.errors):
        for found in page.get("Contents", ()):
            time = found["LastModified"]
            if (since is None or time >= since) and (until is None or time < until):
                kind = found["Key"].removeprefix(stream.errors).partition("/")[0]
                yield ErrorObject(found["Key"], kind, time)


def read_records(target: Target, error: ErrorObject) -> list[Record]:
    """Return the records of an error object as Firehose kept them.

    Raises:
        OperationError: It is not of the form that Firehose writes.
    """
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    body = target.client("s3").get_object(Bucket=bucket, Key=error.key)["Body"].read()
    try:
        text = gzip.decompress(body) if body.startswith(_GZIP) else body
        lines = [line for line in text.split(b"\n") if line.strip()]
        records = [
            Record(number, b64decode(json.loads(line)["rawData"], validate=True))
            for number, line in enumerate(lines)
        ]
        # One without data was erased: copies know the others by their positions, so it holds its place.
        return [record for record in records if record.data]
    except (ValueError, KeyError, TypeError, EOFError, OSError) as fault:
        raise OperationError(f"s3://{bucket}/{error.key}: not as Firehose writes it ({fault!r})") from fault
