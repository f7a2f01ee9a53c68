"""Every call that jobs make to AWS outside of Spark: S3, Secrets Manager, CloudWatch.

They run with the boto3 that Glue bundles, and so call only what each of its versions has had since 2018.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

import boto3
from botocore.exceptions import ClientError

from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.manifest import Manifest
from lakehouse_etl.job.storage import LocalStorage, Storage, StoredObject

_HOUR = 3600

_DATA = 1000
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html"""

_LONGEST = 1024
"""Characters of the value of a dimension."""
_VALUES_MAX = 150
"""Values of a metric in one entry.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
"""


class S3Storage:
    """Objects in S3."""

    def __init__(self) -> None:
        self._s3: Any = boto3.client("s3")

    def list(self, prefix: str, after: str) -> Iterator[StoredObject]:
        """Yield the objects under a prefix; S3 lists them in the order of their keys."""
        bucket, key = _split(prefix)
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=key, StartAfter=_split(after)[1]
        )
        for page in pages:
            for item in page.get("Contents", ()):
                yield StoredObject(f"s3://{bucket}/{item['Key']}", item["Size"], item["LastModified"])

    def open(self, uri: str) -> BinaryIO:
        """Start to download an object."""
        return self._get(uri)

    def tail(self, uri: str, size: int) -> bytes:
        """Download the end of an object."""
        with self._get(uri, Range=f"bytes=-{size}") as end:
            return end.read()

    def write(self, uri: str, content: bytes) -> None:
        """Write an object; the bucket's default encryption applies."""
        bucket, key = _split(uri)
        self._s3.put_object(Bucket=bucket, Key=key, Body=content)

    def remove(self, uri: str) -> None:
        """Delete an object; as long as the bucket keeps old versions, it can be restored."""
        bucket, key = _split(uri)
        self._s3.delete_object(Bucket=bucket, Key=key)

    def _get(self, uri: str, **options: str) -> BinaryIO:
        bucket, key = _split(uri)
        try:
            return cast("BinaryIO", self._s3.get_object(Bucket=bucket, Key=key, **options)["Body"])
        except ClientError as error:
            raise OSError(f"{uri}: {error}") from error


def storage_of(uri: str) -> Storage:
    """Return the storage that a URI or a path belongs to."""
    return S3Storage() if uri.startswith("s3://") else LocalStorage()


def read_manifest(uri: str) -> Manifest:
    """Return what is deployed of a domain.

    Raises:
        ManifestError: The manifest is none that this code was written for.
    """
    with storage_of(uri).open(uri) as file:
        return manifest.decode(file.read(), uri)


def read_secret(name: str) -> bytes:
    """Return the text of a secret as bytes."""
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    return cast("str", secret).encode()


def publish_counts(
    namespace: str,
    dataset: str,
    counts: Mapping[str, float],
    last_arrival: datetime | None,
    promised_hours: int | None = None,
    *,
    newest_event: datetime | None = None,
    by_event: bool = False,
) -> None:
    """Add to the metrics of a dataset, whose dimension `Dataset` is its id.

    `HoursSinceArrival` tells beside counts how long ago the newest of its data came, unless none ever did;
    `HoursSinceEvent` how long ago its newest event happened, where that is known. `HoursOverdue`, beside them
    or alone, by how much the former is more than was promised, or the latter if it is `by_event` and known. A
    metric is billed for
    each hour in which anything of it comes, so what is as it should be is not told.
    """
    ages = {
        name: max(0, int((datetime.now(UTC) - at).total_seconds() // _HOUR))
        for name, at in (("HoursSinceArrival", last_arrival), ("HoursSinceEvent", newest_event))
        if at is not None
    }
    if counts:
        counts = {**counts, **ages}
    since = "HoursSinceEvent" if by_event and newest_event is not None else "HoursSinceArrival"
    hours = ages.get(since)
    if promised_hours is not None and hours is not None and hours > promised_hours:
        counts = {**counts, "HoursOverdue": hours - promised_hours}
    if not counts:
        return  # CloudWatch refuses a call without a value
    boto3.client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": "Dataset", "Value": dataset}],
                "Value": value,
                "Unit": "Count",
            }
            for name, value in counts.items()
        ],
    )


def publish_undeclared(namespace: str, dataset: str, columns: Mapping[str, int]) -> None:
    """Add `UndeclaredPersonalData`: the kinds of it by the column that holds them, if there are any.

    A name of a column that CloudWatch has no dimension for is cut, or told in other characters.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
    """
    if not columns:
        return
    told = list(columns.items())[:_DATA]
    boto3.client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": "UndeclaredPersonalData",
                "Dimensions": [
                    {"Name": "Dataset", "Value": dataset},
                    {"Name": "Column", "Value": _told(column)},
                ],
                "Value": kinds,
                "Unit": "Count",
            }
            for column, kinds in told
        ],
    )


def _told(name: str) -> str:
    return name.encode("ascii", "backslashreplace").decode()[:_LONGEST].strip() or "?"


def publish_delays(namespace: str, dataset: str, values: Sequence[float], counts: Sequence[int]) -> None:
    """Add to `EventDelay` how long events took to the table of a dataset, in seconds, and how many did.

    CloudWatch tells its percentiles over any time, which percentiles of runs would not add up to.
    """
    client = boto3.client("cloudwatch")
    for at in range(0, len(values), _VALUES_MAX):
        client.put_metric_data(
            Namespace=namespace,
            MetricData=[
                {
                    "MetricName": "EventDelay",
                    "Dimensions": [{"Name": "Dataset", "Value": dataset}],
                    "Values": list(values[at : at + _VALUES_MAX]),
                    "Counts": [float(count) for count in counts[at : at + _VALUES_MAX]],
                    "Unit": "Seconds",
                }
            ],
        )


def _split(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
