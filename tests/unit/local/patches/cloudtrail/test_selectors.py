"""A trail takes what its selectors say, and writes of requests what tells no secret."""

import json
import time
from typing import Any

import pytest

from local.patches.cloudtrail import parameters, s3_calls
from local.patches.cloudtrail.selectors import selected
from local.patches.iam.calls import Call

Json = dict[str, Any]

OBJECT: Json = {
    "eventCategory": "Data", "eventName": "GetObject", "readOnly": True,
    "resources": [
        {"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::lake/a/b"}, {"type": "AWS::S3::Bucket", "ARN": "arn"}
    ],
}  # fmt: skip


def call(method: str, path: str, body: bytes = b"", kind: str = "", **query: str) -> Call:
    headers = {"content-type": kind, "host": "localhost"}
    return Call(time.time(), 0, "1", "id", method, path, headers, query, body, len(body), 200, {}, b"")


@pytest.mark.parametrize(
    ("field", "taken"),
    [
        ({"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::lake/", "other"]}, True),
        ({"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::lakes/"]}, False),
        ({"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::lake/"]}, False),
        ({"Field": "eventName", "Equals": ["PutObject", "GetObject"]}, True),
        ({"Field": "eventName", "NotEquals": ["PutObject"]}, True),
        ({"Field": "eventName", "EndsWith": ["Objects"]}, False),
        ({"Field": "readOnly", "Equals": ["true"]}, True),
    ],
)
def test_selector_takes_an_event_if_all_its_fields_do(field: Json, taken: bool) -> None:
    data = {"Field": "eventCategory", "Equals": ["Data"]}
    assert selected(OBJECT, [{"FieldSelectors": [data, field]}]) is taken
    assert not selected({**OBJECT, "eventCategory": "Management"}, [{"FieldSelectors": [data, field]}])


def test_basic_selector_takes_management_events_alone() -> None:
    selectors = [{"IncludeManagementEvents": True}]
    assert not selected(OBJECT, selectors)
    assert selected({**OBJECT, "eventCategory": "Management"}, selectors)


def test_parameters_begin_small_and_hold_no_secret_at_any_depth() -> None:
    asked = {
        "Name": "n", "SecretString": "open", "Tags": [{"Key": "k", "Value": "v"}], "Long": "x" * 9000,
        "Environment": {"Variables": {"TOKEN": "t"}}, "EncryptionContext": {"aws:s3:arn": "arn"},
    }  # fmt: skip
    found = parameters.of_call(call("POST", "/", json.dumps(asked).encode(), "application/x-amz-json-1.1"))
    assert found == {
        "name": "n", "secretString": parameters.HIDDEN, "tags": [{"key": "k", "value": parameters.HIDDEN}],
        "long": parameters.HIDDEN, "environment": parameters.HIDDEN,
        "encryptionContext": {"aws:s3:arn": "arn"},
    }  # fmt: skip


def test_parameters_of_a_form_leave_out_what_names_the_operation() -> None:
    body = b"Action=AssumeRole&Version=2011-06-15&RoleArn=arn&RoleSessionName=me"
    found = parameters.of_call(call("POST", "/", body, "application/x-www-form-urlencoded"))
    assert found == {"roleArn": "arn", "roleSessionName": "me"}


@pytest.mark.parametrize(
    ("of", "name", "data"),
    [
        (call("GET", "/"), "ListBuckets", False),
        (call("GET", "/b"), "ListObjects", True),
        (call("PUT", "/b"), "CreateBucket", False),
        (call("PUT", "/b", policy=""), "PutBucketPolicy", False),
        (call("POST", "/b", delete=""), "DeleteObjects", True),
        (call("PUT", "/b/a%20b/c"), "PutObject", True),
        (call("GET", "/b/k", tagging=""), "GetObjectTagging", True),
        (call("POST", "/b/k", uploads=""), "CreateMultipartUpload", True),
        (call("PUT", "/b/k", uploadId="1", partNumber="1"), "UploadPart", True),
        (call("POST", "/b/k", uploadId="1"), "CompleteMultipartUpload", True),
    ],
)
def test_request_to_s3_is_called_as_cloudtrail_calls_it(of: Call, name: str, data: bool) -> None:
    assert (s3_calls.name(of), s3_calls.is_data(of)) == (name, data)
