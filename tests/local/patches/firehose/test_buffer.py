import base64
import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws, EmulatorError
from tests.local.patches.deliveries import READ, WRITE, Delivery, allow


def test_firehose_writes_one_gzip_object_when_many_records_arrive(
    embedded_aws: EmbeddedAws, delivery: Callable[..., Delivery]
) -> None:
    delimiter = {"ParameterName": "Delimiter", "ParameterValue": "\\n"}
    newline = {"Type": "AppendDelimiterToRecord", "Parameters": [delimiter]}
    stream = delivery(
        READ,
        WRITE,
        BufferingHints={"IntervalInSeconds": 900, "SizeInMBs": 1},
        CompressionFormat="GZIP",
        ProcessingConfiguration={"Enabled": True, "Processors": [newline]},
    )
    for batch in range(3):
        stream.put(*(json.dumps({"n": batch * 100 + n}).encode() for n in range(100)))
    embedded_aws.flush_firehose()
    (key,) = stream.names()
    pattern = (
        r"sales/orders/ingest_date=\d{4}-\d\d-\d\d/ingest_hour=\d\d/" + stream.name + r"-1-[-\d]+-[-\w]+\.gz"
    )
    assert re.fullmatch(pattern, key)
    lines = gzip.decompress(stream.body(key)).decode().splitlines()
    assert [json.loads(line)["n"] for line in lines] == list(range(300))


def test_firehose_keeps_bytes_when_records_are_not_text(
    embedded_aws: EmbeddedAws, delivery: Callable[..., Delivery]
) -> None:
    stream = delivery(READ, WRITE)
    stream.put(b"\x00\xff broken", b'{"a": 1}\n')
    assert embedded_aws.flush_firehose() >= 1
    (key,) = stream.names()
    assert stream.body(key) == b'\x00\xff broken{"a": 1}\n'


def test_firehose_refuses_a_stream_when_its_compression_is_not_emulated(
    delivery: Callable[..., Delivery],
) -> None:
    with pytest.raises(ClientError, match="CompressionFormat Snappy is not emulated"):
        delivery(READ, WRITE, CompressionFormat="Snappy")


def test_firehose_starts_an_object_when_the_size_is_reached(
    embedded_aws: EmbeddedAws, delivery: Callable[..., Delivery]
) -> None:
    stream = delivery(READ, WRITE, BufferingHints={"IntervalInSeconds": 900, "SizeInMBs": 1})
    stream.put(*[b"x" * 400_000] * 4)
    embedded_aws.flush_firehose()
    assert sorted(len(stream.body(key)) for key in stream.names()) == [400_000, 1_200_000]


def test_firehose_separates_objects_when_partitioning_is_dynamic(
    embedded_aws: EmbeddedAws, delivery: Callable[..., Delivery]
) -> None:
    query = {"ParameterName": "MetadataExtractionQuery", "ParameterValue": "{country: .country}"}
    engine = {"ParameterName": "JsonParsingEngine", "ParameterValue": "JQ-1.6"}
    stream = delivery(
        READ,
        WRITE,
        Prefix="by/!{partitionKeyFromQuery:country}/!{timestamp:yyyy}/",
        ErrorOutputPrefix="errors/!{firehose:error-output-type}/!{timestamp:yyyy}/",
        DynamicPartitioningConfiguration={"Enabled": True},
        BufferingHints={"IntervalInSeconds": 60, "SizeInMBs": 64},
        ProcessingConfiguration={
            "Enabled": True,
            "Processors": [{"Type": "MetadataExtraction", "Parameters": [query, engine]}],
        },
    )
    stream.put(b'{"country": "de", "n": 1}', b'{"country": "fr"}', b'{"country": "de", "n": 2}', b"broken")
    embedded_aws.flush_firehose()
    places = {key.rsplit("/", 2)[0]: stream.body(key) for key in stream.names() if key.startswith("by/")}
    assert places == {
        "by/de": b'{"country": "de", "n": 1}{"country": "de", "n": 2}',
        "by/fr": b'{"country": "fr"}',
    }
    (failed,) = [key for key in stream.names() if key.startswith("errors/processing-failed/")]
    (document,) = map(json.loads, stream.body(failed).splitlines())
    assert base64.b64decode(document["rawData"]) == b"broken"
    assert document["errorCode"] == "DynamicPartitioning.MetadataExtractionFailed"


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        (
            {
                "DynamicPartitioningConfiguration": {"Enabled": True},
                "ErrorOutputPrefix": "errors/",
                "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 63},
            },
            "SizeInMBs must be at least 64",
        ),
        (
            {
                "DynamicPartitioningConfiguration": {"Enabled": True},
                "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 64},
            },
            "ErrorOutputPrefix is required",
        ),
        (
            {
                "DataFormatConversionConfiguration": {"Enabled": True},
                "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 5},
            },
            "SizeInMBs must be at least 64",
        ),
        (
            {
                "DataFormatConversionConfiguration": {"Enabled": True},
                "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 64},
                "CompressionFormat": "GZIP",
            },
            "CompressionFormat must be UNCOMPRESSED",
        ),
    ],
)
def test_firehose_refuses_a_stream_when_aws_would(
    embedded_aws: EmbeddedAws, settings: dict[str, Any], fault: str
) -> None:
    destination = {"RoleARN": "arn:aws:iam::000000000000:role/any", "BucketARN": "arn:aws:s3:::any"}
    with pytest.raises(ClientError, match=fault):
        embedded_aws.client("firehose").create_delivery_stream(
            DeliveryStreamName="refused", ExtendedS3DestinationConfiguration={**destination, **settings}
        )


def test_firehose_keeps_records_when_its_role_may_not_write(
    embedded_aws: EmbeddedAws, delivery: Callable[..., Delivery], wait_for: Callable[..., Any]
) -> None:
    logs = embedded_aws.client("logs")
    logs.create_log_group(logGroupName="firehose-errors")
    logs.create_log_stream(logGroupName="firehose-errors", logStreamName="s3")
    options = {"Enabled": True, "LogGroupName": "firehose-errors", "LogStreamName": "s3"}
    stream = delivery(READ, (["logs:PutLogEvents"], ["*"]), CloudWatchLoggingOptions=options)
    stream.put(b"late")
    with pytest.raises(EmulatorError, match="not authorized to perform: s3:PutObject"):
        embedded_aws.flush_firehose()
    assert stream.names() == []
    events = logs.get_log_events(logGroupName="firehose-errors", logStreamName="s3")["events"]
    assert "S3.AccessDenied" in events[0]["message"]
    assert wait_for(lambda: _oldest_seconds(embedded_aws, stream.name))

    allow(embedded_aws, stream.name, WRITE)
    (key,) = wait_for(stream.names)
    assert stream.body(key) == b"late"


def test_firehose_reads_nothing_when_its_role_may_not_read_the_stream(
    embedded_aws: EmbeddedAws, delivery: Callable[..., Delivery]
) -> None:
    stream = delivery(WRITE)
    stream.put(b"unread")
    with pytest.raises(EmulatorError, match="not authorized to perform: kinesis:DescribeStream"):
        embedded_aws.flush_firehose()
    allow(embedded_aws, stream.name, READ)
    embedded_aws.flush_firehose()
    assert [stream.body(key) for key in stream.names()] == [b"unread"]


def _oldest_seconds(aws: EmbeddedAws, stream: str) -> list[float]:
    """Return what CloudWatch was told of the age of what Firehose holds."""
    now = datetime.now(UTC)
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Firehose",
        MetricName="DeliveryToS3.DataFreshness",
        Dimensions=[{"Name": "DeliveryStreamName", "Value": stream}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Maximum"],
    )
    return [each["Maximum"] for each in found["Datapoints"]]
