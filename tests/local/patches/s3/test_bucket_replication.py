"""Replication of buckets: with the rights of the configured role alone, and under the key of the copy."""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

THERE = "us-west-2"
_number = count(1)


def rights(source: str, copy: str, key: str, key_there: str) -> dict[str, list[str]]:
    """What S3 asks of the role, by action."""
    at_source, at_copy = [f"arn:aws:s3:::{source}/*"], [f"arn:aws:s3:::{copy}/*"]
    return {
        "s3:GetReplicationConfiguration": [f"arn:aws:s3:::{source}"],
        "s3:ListBucket": [f"arn:aws:s3:::{source}"],
        "s3:GetObjectVersionForReplication": at_source,
        "s3:GetObjectVersionAcl": at_source,
        "s3:GetObjectVersionTagging": at_source,
        "s3:ReplicateObject": at_copy,
        "s3:ReplicateTags": at_copy,
        "kms:Decrypt": [key, key_there],
        "kms:Encrypt": [key_there],
    }


class Pair:
    """A bucket that a stack has replicate to one in another region, each under a key with a bucket key."""

    def __init__(self, aws: EmbeddedAws, deploy: Callable[..., Any], make_role: Callable[..., str]) -> None:
        self.number = next(_number)
        self.s3, self.there = aws.client("s3"), aws.client("s3", region_name=THERE)
        self.source, self.copy = f"replicated-{self.number}", f"replica-{self.number}"
        kms = aws.client("kms", region_name=THERE)
        self.key_there = kms.create_key()["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName=f"alias/replica-{self.number}", TargetKeyId=self.key_there)
        self.alias = self.key_there.partition(":key/")[0] + f":alias/replica-{self.number}"
        self.key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        self._deploy, self._make_role = deploy, make_role
        self.there.create_bucket(Bucket=self.copy, CreateBucketConfiguration={"LocationConstraint": THERE})
        self.there.put_bucket_versioning(Bucket=self.copy, VersioningConfiguration={"Status": "Enabled"})
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.key_there}
        rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
        self.there.put_bucket_encryption(
            Bucket=self.copy, ServerSideEncryptionConfiguration={"Rules": [rule]}
        )

    def make(self, *lacking: str, selects: bool = True, service: str = "s3.amazonaws.com") -> None:
        """Deploy the source, whose role may do all that S3 asks for but what is named."""
        asked = rights(self.source, self.copy, self.key, self.key_there)
        allowed = [([action], at) for action, at in asked.items() if action not in lacking]
        role = self._make_role(self.source, service, *allowed)
        self.put(self.configuration(role, selects=selects))

    def configuration(self, role: str, *, selects: bool = True) -> dict[str, Any]:
        """A configuration as templates have it."""
        minutes = {"Minutes": 15}
        rule: dict[str, Any] = {
            "Id": "pair",
            "Priority": 0,
            "Status": "Enabled",
            "Filter": {"Prefix": "kept/"},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {
                "Bucket": f"arn:aws:s3:::{self.copy}",
                "EncryptionConfiguration": {"ReplicaKmsKeyID": self.alias},
                "Metrics": {"Status": "Enabled", "EventThreshold": minutes},
                "ReplicationTime": {"Status": "Enabled", "Time": minutes},
            },
        }
        status = {"Status": "Enabled" if selects else "Disabled"}
        rule["SourceSelectionCriteria"] = {"SseKmsEncryptedObjects": status}
        return {"Role": role, "Rules": [rule]}

    def put(self, configuration: dict[str, Any] | None) -> None:
        """Deploy the source with a configuration, or without one."""
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.key}
        rule = {"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": default}
        bucket = {
            "BucketName": self.source,
            "VersioningConfiguration": {"Status": "Enabled"},
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]},
            **({"ReplicationConfiguration": configuration} if configuration else {}),
        }
        self._deploy(self.source, {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": bucket}})

    def status_of(self, key: str, body: bytes = b"x") -> str | None:
        """Put an object, and return what the source says of its replication."""
        self.s3.put_object(Bucket=self.source, Key=key, Body=body)
        found: str | None = self.s3.head_object(Bucket=self.source, Key=key).get("ReplicationStatus")
        return found

    def copies(self) -> list[str]:
        """Keys of the objects that are there."""
        return [each["Key"] for each in self.there.list_objects_v2(Bucket=self.copy).get("Contents", ())]


@pytest.fixture
def pair(embedded_aws: EmbeddedAws, deploy: Callable[..., Any], make_role: Callable[..., str]) -> Pair:
    return Pair(embedded_aws, deploy, make_role)


def test_copy_is_the_same_object_under_the_key_that_the_rule_names(pair: Pair) -> None:
    pair.make()
    assert pair.status_of("kept/a", b"body") == "COMPLETED"
    assert pair.status_of("else/b") is None
    assert pair.copies() == ["kept/a"]
    copy = pair.there.get_object(Bucket=pair.copy, Key="kept/a")
    source = pair.s3.head_object(Bucket=pair.source, Key="kept/a")
    assert copy["Body"].read() == b"body"
    assert (copy["SSEKMSKeyId"], source["SSEKMSKeyId"]) == (pair.key_there, pair.key)
    assert (copy["ReplicationStatus"], copy["LastModified"]) == ("REPLICA", source["LastModified"])


def test_deletions_are_not_replicated_unless_the_rule_says_so(pair: Pair) -> None:
    pair.make()
    pair.status_of("kept/a")
    pair.s3.delete_object(Bucket=pair.source, Key="kept/a")
    assert pair.copies() == ["kept/a"]


@pytest.mark.parametrize("lacking", list(rights("s", "c", "k", "t")))
def test_object_fails_when_the_role_lacks_a_right(pair: Pair, lacking: str) -> None:
    pair.make(lacking)
    assert (pair.status_of("kept/a"), pair.copies()) == ("FAILED", [])


def test_object_fails_when_s3_may_not_assume_the_role(pair: Pair) -> None:
    pair.make(service="glue.amazonaws.com")
    assert (pair.status_of("kept/a"), pair.copies()) == ("FAILED", [])


def test_object_fails_when_the_key_of_the_copy_refuses_the_role(
    pair: Pair, embedded_aws: EmbeddedAws
) -> None:
    pair.make()
    root = f"arn:aws:iam::{embedded_aws.account}:root"
    deny = {"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*"}
    allow = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
    embedded_aws.client("kms", region_name=THERE).put_key_policy(
        KeyId=pair.key_there,
        PolicyName="default",
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow, deny]}),
    )
    assert (pair.status_of("kept/a"), pair.copies()) == ("FAILED", [])


def test_object_under_a_key_is_left_out_when_the_rule_does_not_select_it(pair: Pair) -> None:
    pair.make(selects=False)
    assert (pair.status_of("kept/a"), pair.copies()) == (None, [])


def test_template_that_drops_the_configuration_ends_replication(pair: Pair) -> None:
    pair.make()
    pair.put(None)
    assert (pair.status_of("kept/a"), pair.copies()) == (None, [])
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFoundError"):
        pair.s3.get_bucket_replication(Bucket=pair.source)


def test_stack_fails_when_there_is_no_destination(pair: Pair) -> None:
    pair.there.delete_bucket(Bucket=pair.copy)
    with pytest.raises(AssertionError, match="Destination bucket must exist"):
        pair.make()
