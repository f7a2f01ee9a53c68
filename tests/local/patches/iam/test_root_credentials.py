import io
import json
import time
import zipfile
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.apis import api_of
from tests.local.patches.wire import FORM, JSON, code, root, send, send_signed, sign

IDENTITY = b"Action=GetCallerIdentity&Version=2011-06-15"
CALLER = """
def handler(event, context):
    return {"statusCode": 200, "body": event["requestContext"].get("identity", {}).get("userArn", "")}
"""
STRANGERS = [
    "test",
    "000000000000",
    "123456789012",
    "ASIA0123456789ABCDEF",  # pragma: allowlist secret (of nobody)
    "AKIAIOSFODNN7EXAMPLE",  # pragma: allowlist secret (AWS's example)
]


@pytest.mark.parametrize("key", STRANGERS)
def test_key_that_nobody_was_given_is_refused(embedded_aws: EmbeddedAws, key: str) -> None:
    stranger = Credentials(key, "test")
    found = [
        send_signed(embedded_aws, stranger, "s3", "GET", "/"),
        send_signed(embedded_aws, stranger, "sts", "POST", "/", headers=FORM, body=IDENTITY),
        send_signed(
            embedded_aws, stranger, "glue", "POST", "/",
            headers={**JSON, "x-amz-target": "AWSGlue.GetDatabases"}, body=b"{}",
        ),
        send(embedded_aws, "GET", f"/?AWSAccessKeyId={key}&Signature=x&Expires=9999999999"),
    ]  # fmt: skip
    unknown = ["InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException"]
    assert [code(answer) for answer in found] == [*unknown, "InvalidAccessKeyId"]


def test_root_users_signature_is_verified(embedded_aws: EmbeddedAws) -> None:
    forged = Credentials(root(embedded_aws).access_key, "wrong")
    assert code(send_signed(embedded_aws, forged, "s3", "GET", "/")) == "SignatureDoesNotMatch"
    for service, body in (("sts", IDENTITY), ("iam", b"Action=ListRoles&Version=2010-05-08")):
        answer = send_signed(embedded_aws, forged, service, "POST", "/", headers=FORM, body=body)
        assert code(answer) == "SignatureDoesNotMatch"
    assert send_signed(embedded_aws, root(embedded_aws), "s3", "GET", "/").status == 200


def test_root_user_of_another_account_is_somebody_else_with_the_same_secret(
    embedded_aws: EmbeddedAws,
) -> None:
    other = embedded_aws.of_account("222233334444")
    assert other.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::222233334444:root"
    assert embedded_aws.client("sts").get_caller_identity()["Account"] == "000000000000"
    embedded_aws.client("glue").create_database(DatabaseInput={"Name": "of_the_first_account"})
    assert other.client("glue").get_databases()["DatabaseList"] == []
    forged = Credentials(root(other).access_key, "wrong")
    assert code(send_signed(embedded_aws, forged, "s3", "GET", "/")) == "SignatureDoesNotMatch"


def test_root_user_has_no_session(embedded_aws: EmbeddedAws) -> None:
    keys = root(embedded_aws)
    with_token = Credentials(keys.access_key, keys.secret_key, "token")
    assert code(send_signed(embedded_aws, with_token, "s3", "GET", "/")) == "InvalidToken"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", "AccessDenied"),
        ("PUT", "/unsigned-bucket", "AccessDenied"),
        ("POST", "/", "AccessDenied"),
        ("GET", "/clusters", "MissingAuthenticationTokenException"),
        ("GET", "/latest/meta-data/iam/security-credentials/", "MissingAuthenticationTokenException"),
        ("GET", "/v2/credentials", "MissingAuthenticationTokenException"),
        ("POST", "/v1/chat/completions", "MissingAuthenticationTokenException"),
        ("GET", "/iceberg/v1/config", "UnrecognizedClientException"),
        ("GET", "/nowhere-at-all/key", "NoSuchBucket"),
    ],
)
def test_request_without_a_signature_is_refused(
    embedded_aws: EmbeddedAws, method: str, path: str, expected: str
) -> None:
    assert code(send(embedded_aws, method, path)) == expected
    assert send(embedded_aws, method, path, {"authorization": "Bearer x"}).status in (403, 404)


def test_device_connects_with_a_signature_alone(embedded_aws: EmbeddedAws) -> None:
    upgrade = {
        "Host": f"device-ats.iot.{embedded_aws.region}.localhost:{embedded_aws.port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol": "mqtt",
    }
    assert send(embedded_aws, "GET", "/mqtt", upgrade).status == 403
    signed = {**sign(embedded_aws, root(embedded_aws), "iotdevicegateway", "GET", "/mqtt", headers=upgrade)}
    assert send(embedded_aws, "GET", "/mqtt", signed).status == 101


def test_unsigned_request_reads_a_bucket_when_its_policy_lets_everybody(embedded_aws: EmbeddedAws) -> None:
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket="root-public")
    s3.put_object(Bucket="root-public", Key="open/a", Body=b"a")
    s3.put_object(Bucket="root-public", Key="closed", Body=b"b")
    assert code(send(embedded_aws, "GET", "/root-public/open/a")) == "AccessDenied"
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::root-public/open/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.delete_public_access_block(Bucket="root-public")
    s3.put_bucket_policy(Bucket="root-public", Policy=policy)
    assert send(embedded_aws, "GET", "/root-public/open/a").body == b"a"
    assert code(send(embedded_aws, "GET", "/root-public/closed")) == "AccessDenied"
    assert code(send(embedded_aws, "PUT", "/root-public/open/a", body=b"c")) == "AccessDenied"


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_presigned_address_opens_one_object_until_its_time_is_over(
    embedded_aws: EmbeddedAws, version: str
) -> None:
    s3, bucket = embedded_aws.client("s3"), f"root-presigned-{version}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    signer = embedded_aws.session().client("s3", config=Config(signature_version=version))

    def address(seconds: int) -> str:
        url = signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a"}, seconds)
        return f"{urlsplit(url).path}?{urlsplit(url).query}"

    good = address(60)
    assert send(embedded_aws, "GET", good).body == b"a"
    name = "X-Amz-Signature=" if version == "s3v4" else "&Signature="
    begin, _, end = good.partition(name)
    forged = f"{begin}{name}{'f' if end[0] != 'f' else 'e'}{end[1:]}"
    assert code(send(embedded_aws, "GET", forged)) == "SignatureDoesNotMatch"
    assert code(send(embedded_aws, "GET", good.replace("/a?", "/b?"))) == "SignatureDoesNotMatch"
    assert code(send(embedded_aws, "DELETE", good)) == "SignatureDoesNotMatch"
    short = address(0)
    time.sleep(1.1)
    assert send(embedded_aws, "GET", short).status == 403


def test_operation_that_needs_no_credentials_is_decided_by_its_own_rules(embedded_aws: EmbeddedAws) -> None:
    body = b"Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::000000000000:role/nobody"
    body += b"&RoleSessionName=web&WebIdentityToken=token&Version=2011-06-15"
    answer = send(embedded_aws, "POST", "/", FORM, body)
    assert b"Not authorized to perform sts:AssumeRoleWithWebIdentity" in answer.body
    target = {**JSON, "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth"}
    assert code(send(embedded_aws, "POST", "/", target, b"{}")) != "MissingAuthenticationTokenException"


@pytest.fixture(scope="module")
def make_function(embedded_aws: EmbeddedAws, make_role: Callable[..., str]) -> Callable[[str, str], str]:
    """Makes a function of this code, which anybody may call, and returns its ARN."""
    functions, role = embedded_aws.client("lambda"), make_role("root-functions", "lambda.amazonaws.com")

    def make(name: str, code: str) -> str:
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, "w") as archive:
            archive.writestr("index.py", code)
        return str(
            functions.create_function(
                FunctionName=name, Runtime="python3.11", Handler="index.handler", Role=role,
                Code={"ZipFile": zipped.getvalue()},
            )["FunctionArn"]
        )  # fmt: skip

    return make


def test_method_under_iam_knows_its_caller_and_refuses_others(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]], make_function: Callable[[str, str], str]
) -> None:
    arn = make_function("root-caller", CALLER)
    uri = f"arn:aws:apigateway:{embedded_aws.region}:lambda:path/2015-03-31/functions/{arn}/invocations"
    resources = api_of({"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": uri})
    for name in ("POST", "GET"):
        resources[name]["Properties"]["AuthorizationType"] = "AWS_IAM"
    api = deploy("root-api", resources, {"Id": {"Ref": "Api"}})["Id"]
    embedded_aws.client("lambda").add_permission(
        FunctionName=arn, StatementId="api", Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )  # fmt: skip
    path = f"/restapis/{api}/live/_user_request_/"
    assert send(embedded_aws, "GET", path).status == 403
    forged = Credentials(root(embedded_aws).access_key, "wrong")
    assert send_signed(embedded_aws, forged, "execute-api", "GET", path).status == 403
    answer = send_signed(embedded_aws, root(embedded_aws), "execute-api", "GET", path)
    assert (answer.status, answer.body) == (200, b"arn:aws:iam::000000000000:root")


def test_function_url_asks_for_a_signature_when_it_was_told_to(
    embedded_aws: EmbeddedAws, make_function: Callable[[str, str], str]
) -> None:
    functions, answers = embedded_aws.client("lambda"), {}
    for kind in ("NONE", "AWS_IAM"):
        arn = make_function(f"root-url-{kind.lower()}", CALLER)
        url = functions.create_function_url_config(FunctionName=arn, AuthType=kind)["FunctionUrl"]
        path = f"/_aws/lambda-url/{urlsplit(url).netloc.partition('.')[0]}/"
        signed = send_signed(embedded_aws, root(embedded_aws), "lambda", "GET", path)
        answers[kind] = (send(embedded_aws, "GET", path).status, signed.status)
    assert answers == {"NONE": (200, 200), "AWS_IAM": (403, 200)}


def test_session_of_a_role_is_bound_to_its_own_token(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str]
) -> None:
    role = make_role("root-session", f"arn:aws:iam::{embedded_aws.account}:root")
    sts = embedded_aws.client("sts")
    one, other = (
        sts.assume_role(RoleArn=role, RoleSessionName=f"session-{at}")["Credentials"] for at in range(2)
    )
    mixed = embedded_aws.session(
        aws_access_key_id=one["AccessKeyId"],
        aws_secret_access_key=one["SecretAccessKey"],
        aws_session_token=other["SessionToken"],
    )
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        mixed.client("sts").get_caller_identity()
