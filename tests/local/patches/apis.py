"""REST APIs for tests of what API Gateway does, made of CloudFormation resources and asked over HTTPS."""

import http.client
import json
import ssl
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from local.emulator.launcher import EmbeddedAws

Json = dict[str, Any]


@dataclass(frozen=True)
class Response:
    """What an API answered; headers by their names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    aws: EmbeddedAws,
    api: str,
    method: str,
    path: str = "",
    body: bytes | None = None,
    *,
    kind: str = "application/json",
) -> Response:
    """Send a request without credentials to the stage `live` of an API; `kind` is the type of its body."""
    trust = ssl.create_default_context(cafile=aws.environment()["AWS_CA_BUNDLE"])
    connection = http.client.HTTPSConnection("localhost", aws.port, timeout=60, context=trust)
    with closing(connection):
        headers = {} if body is None else {"Content-Type": kind}
        connection.request(method, f"/restapis/{api}/live/_user_request_/{path}", body, headers)
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, names, answer.read())


def api_of(integration: Json, method: Json | None = None, stage: Json | None = None, **more: Json) -> Json:
    """Return the resources of an API whose root answers POST and GET with this integration."""
    api = {"Ref": "Api"}
    both = {
        name: _of(
            "Method",
            HttpMethod=name,
            ResourceId={"Fn::GetAtt": ["Api", "RootResourceId"]},
            AuthorizationType="NONE",
            Integration=integration,
            **(method or {}),
        )
        for name in ("POST", "GET")
    }
    return {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "api"}},
        **{name: _of(**resource) for name, resource in more.items()},
        **both,
        "Deployment": {**_of("Deployment"), "DependsOn": [*both, *more]},
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {
                "RestApiId": api,
                "StageName": "live",
                "DeploymentId": {"Ref": "Deployment"},
                **(stage or {}),
            },
        },
    }


def mock(template: str, kind: str = "application/json", **headers: str) -> Json:
    """Return an integration that answers with a template."""
    answer = {
        "StatusCode": "200",
        "ResponseTemplates": {kind: template},
        "ResponseParameters": {f"method.response.header.{name}": value for name, value in headers.items()},
    }
    return {
        "Type": "MOCK",
        "RequestTemplates": {"application/json": json.dumps({"statusCode": 200})},
        "IntegrationResponses": [answer],
    }


def _of(kind: str, **properties: Any) -> Json:
    return {"Type": f"AWS::ApiGateway::{kind}", "Properties": {"RestApiId": {"Ref": "Api"}, **properties}}
