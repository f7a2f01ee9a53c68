"""Requests to a bucket that logs them are lines in the bucket that it names."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

LOGS, LOGGED = "log-lines", "logged-bucket"
MAY_WRITE = {
    "Effect": "Allow",
    "Principal": {"Service": "logging.s3.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": f"arn:aws:s3:::{LOGS}/requests/*",
    "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{LOGGED}"}},
}


@pytest.fixture(scope="module")
def lines(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]], wait_for: Callable[..., Any]
) -> Callable[[str], list[tuple[str, list[str]]]]:
    """Waits for lines that hold a text; tells key and fields of each."""
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket=LOGS)
    s3.put_bucket_policy(Bucket=LOGS, Policy=json.dumps({"Version": "2012-10-17", "Statement": [MAY_WRITE]}))
    logging = {
        "DestinationBucketName": LOGS,
        "LogFilePrefix": "requests/",
        "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}},
    }
    properties = {"BucketName": LOGGED, "LoggingConfiguration": logging}
    deploy("logged", {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}})

    def found(text: str) -> list[tuple[str, list[str]]]:
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=LOGS).get("Contents", [])]
        bodies = {key: s3.get_object(Bucket=LOGS, Key=key)["Body"].read().decode() for key in keys}
        told = [(key, line) for key, body in bodies.items() for line in body.splitlines() if text in line]
        return [(key, line.split(" ")) for key, line in told]

    return lambda text: list(wait_for(lambda: found(text)))


def test_configuration_of_a_template_is_that_of_the_bucket(
    embedded_aws: EmbeddedAws, lines: Callable[[str], Any]
) -> None:
    configured = embedded_aws.client("s3").get_bucket_logging(Bucket=LOGGED)["LoggingEnabled"]
    assert (configured["TargetBucket"], configured["TargetPrefix"]) == (LOGS, "requests/")
    assert configured["TargetObjectKeyFormat"]["PartitionedPrefix"]["PartitionDateSource"] == "EventTime"


def test_line_tells_who_asked_for_what_below_account_region_bucket_and_day(
    embedded_aws: EmbeddedAws, lines: Callable[[str], Any],
    make_role: Callable[..., str], client_as: Callable[..., Any],
) -> None:  # fmt: skip
    account = f"arn:aws:iam::{EmbeddedAws.account}:root"
    role = make_role("log-writer", account, (["s3:PutObject"], [f"arn:aws:s3:::{LOGGED}/*"]))
    client_as("s3", role).put_object(Bucket=LOGGED, Key="day=1/a b", Body=b"x")
    [(key, fields), *_] = lines("log-writer")
    assert fields[1] == LOGGED
    assert fields[5].endswith(":assumed-role/log-writer/test")
    assert fields[7:9] == ["REST.PUT.OBJECT", "day%253D1/a%2520b"]
    assert fields[12] == "200"
    day = key.removeprefix(f"requests/{EmbeddedAws.account}/us-east-1/{LOGGED}/")
    assert day[:10].replace("/", "-") == day[11:21]


def test_deletion_in_a_batch_is_a_line_for_each_object(
    embedded_aws: EmbeddedAws, lines: Callable[[str], Any]
) -> None:
    s3 = embedded_aws.client("s3")
    s3.delete_objects(Bucket=LOGGED, Delete={"Objects": [{"Key": "one"}, {"Key": "two"}]})
    assert {fields[8] for _, fields in lines("BATCH.DELETE.OBJECT")} == {"one", "two"}


def test_nothing_is_written_where_the_target_does_not_let_s3(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]], lines: Callable[[str], Any]
) -> None:
    logging = {"DestinationBucketName": LOGS, "LogFilePrefix": "requests/"}
    properties = {"BucketName": "unlogged-bucket", "LoggingConfiguration": logging}
    deploy("unlogged", {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}})
    s3 = embedded_aws.client("s3")
    s3.put_object(Bucket="unlogged-bucket", Key="unseen", Body=b"x")
    s3.put_object(Bucket=LOGGED, Key="seen-later", Body=b"x")
    lines("seen-later")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=LOGS)["Contents"]]
    assert not [key for key in keys if "unlogged-bucket" in key]
