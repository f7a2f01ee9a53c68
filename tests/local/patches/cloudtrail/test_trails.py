"""A trail writes what was asked, by whom and with which answer, into its bucket, as far as it selects it."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

Json = dict[str, Any]

BUCKET, DATA, NAME = "trail-files", "trail-data", "proof"
ARN = f"arn:aws:cloudtrail:us-east-1:{EmbeddedAws.account}:trail/{NAME}"
SERVICE = {"Service": "cloudtrail.amazonaws.com"}
FROM = {"StringEquals": {"aws:SourceArn": ARN}}
WRITES: Json = {
    "Effect": "Allow",
    "Principal": SERVICE,
    "Action": "s3:PutObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/AWSLogs/{EmbeddedAws.account}/*",
    "Condition": {"StringEquals": {"aws:SourceArn": ARN, "s3:x-amz-acl": "bucket-owner-full-control"}},
}
ACL: Json = {
    "Effect": "Allow", "Principal": SERVICE, "Action": "s3:GetBucketAcl",
    "Resource": f"arn:aws:s3:::{BUCKET}", "Condition": FROM,
}  # fmt: skip


def field(name: str, **conditions: list[str]) -> Json:
    return {"Field": name, **conditions}


SELECTORS = [
    {"Name": "all", "FieldSelectors": [field("eventCategory", Equals=["Management"])]},
    {
        "Name": "data",
        "FieldSelectors": [
            field("eventCategory", Equals=["Data"]),
            field("resources.type", Equals=["AWS::S3::Object"]),
            field("resources.ARN", StartsWith=[f"arn:aws:s3:::{DATA}/"]),
        ],
    },
]


def resources(*statements: Json) -> Json:
    policy = {"Bucket": BUCKET, "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}
    trail = {
        "TrailName": NAME, "S3BucketName": BUCKET, "IsLogging": True, "IsMultiRegionTrail": True,
        "AdvancedEventSelectors": SELECTORS,
    }  # fmt: skip
    return {
        "Files": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": BUCKET}},
        "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": policy, "DependsOn": "Files"},
        "Trail": {"Type": "AWS::CloudTrail::Trail", "Properties": trail, "DependsOn": "Policy"},
    }


@pytest.fixture(scope="module")
def trail(embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]) -> Iterator[dict[str, str]]:
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket=DATA)
    outputs = {"Arn": {"Fn::GetAtt": ["Trail", "Arn"]}}
    yield deploy("audited", resources(WRITES, ACL), outputs)
    embedded_aws.client("cloudtrail").stop_logging(Name=NAME)


@pytest.fixture
def written(
    embedded_aws: EmbeddedAws, trail: dict[str, str], wait_for: Callable[..., Any]
) -> Callable[..., list[Json]]:
    """Waits for records of an operation; those whose request says so, if told."""
    s3 = embedded_aws.client("s3")

    def records(name: str, holds: str) -> list[Json]:
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        bodies = [s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys]
        found = [one for body in bodies for one in json.loads(gzip.decompress(body))["Records"]]
        return [one for one in found if one["eventName"] == name and holds in json.dumps(one)]

    return lambda name, holds="": wait_for(lambda: records(name, holds))


def test_files_lie_below_account_region_and_day_where_a_trail_logs(
    embedded_aws: EmbeddedAws, trail: dict[str, str], written: Callable[..., list[Json]]
) -> None:
    assert trail == {"Arn": ARN}
    embedded_aws.client("sts").get_caller_identity()
    [record, *_] = written("GetCallerIdentity")
    assert (record["eventSource"], record["readOnly"]) == ("sts.amazonaws.com", True)
    assert record["userIdentity"]["type"] == "Root"
    day = record["eventTime"][:10].replace("-", "/")
    keys = embedded_aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    folder = f"AWSLogs/{EmbeddedAws.account}/CloudTrail/us-east-1/{day}/"
    assert all(
        each["Key"].startswith(f"{folder}{EmbeddedAws.account}_CloudTrail_us-east-1_") for each in keys
    )


def test_session_of_a_role_is_told_with_its_role_when_it_is_refused(
    make_role: Callable[..., str], client_as: Callable[..., Any], written: Callable[..., list[Json]],
    embedded_aws: EmbeddedAws,
) -> None:  # fmt: skip
    role = make_role("trail-reader", f"arn:aws:iam::{EmbeddedAws.account}:root")
    with pytest.raises(ClientError, match="AccessDenied"):
        client_as("s3", role).get_object(Bucket=DATA, Key="no")
    [record] = written("GetObject", "trail-reader")
    who = record["userIdentity"]
    assert (record["errorCode"], record["requestParameters"]["key"]) == ("AccessDenied", "no")
    assert who["sessionContext"]["sessionIssuer"]["arn"] == role
    assert (who["type"], who["arn"].rpartition("/")[2]) == ("AssumedRole", "test")
    [became, *_] = written("AssumeRole", "trail-reader")
    assert became["requestParameters"]["roleArn"] == role
    assert became["resources"][0]["ARN"] == role
    assert became["userIdentity"]["arn"] == f"arn:aws:iam::{EmbeddedAws.account}:root"


def test_objects_are_told_of_the_buckets_that_selectors_name_alone(
    embedded_aws: EmbeddedAws, written: Callable[..., list[Json]]
) -> None:
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket="trail-other")
    for bucket in ("trail-other", DATA):
        s3.put_object(Bucket=bucket, Key="a=b/c", Body=b"secret content")
    [put] = written("PutObject", DATA)
    assert put["resources"][0] == {
        "ARN": f"arn:aws:s3:::{DATA}/a=b/c", "accountId": EmbeddedAws.account, "type": "AWS::S3::Object"
    }  # fmt: skip
    assert (put["managementEvent"], put["eventCategory"]) == (False, "Data")
    assert "secret content" not in json.dumps(put)
    assert not [one for one in written("PutObject") if one["requestParameters"]["bucketName"] != DATA]
    assert written("CreateBucket", "trail-other")


def test_secrets_and_queries_are_left_out(
    embedded_aws: EmbeddedAws, written: Callable[..., list[Json]]
) -> None:
    embedded_aws.client("secretsmanager").create_secret(Name="trail-secret", SecretString="open sesame")
    [made] = written("CreateSecret", "trail-secret")
    assert made["requestParameters"]["name"] == "trail-secret"
    assert "sesame" not in json.dumps(made)


def test_trail_is_not_made_where_the_policy_of_its_bucket_lets_another_write(
    deploy: Callable[..., dict[str, str]], trail: dict[str, str]
) -> None:
    other = resources(WRITES, ACL)
    other = {"Trail": {**other["Trail"], "DependsOn": []}}
    other["Trail"]["Properties"] = {**other["Trail"]["Properties"], "TrailName": "another"}
    with pytest.raises(
        AssertionError, match="Incorrect S3 bucket policy is detected for bucket: trail-files"
    ):
        deploy("unaudited", other)
