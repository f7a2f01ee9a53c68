import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.apis import Json, api_of, ask, mock

SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "pattern": '^"?[a-z]+"?$'}, "age": {"type": "integer"}},
}
UNREADABLE = "[Unknown error parsing request body]"
REASON = '{"message": "no", "reason": "$context.error.validationErrorString"}'


def _validated(schema: Json, **validator: Any) -> Json:
    method = {"RequestValidatorId": {"Ref": "Validator"}, "RequestModels": {"application/json": "Record"}}
    return api_of(
        mock("taken"),
        method,
        Model={"kind": "Model", "Name": "Record", "ContentType": "application/json", "Schema": schema},
        Validator={"kind": "RequestValidator", "Name": "body", **validator},
        Response={
            "kind": "GatewayResponse",
            "ResponseType": "BAD_REQUEST_BODY",
            "ResponseTemplates": {"application/json": REASON},
        },
    )


@pytest.fixture(scope="module")
def api(deploy: Callable[..., Any]) -> str:
    return str(
        deploy("validated", _validated(SCHEMA, ValidateRequestBody=True), {"Api": {"Ref": "Api"}})["Api"]
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"name": "ada", "age": 36}', None),
        (b'{"age": 36}', "[$: 'name' is a required property]"),
        (b'{"name": "ada", "age": "old"}', "[$.age: 'old' is not of type 'integer']"),
        (b'{"name": "\\"1"}', "[$.name: '\"1' does not match '^\"?[a-z]+\"?$']"),
        (b"[]", "[$: [] is not of type 'object']"),
        (b'{"name": ', UNREADABLE),
        (b'{"name": "ada"} x', UNREADABLE),
        (b'{"name": "ada"}{"name": "bob"}', UNREADABLE),
        (b'{"name": "ada", "height": NaN}', UNREADABLE),
        (b'{"name": "ada", "height": -Infinity}', UNREADABLE),
        ('{"name": "ada"}'.encode("utf-16"), UNREADABLE),
        ('{"name": "ada"}'.encode("utf-8-sig"), UNREADABLE),
        (b'{"name": "ada", "x": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", UNREADABLE),
        (b'{"name": "ada", "x": ' + b"[" * 1_001 + b"]" * 1_001 + b"}", UNREADABLE),
        (b'{"name": "ada", "x": ' + b"[" * 500 + b"]" * 500 + b"}", None),
        (b'{"name": "ada", "name": "1"}', "[$.name: '1' does not match '^\"?[a-z]+\"?$']"),
        (b"", "[$: 'name' is a required property]"),
    ],
)
def test_body_is_refused_with_the_reason_when_it_breaks_the_model(
    embedded_aws: EmbeddedAws, api: str, body: bytes, reason: str | None
) -> None:
    answer = ask(embedded_aws, api, "POST", body=body)
    if reason is None:
        assert (answer.status, answer.body) == (200, b"taken")
    else:
        assert (answer.status, json.loads(answer.body)) == (400, {"message": "no", "reason": reason})


@pytest.mark.parametrize("depth", [980, 1_500, 3_000])
def test_deep_value_of_the_wrong_type_is_refused(embedded_aws: EmbeddedAws, api: str, depth: int) -> None:
    body = b'{"name": ' + b"[" * depth + b"]" * depth + b"}"
    answer = ask(embedded_aws, api, "POST", body=body)
    assert (answer.status, json.loads(answer.body)["message"]) == (400, "no")


def test_body_of_another_type_is_not_validated(embedded_aws: EmbeddedAws, api: str) -> None:
    assert ask(embedded_aws, api, "POST", body=b"name=1", kind="text/plain").status == 200
    kind = "Application/JSON; charset=utf-8"
    assert ask(embedded_aws, api, "POST", body=b'{"name": 1}', kind=kind).status == 400


def test_body_beyond_what_api_gateway_takes_is_refused(embedded_aws: EmbeddedAws, api: str) -> None:
    answer = ask(embedded_aws, api, "POST", body=b'{"name": "%s"}' % (b"x" * 10_000_000))
    assert (answer.status, json.loads(answer.body)) == (413, {"message": "Request Too Long"})


def test_body_is_taken_again_when_an_update_ends_the_validation(
    embedded_aws: EmbeddedAws, deploy: Callable[..., Any]
) -> None:
    outputs = {"Api": {"Ref": "Api"}}
    api = deploy("loosened", _validated(SCHEMA, ValidateRequestBody=True), outputs)["Api"]
    assert ask(embedded_aws, api, "POST", body=b"{}").status == 400
    assert deploy("loosened", _validated(SCHEMA, ValidateRequestBody=False), outputs)["Api"] == api
    assert ask(embedded_aws, api, "POST", body=b"{}").status == 200


def test_requests_are_throttled_beyond_the_burst_of_the_stage(
    embedded_aws: EmbeddedAws, deploy: Callable[..., Any]
) -> None:
    limits = {"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 0.01, "ThrottlingBurstLimit": 3}
    resources = api_of(mock("taken"), stage={"MethodSettings": [limits]})
    api = deploy("throttled", resources, {"Api": {"Ref": "Api"}})["Api"]
    assert [ask(embedded_aws, api, "GET").status for _ in range(5)] == [200, 200, 200, 429, 429]
