"""The emulator's own doors: closed to outsiders, to roles and to the code of functions."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws, EmulatorError
from tests.local.patches.wire import root, send, send_signed

DOORS = [
    ("GET", "/health"),
    ("GET", "/_localstack/health"),
    ("GET", "/_ministack/health"),
    ("GET", "/_ministack/ready"),
    ("GET", "/_ministack/sqs/messages"),
    ("GET", "/_ministack/ses/messages"),
    ("GET", "/_ministack/sns/sms-messages"),
    ("GET", "/_ministack/lambda-code/doors"),
    ("GET", "/_ministack/transfer/sftp-ports"),
    ("POST", "/_ministack/config"),
    ("POST", "/_ministack/rds/iam-auth"),
    ("POST", "/_ministack/eks-auth/x"),
    ("GET", "/v2/_catalog"),
    ("POST", "/_ministack/reset"),
]

INTRUDER = """
import json, os, ssl, urllib.error, urllib.request

def ask(method, url):
    trust = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + url, b"", method=method)
    try:
        return urllib.request.urlopen(request, context=trust).status
    except urllib.error.HTTPError as error:
        return error.code

def handler(event, context):
    with open(f"/proc/{os.getppid()}/environ") as file:
        return {"seen": [dict(os.environ), file.read()], "answers": [ask(*door) for door in event]}
"""


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_path_of_the_emulator_is_refused_with_and_without_a_signature(
    embedded_aws: EmbeddedAws, method: str, path: str
) -> None:
    answer = send(embedded_aws, method, path)
    assert (answer.status, json.loads(answer.body)["__type"]) == (403, "AccessDeniedException")
    assert f"does not open {path}" in json.loads(answer.body)["message"]
    assert send_signed(embedded_aws, root(embedded_aws), "s3", method, path).status == 403


def test_launchers_path_asks_for_the_secret_of_this_start(embedded_aws: EmbeddedAws) -> None:
    for headers in ({}, {"authorization": "Bearer guess"}, {"authorization": f"Bearer {'a' * 40}"}):
        for method, path in (("GET", "/_lake/recorded"), ("POST", "/_lake/firehose/flush")):
            assert send(embedded_aws, method, path, headers).status == 403
    assert isinstance(embedded_aws.recorded_resources(), list)


def test_launcher_learns_that_there_is_no_such_path(embedded_aws: EmbeddedAws) -> None:
    with pytest.raises(EmulatorError, match="answered 404"):
        embedded_aws._control("GET", "/_lake/none")


def test_code_of_a_function_finds_neither_secrets_nor_doors(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str]
) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", INTRUDER)
    functions = embedded_aws.client("lambda")
    functions.create_function(
        FunctionName="intruder",
        Runtime="python3.11",
        Handler="index.handler",
        Role=make_role("intruder", "lambda.amazonaws.com"),
        Code={"ZipFile": code.getvalue()},
        Timeout=30,
    )
    doors = [*DOORS, ("GET", "/_lake/recorded"), ("GET", "/")]
    answer = functions.invoke(FunctionName="intruder", Payload=json.dumps(doors))
    assert "FunctionError" not in answer
    found = json.load(answer["Payload"])
    assert found["answers"] == [403] * len(doors)
    seen = json.dumps(found["seen"])
    assert "LAKE_DIRECTORY" in seen
    for secret in (root(embedded_aws).access_key, root(embedded_aws).secret_key, embedded_aws._root.control):
        assert secret not in seen


def test_files_of_the_emulator_are_its_users_alone_and_keys_change_with_each_start(tmp_path: Path) -> None:
    directory = tmp_path / "aws"
    directory.mkdir(mode=0o755)
    keys = []
    with EmbeddedAws(directory, port=0) as aws:
        assert directory.stat().st_mode & 0o777 == 0o700
        keys.append(root(aws))
        before = aws.session()
        aws.stop()
        aws.start()
        keys.append(root(aws))
        assert keys[0].access_key != keys[1].access_key
        assert keys[0].secret_key != keys[1].secret_key
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            before.client(
                "sts", endpoint_url=aws.endpoint, verify=str(directory / "tls" / "authority.pem")
            ).get_caller_identity()
