"""Names below the lake's buckets, and the types of the events that tell of objects there.

Functions and jobs cannot import this. Each of them spells what it needs in one place of its own, and
`tests/infra/assertions/test_runtime_parity.py` compares those with these.
"""

from datetime import UTC, datetime

from config.naming import Naming
from lakehouse.model.dataset import Dataset, Layer

INGEST_DATE = "ingest_date"
"""Partition column of bronze: the day on which an object arrived, in UTC, as `YYYY-MM-DD`."""

INGEST_HOUR = "ingest_hour"
"""Partition column of bronze: the hour of that day, `00` to `23`."""

ERRORS = "_errors/"
"""Where Firehose puts, in the bronze bucket, what it could not deliver."""

REPAIRS = "_repairs/"
"""Where the bronze bucket, from which nobody deletes, keeps what was repaired, why and by whom."""

ERASURES = "_erasures/"
"""Where the bronze bucket keeps that something was erased, and nothing about whom."""

UNROUTED = "unrouted/"
"""Where the landing router puts, in the quarantine bucket, what it cannot place."""

OBJECT_CREATED = "Object Created"
"""Type of the event that tells of a new object.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
"""

FILE_REPLAY = "Quarantined File Replay"
"""Type of the event that sends a file in quarantine to the landing router again."""


def ingest_partition(day: str, hour: str = "") -> str:
    """Return the folder of an ingest partition below a dataset's; without an hour, the prefix of a day's."""
    return f"{INGEST_DATE}={day}/{INGEST_HOUR}={hour}" + ("/" if hour else "")


def ingest_partition_of(instant: datetime) -> str:
    """Return the folder of the ingest partition of an instant."""
    utc = instant.astimezone(UTC)
    return ingest_partition(f"{utc:%Y-%m-%d}", f"{utc:%H}")


def bronze_location(dataset: Dataset, naming: Naming) -> str:
    """Return the URI below which the bronze objects of a dataset lie."""
    return f"s3://{naming.bucket(Layer.BRONZE)}/{dataset.id}/"


def erasures_prefix(domain: str) -> str:
    """Return the prefix in the bronze bucket of what was erased in a domain."""
    return f"{ERASURES}{domain}/"


def requests_prefix(dataset: Dataset) -> str:
    """Return the prefix in the bronze bucket below which requests to process objects of a dataset lie."""
    return f"{dataset.domain}/_requests/{dataset.name}/"
