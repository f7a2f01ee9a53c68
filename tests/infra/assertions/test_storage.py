"""What must hold for every bucket, whatever else changes."""

from collections.abc import Callable
from typing import Any

import pytest

BUCKET = "AWS::S3::Bucket"
STATEFUL = {
    BUCKET, "AWS::KMS::Key", "AWS::Kinesis::Stream", "AWS::SecretsManager::Secret", "AWS::Glue::Database",
}  # fmt: skip
DATA_LAYERS = ("bronze", "silver", "gold", "quarantine")


def _name(bucket: dict[str, Any]) -> str:
    return bucket["Properties"]["BucketName"]


def test_bucket_is_private_and_versioned(resources: Callable[..., Any]) -> None:
    for where, bucket in resources(BUCKET):
        properties = bucket["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}, where
        assert properties["VersioningConfiguration"] == {"Status": "Enabled"}, where
        assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}], where


def test_bucket_policy_denies_plain_http(resources: Callable[..., Any]) -> None:
    protected = set()
    for _, policy in resources("AWS::S3::BucketPolicy"):
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            if statement.get("Condition", {}).get("Bool") == {"aws:SecureTransport": "false"}:
                assert statement["Effect"] == "Deny"
                assert statement["Principal"] == {"AWS": "*"}
                protected.add(policy["Properties"]["Bucket"]["Ref"])
    assert protected == {where.split("/")[1] for where, _ in resources(BUCKET)}


def test_bucket_encrypts_with_the_key_of_its_layer_unless_it_takes_access_logs(
    resources: Callable[..., Any],
) -> None:
    keys = {}
    for where, bucket in resources(BUCKET):
        [rule] = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        encryption = rule["ServerSideEncryptionByDefault"]
        if "-access-logs-" in _name(bucket):
            assert encryption == {"SSEAlgorithm": "AES256"}, where
            assert "LoggingConfiguration" not in bucket["Properties"], where
            continue
        assert rule["BucketKeyEnabled"] is True, where
        assert bucket["Properties"]["LoggingConfiguration"]["LogFilePrefix"] == f"{_name(bucket)}/", where
        keys[_name(bucket).split("-")[2]] = str(encryption["KMSMasterKeyID"])
    assert len({keys[layer] for layer in DATA_LAYERS}) == len(DATA_LAYERS)


def test_data_layer_never_expires_current_objects(resources: Callable[..., Any]) -> None:
    seen = set()
    for where, bucket in resources(BUCKET):
        layer = _name(bucket).split("-")[2]
        if layer in DATA_LAYERS:
            seen.add(layer)
            for rule in bucket["Properties"]["LifecycleConfiguration"]["Rules"]:
                assert not {"ExpirationInDays", "ExpirationDate"} & set(rule), where
    assert seen == set(DATA_LAYERS)


def test_bronze_refuses_deletion_by_anybody(resources: Callable[..., Any]) -> None:
    denials = [
        statement
        for where, policy in resources("AWS::S3::BucketPolicy")
        if "Bronze" in where
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement.get("Sid") == "NobodyDeletes"
    ]
    [denial] = denials
    assert denial["Effect"] == "Deny"
    assert denial["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    assert denial["Principal"] == {"AWS": "*"}
    assert "Condition" not in denial


@pytest.mark.parametrize(
    ("environment", "confirmed", "policy"),
    [
        ("dev", "false", "Retain"),
        ("dev", "true", "Delete"),
        ("prod", "true", "Retain"),
        ("prod", "false", "Retain"),
    ],
)
def test_data_is_retained_unless_disposable_and_confirmed(
    synthesize: Callable[..., Any], environment: str, confirmed: str, policy: str
) -> None:
    templates = synthesize(environment, **{"confirm-destroy": confirmed})
    stateful = [
        resource
        for stack, template in templates.items()
        for resource in template["Resources"].values()
        if resource["Type"] in STATEFUL and stack != "Governance"  # whose database crawlers fill again
    ]
    assert {resource["DeletionPolicy"] for resource in stateful} == {policy}
