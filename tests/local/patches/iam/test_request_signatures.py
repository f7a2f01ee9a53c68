import datetime
import hashlib
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from botocore.config import Config

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.wire import JSON, code, root, send, sign

GLUE = {**JSON, "x-amz-target": "AWSGlue.GetDatabases"}


def test_body_that_was_changed_after_signing_is_refused(embedded_aws: EmbeddedAws) -> None:
    headers = sign(embedded_aws, root(embedded_aws), "glue", "POST", "/", headers=GLUE, body=b"{}")
    assert send(embedded_aws, "POST", "/", headers, b"{}").status == 200
    stated = {**headers, **_stated(b"{}")}
    for tampered in (headers, stated):
        answer = send(embedded_aws, "POST", "/", tampered, b'{"MaxResults": 1}')
        assert code(answer) == "InvalidSignatureException"
    signed_hash = sign(
        embedded_aws, root(embedded_aws), "glue", "POST", "/", headers={**GLUE, **_stated(b"{}")}, body=b"{}"
    )
    assert send(embedded_aws, "POST", "/", signed_hash, b"{}").status == 200
    assert code(send(embedded_aws, "POST", "/", signed_hash, b"{ }")) == "InvalidSignatureException"


def _stated(body: bytes) -> dict[str, str]:
    return {"x-amz-content-sha256": hashlib.sha256(body).hexdigest()}


def test_body_may_stay_unsigned_for_s3_alone(embedded_aws: EmbeddedAws) -> None:
    embedded_aws.client("s3").create_bucket(Bucket="signatures-unsigned")
    unsigned = {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    headers = sign(
        embedded_aws, root(embedded_aws), "glue", "POST", "/", headers={**GLUE, **unsigned}, body=b"{}"
    )
    assert code(send(embedded_aws, "POST", "/", headers, b"{}")) == "InvalidSignatureException"
    path = "/signatures-unsigned/a"
    headers = sign(embedded_aws, root(embedded_aws), "s3", "PUT", path, headers=unsigned, body=b"a")
    assert send(embedded_aws, "PUT", path, headers, b"a").status == 200


def test_header_that_was_added_after_signing_is_refused(embedded_aws: EmbeddedAws) -> None:
    s3 = embedded_aws.session().client("s3", config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="signatures")
    s3.put_object(Bucket="signatures", Key="secret", Body=b"secret")
    url = urlsplit(s3.generate_presigned_url("put_object", {"Bucket": "signatures", "Key": "mine"}))
    path, copy = f"{url.path}?{url.query}", {"x-amz-copy-source": "/signatures/secret"}
    answer = send(embedded_aws, "PUT", path, copy)
    assert (answer.status, code(answer)) == (403, "AccessDenied")
    assert b"not signed: x-amz-copy-source" in answer.body
    assert send(embedded_aws, "PUT", path, body=b"mine").status == 200
    assert s3.get_object(Bucket="signatures", Key="mine")["Body"].read() == b"mine"
    headers = sign(embedded_aws, root(embedded_aws), "s3", "PUT", "/signatures/mine")
    assert code(send(embedded_aws, "PUT", "/signatures/mine", {**headers, **copy})) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(("service", "minutes"), [("glue", 6), ("glue", -6), ("sts", 16)])
def test_request_is_refused_when_it_was_signed_at_another_time(
    embedded_aws: EmbeddedAws, service: str, minutes: int
) -> None:
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=minutes)
    with patch("botocore.auth.get_current_datetime", lambda: then.replace(tzinfo=None)):
        headers = sign(embedded_aws, root(embedded_aws), service, "POST", "/", headers=GLUE, body=b"{}")
    assert code(send(embedded_aws, "POST", "/", headers, b"{}")) in (
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
    )
