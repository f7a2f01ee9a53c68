from collections.abc import Callable
from typing import Any

import pytest
from botocore.credentials import Credentials

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.wire import assume, code, root, send_signed

BROAD = ["s3:GetBucketLocation", "s3:PutBucketVersioning", "s3:PutMetricsConfiguration", "s3:ListBucket"]
BUCKET = "subresources"


@pytest.fixture(scope="module")
def auditor(embedded_aws: EmbeddedAws, make_role: Callable[..., str]) -> Credentials:
    """A role with rights on every bucket's settings, and on one folder of one bucket."""
    role = make_role(
        "auditor",
        f"arn:aws:iam::{embedded_aws.account}:root",
        (BROAD, ["*"]),
        (["s3:GetObject"], [f"arn:aws:s3:::{BUCKET}/open/*"]),
    )
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for key in ("secret", "open/a", "/open/a"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    return assume(embedded_aws, role)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/{BUCKET}/secret?location", b""),
        ("PUT", f"/{BUCKET}/new?versioning", b"new"),
        ("PUT", f"/{BUCKET}?id=1&metrics&policy", b'{"Version":"2012-10-17","Statement":[]}'),
        ("PUT", f"/{BUCKET}/new?partNumber=1&uploadId=1&tagging", b"new"),
        ("GET", f"/{BUCKET}?uploadId=1", b""),
        ("GET", f"/{BUCKET}//", b""),
    ],
)
def test_request_is_refused_when_iam_would_be_asked_about_another(
    embedded_aws: EmbeddedAws, auditor: Credentials, method: str, path: str, body: bytes
) -> None:
    answer = send_signed(embedded_aws, auditor, "s3", method, path, body=body)
    assert code(answer) in ("InvalidArgument", "AccessDenied")
    assert send_signed(embedded_aws, root(embedded_aws), "s3", method, path, body=body).status == 400


def test_key_keeps_its_slashes_when_iam_is_asked(embedded_aws: EmbeddedAws, auditor: Credentials) -> None:
    assert send_signed(embedded_aws, auditor, "s3", "GET", f"/{BUCKET}/open/a").body == b"open/a"
    assert code(send_signed(embedded_aws, auditor, "s3", "GET", f"/{BUCKET}//open/a")) == "AccessDenied"
    assert send_signed(embedded_aws, root(embedded_aws), "s3", "GET", f"/{BUCKET}//open/a").body == b"/open/a"


def test_single_subresource_is_served_to_who_may_ask(embedded_aws: EmbeddedAws, auditor: Credentials) -> None:
    assert send_signed(embedded_aws, auditor, "s3", "GET", f"/{BUCKET}?location").status == 200
    s3: Any = embedded_aws.client("s3")
    tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
    s3.put_object_tagging(Bucket=BUCKET, Key="secret", Tagging=tags)
    assert s3.get_object_tagging(Bucket=BUCKET, Key="secret")["TagSet"] == tags["TagSet"]
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="parts")["UploadId"]
    part = s3.upload_part(Bucket=BUCKET, Key="parts", UploadId=upload, PartNumber=1, Body=b"part")
    done = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket=BUCKET, Key="parts", UploadId=upload, MultipartUpload=done)
    assert s3.get_object(Bucket=BUCKET, Key="parts")["Body"].read() == b"part"
