"""Requests as they go over the wire, signed by hand, so that tests can tamper with them."""

import http.client
import json
import re
import ssl
from contextlib import closing
from typing import Any

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.apis import Response

FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/x-amz-json-1.1"}


def send(
    aws: EmbeddedAws, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> Response:
    """Send a request as it is."""
    trust = ssl.create_default_context(cafile=aws.environment()["AWS_CA_BUNDLE"])
    with closing(http.client.HTTPSConnection("localhost", aws.port, timeout=60, context=trust)) as connection:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, names, answer.read())


def sign(
    aws: EmbeddedAws,
    by: Credentials,
    service: str,
    method: str,
    path: str,
    **more: Any,
) -> dict[str, str]:
    """The headers that make this a signed request, with these `headers` and this `body`."""
    request = AWSRequest(
        method, f"{aws.endpoint}{path}", headers=more.get("headers", {}), data=more.get("body", b"")
    )
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(by, service, aws.region).add_auth(request)
    return dict(request.headers)


def send_signed(
    aws: EmbeddedAws, by: Credentials, service: str, method: str, path: str, **more: Any
) -> Response:
    """Sign a request and send it."""
    return send(aws, method, path, sign(aws, by, service, method, path, **more), more.get("body", b""))


def code(answer: Response) -> str:
    """The error code of an answer in any protocol."""
    if found := re.search(rb"<Code>(\w+)</Code>", answer.body):
        return found[1].decode()
    return str(json.loads(answer.body)["__type"])


def root(aws: EmbeddedAws) -> Credentials:
    """The root user's keys."""
    variables = aws.environment()
    return Credentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"])


def assume(aws: EmbeddedAws, role: str) -> Credentials:
    """Credentials of a role that the root user may assume."""
    keys = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="wire")["Credentials"]
    return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
