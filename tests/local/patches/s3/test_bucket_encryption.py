import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

ROOT = "arn:aws:iam::000000000000:root"


def resources(encryption: dict[str, Any] | None) -> dict[str, Any]:
    delegate = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}
    policy = {"KeyPolicy": {"Version": "2012-10-17", "Statement": [delegate]}}
    bucket = {
        "BucketName": "encrypted-by-template",
        **({"BucketEncryption": encryption} if encryption else {}),
    }
    return {
        "Key": {"Type": "AWS::KMS::Key", "Properties": policy},
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": bucket},
    }


def test_bucket_encrypts_with_the_templates_key_until_the_template_drops_it(
    embedded_aws: EmbeddedAws,
    deploy: Callable[..., dict[str, str]],
    make_role: Callable[..., str],
    client_as: Callable[[str, str], Any],
) -> None:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]}}
    rule = {"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": default}
    key = deploy(
        "encrypted",
        resources({"ServerSideEncryptionConfiguration": [rule]}),
        {"Arn": {"Fn::GetAtt": ["Key", "Arn"]}},
    )["Arn"]
    s3 = embedded_aws.client("s3")
    put = s3.put_object(Bucket="encrypted-by-template", Key="secret.txt", Body=b"x")
    assert (put["ServerSideEncryption"], put["SSEKMSKeyId"]) == ("aws:kms", key)
    role = make_role(
        "encrypted-by-template", ROOT, (["s3:GetObject"], ["arn:aws:s3:::encrypted-by-template/*"])
    )
    reader = client_as("s3", role)
    with pytest.raises(ClientError, match="kms:Decrypt"):
        reader.get_object(Bucket="encrypted-by-template", Key="secret.txt")

    deploy("encrypted", resources(None))
    s3.put_object(Bucket="encrypted-by-template", Key="open.txt", Body=b"open")
    assert reader.get_object(Bucket="encrypted-by-template", Key="open.txt")["Body"].read() == b"open"


def test_bucket_reports_its_encryption_when_the_template_uses_s3s_own_keys(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]
) -> None:
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    encryption = {"ServerSideEncryptionConfiguration": [rule]}
    bucket = {"BucketName": "encrypted-by-s3", "BucketEncryption": encryption}
    deploy("encrypted-s3", {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": bucket}})
    found = embedded_aws.client("s3").get_bucket_encryption(Bucket="encrypted-by-s3")
    rules = found["ServerSideEncryptionConfiguration"]["Rules"]
    assert json.loads(json.dumps(rules[0]["ApplyServerSideEncryptionByDefault"])) == {
        "SSEAlgorithm": "AES256"
    }
