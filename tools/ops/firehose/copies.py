"""Writes records into bronze once, however often and by however many it is tried.

Bronze deletes nothing, so what is written must be right at once: objects of one error object have running
numbers, each is written only if its number is still free, and says itself which records it holds. Whoever
finds a number taken looks what has been done and goes on from there.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

from botocore.exceptions import ClientError

from lakehouse.layout.paths import ingest_partition_of
from lakehouse.model.dataset import Dataset, Format, Layer
from tools.ops.bronze.requests import ask, asked, list_keys
from tools.ops.firehose.encoding import EXTENSIONS, encode
from tools.ops.firehose.error_objects import ErrorObject, Record
from tools.ops.target import Target

_HOLDS = "records"
"""User metadata of an object: positions of its records in the error object."""

_HOLDS_MAX = 1500
"""Characters of that; S3 takes 2 KB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html"""

_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")

_LATE = timedelta(hours=24)
"""Age of a partition from which jobs may no longer list it by themselves; they go back 26 hours."""


def missing(target: Target, error: ErrorObject, dataset: Dataset, records: Sequence[Record]) -> list[Record]:
    """Return those of some records that no object holds yet."""
    done = _held(target, _written(target, error, dataset))
    return [record for record in records if record.position not in done]


def write_once(target: Target, error: ErrorObject, dataset: Dataset, records: Sequence[Record]) -> int:
    """Write the records that no object holds yet, and return their number."""
    written = 0
    while True:
        keys = _written(target, error, dataset)
        done = _held(target, keys)
        left = [record for record in records if record.position not in done]
        if not left:
            _make_known(target, error, dataset, keys)
            return written
        batch = _describable(left)
        written += len(batch) if _put(target, error, dataset, len(keys), batch) else 0


def _held(target: Target, keys: Sequence[str]) -> set[int]:
    """Positions of the records that some objects hold."""
    s3, bucket = target.client("s3"), target.settings.naming.bucket(Layer.BRONZE)
    heads = [s3.head_object(Bucket=bucket, Key=key) for key in keys]
    return {position for head in heads for position in parse_ranges(head["Metadata"][_HOLDS])}


def _written(target: Target, error: ErrorObject, dataset: Dataset) -> list[str]:
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    return sorted(list_keys(target, bucket, _stem(error, dataset)))


def _stem(error: ErrorObject, dataset: Dataset) -> str:
    return f"{dataset.id}/{ingest_partition_of(error.time)}replayed-{error.digest}-"


def _put(
    target: Target, error: ErrorObject, dataset: Dataset, number: int, records: Sequence[Record]
) -> bool:
    """Write an object if its number is free; False if somebody else was faster."""
    kind = dataset.ingestion.format if dataset.ingestion else Format.JSON
    try:
        target.client("s3").put_object(
            Bucket=target.settings.naming.bucket(Layer.BRONZE),
            Key=f"{_stem(error, dataset)}{number:06}{EXTENSIONS[kind]}",
            Body=encode(dataset, target.settings.naming, records),
            Metadata={_HOLDS: ranges([record.position for record in records])},
            IfNoneMatch="*",
        )
    except ClientError as fault:
        if fault.response["Error"]["Code"] in _TAKEN:
            return False
        raise
    return True


def _describable(records: Sequence[Record]) -> Sequence[Record]:
    """As many of the first records as metadata can name."""
    count = len(records)
    while len(ranges([record.position for record in records[:count]])) > _HOLDS_MAX:
        count //= 2
    return records[:count]


def _make_known(target: Target, error: ErrorObject, dataset: Dataset, keys: Sequence[str]) -> None:
    """Ask for objects whose partition is so old that jobs may no longer list it."""
    name = f"errors-{error.digest}-{len(keys)}"
    if keys and datetime.now(UTC) - error.time > _LATE and name not in asked(target, dataset):
        ask(target, dataset, keys, name)


def ranges(numbers: Iterable[int]) -> str:
    """Write ascending numbers as a short text: `0-6,9`."""
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    ]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def parse_ranges(text: str) -> set[int]:
    """Read what `ranges` wrote."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found
