"""Delivery streams for tests."""

import json
from typing import Any

from local.emulator.launcher import EmbeddedAws

PREFIX = "sales/orders/ingest_date=!{timestamp:yyyy-MM-dd}/ingest_hour=!{timestamp:HH}/"
READ = (
    ["kinesis:DescribeStream", "kinesis:GetShardIterator", "kinesis:GetRecords"],
    ["arn:aws:kinesis:us-east-1:000000000000:stream/*"],
)
WRITE = (["s3:PutObject"], ["arn:aws:s3:::firehose-*"])


class Delivery:
    """A Kinesis stream and a delivery stream that reads it into a bucket of their own."""

    def __init__(self, aws: EmbeddedAws, name: str, role: str, **destination: Any) -> None:
        self._aws, self.name, self.bucket = aws, name, f"firehose-{name}"
        aws.client("s3").create_bucket(Bucket=self.bucket)
        kinesis = aws.client("kinesis")
        kinesis.create_stream(StreamName=name, ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
        arn = kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamARN"]
        settings = {
            "RoleARN": role,
            "BucketARN": f"arn:aws:s3:::{self.bucket}",
            "Prefix": PREFIX,
            "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 1},
            **destination,
        }
        if conversion := settings.get("DataFormatConversionConfiguration"):
            conversion["SchemaConfiguration"]["RoleARN"] = role
        aws.client("firehose").create_delivery_stream(
            DeliveryStreamName=name,
            DeliveryStreamType="KinesisStreamAsSource",
            KinesisStreamSourceConfiguration={"KinesisStreamARN": arn, "RoleARN": role},
            ExtendedS3DestinationConfiguration=settings,
        )

    def put(self, *records: bytes) -> None:
        """Send records in order."""
        entries = [{"Data": record, "PartitionKey": "one"} for record in records]
        self._aws.client("kinesis").put_records(StreamName=self.name, Records=entries)

    def names(self) -> list[str]:
        """Keys of the objects that were delivered."""
        found = self._aws.client("s3").list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return [one["Key"] for one in found]

    def body(self, key: str) -> bytes:
        """Content of one object."""
        content: bytes = self._aws.client("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return content


def allow(aws: EmbeddedAws, role: str, allowed: tuple[list[str], list[str]]) -> None:
    """Allow a role more than it was made with."""
    statement = {"Effect": "Allow", "Action": allowed[0], "Resource": allowed[1]}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("iam").put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=document)
