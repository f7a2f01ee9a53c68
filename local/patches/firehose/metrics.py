"""What Firehose, and the streams that it reads, tell CloudWatch.

https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
"""

import time
from typing import Any

from local.patches.cloudwatch.store import record


def tell_of_reading(stream: dict[str, Any], came: float) -> None:
    """Tell how long records had lain in the stream that they came from, if they came from one."""
    if source := stream.get("kinesis_source"):
        name = source["KinesisStreamARN"].rpartition("/")[2]
        age = 1000 * (time.time() - came)
        of = {"StreamName": name}
        record("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", age, of, "Milliseconds")


def tell_of_delivery(stream: dict[str, Any], records: int, came: float) -> None:
    """Tell of an object in S3, and how old the oldest of its records was."""
    tell(stream, "DeliveryToS3.Records", records)
    tell_of_waiting(stream, came)


def tell_of_waiting(stream: dict[str, Any], came: float) -> None:
    """Tell how old a record is that Firehose has, or has just delivered."""
    tell(stream, "DeliveryToS3.DataFreshness", time.time() - came, "Seconds")


def tell(stream: dict[str, Any], metric: str, value: float, unit: str = "Count") -> None:
    """Tell one value."""
    record("AWS/Firehose", metric, value, {"DeliveryStreamName": stream["name"]}, unit)
