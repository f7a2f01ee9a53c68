import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

ROOT = "arn:aws:iam::000000000000:root"
BUCKET = "kms-bucket"
OBJECTS = (["s3:GetObject", "s3:PutObject"], [f"arn:aws:s3:::{BUCKET}/*"])


@pytest.fixture(scope="module")
def key(embedded_aws: EmbeddedAws) -> str:
    """A key that leaves its use to IAM policies, and a bucket that encrypts with it."""
    delegate = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [delegate]})
    arn = str(embedded_aws.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
    rules = [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": rules})
    s3.put_object(Bucket=BUCKET, Key="secret.txt", Body=b"secret")
    return arn


@pytest.fixture
def s3_with(
    key: str,
    make_role: Callable[..., str],
    client_as: Callable[[str, str], Any],
    request: pytest.FixtureRequest,
) -> Callable[..., Any]:
    """Makes an S3 client of a role with the bucket's objects and these actions on the key."""

    def make(*actions: str) -> Any:
        allowed = [(list(actions), [key])] if actions else []
        return client_as("s3", make_role(request.node.name[5:60].replace("_", "-"), ROOT, OBJECTS, *allowed))

    return make


def test_object_is_not_read_when_the_key_may_not_be_used(key: str, s3_with: Callable[..., Any]) -> None:
    with pytest.raises(
        ClientError, match=f"AccessDenied.*not authorized to perform: kms:Decrypt on resource: {key}"
    ):
        s3_with("kms:GenerateDataKey").get_object(Bucket=BUCKET, Key="secret.txt")


def test_object_is_read_when_the_key_may_decrypt(s3_with: Callable[..., Any]) -> None:
    assert s3_with("kms:Decrypt").get_object(Bucket=BUCKET, Key="secret.txt")["Body"].read() == b"secret"


def test_object_is_not_written_when_the_key_may_not_be_used(
    embedded_aws: EmbeddedAws, s3_with: Callable[..., Any]
) -> None:
    with pytest.raises(ClientError, match="kms:GenerateDataKey"):
        s3_with("kms:Decrypt").put_object(Bucket=BUCKET, Key="new.txt", Body=b"new")
    names = [one["Key"] for one in embedded_aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert "new.txt" not in names


def test_object_is_copied_when_the_key_may_do_both(s3_with: Callable[..., Any]) -> None:
    s3 = s3_with("kms:Decrypt", "kms:GenerateDataKey")
    s3.copy_object(Bucket=BUCKET, Key="copy.txt", CopySource={"Bucket": BUCKET, "Key": "secret.txt"})
    assert s3.get_object(Bucket=BUCKET, Key="copy.txt")["Body"].read() == b"secret"


def test_object_is_not_copied_when_the_source_may_not_be_decrypted(s3_with: Callable[..., Any]) -> None:
    source = {"Bucket": BUCKET, "Key": "secret.txt"}
    with pytest.raises(ClientError, match="kms:Decrypt"):
        s3_with("kms:GenerateDataKey").copy_object(Bucket=BUCKET, Key="stolen.txt", CopySource=source)


def test_upload_of_parts_is_not_finished_when_the_key_may_not_decrypt(s3_with: Callable[..., Any]) -> None:
    s3 = s3_with("kms:GenerateDataKey")
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="large")["UploadId"]
    part = s3.upload_part(Bucket=BUCKET, Key="large", UploadId=upload, PartNumber=1, Body=b"x")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    with pytest.raises(ClientError, match="kms:Decrypt"):
        s3.complete_multipart_upload(Bucket=BUCKET, Key="large", UploadId=upload, MultipartUpload=parts)


def test_object_is_read_when_the_key_allows_the_role_through_s3_alone(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    role = make_role("via-s3", ROOT, (["s3:GetObject"], ["arn:aws:s3:::kms-via/*"]))
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": role},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {
            "StringEquals": {
                "kms:ViaService": "s3.us-east-1.amazonaws.com",
                "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::kms-via/secret.txt",
            }
        },
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    key = embedded_aws.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket="kms-via")
    for name in ("secret.txt", "other.txt"):
        s3.put_object(Bucket="kms-via", Key=name, Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    reader = client_as("s3", role)
    assert reader.get_object(Bucket="kms-via", Key="secret.txt")["Body"].read() == b"x"
    with pytest.raises(ClientError, match="kms:Decrypt"):
        reader.get_object(Bucket="kms-via", Key="other.txt")


def test_object_without_a_customers_key_is_read_when_no_key_is_allowed(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket="kms-none")
    s3.put_object(Bucket="kms-none", Key="open.txt", Body=b"open")
    role = make_role("kms-none", ROOT, (["s3:GetObject"], ["arn:aws:s3:::kms-none/*"]))
    assert client_as("s3", role).get_object(Bucket="kms-none", Key="open.txt")["Body"].read() == b"open"


@pytest.mark.parametrize("allowed", [True, False])
def test_secret_is_read_only_when_its_key_may_decrypt(
    allowed: bool,
    embedded_aws: EmbeddedAws,
    key: str,
    make_role: Callable[..., str],
    client_as: Callable[[str, str], Any],
) -> None:
    name = f"kms/{allowed}"
    embedded_aws.client("secretsmanager").create_secret(Name=name, SecretString="x", KmsKeyId=key)
    use = [(["kms:Decrypt"], [key])] if allowed else []
    role = make_role(f"secret-{allowed}", ROOT, (["secretsmanager:GetSecretValue"], ["*"]), *use)
    reader = client_as("secretsmanager", role)
    if allowed:
        assert reader.get_secret_value(SecretId=name)["SecretString"] == "x"
    else:
        with pytest.raises(ClientError, match="kms:Decrypt"):
            reader.get_secret_value(SecretId=name)
