import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.apis import Json, Response, api_of, ask

URI = "arn:aws:apigateway:us-east-1:kinesis:action/"
DATA = r"$util.base64Encode($input.body.replaceAll('[\r\n]+', ' '))"
REQUEST = '{"StreamName": "%s", "Data": "' + DATA + '", "PartitionKey": "$context.requestId"}'
ANSWERS = [
    {"StatusCode": "503", "ResponseTemplates": {"application/json": "lost"}},
    {"StatusCode": "200", "SelectionPattern": "200", "ResponseTemplates": {"application/json": "kept"}},
]
Post = Callable[..., Response]


@pytest.fixture(scope="module")
def stream(embedded_aws: EmbeddedAws) -> Iterator[str]:
    """Name of a stream."""
    kinesis = embedded_aws.client("kinesis")
    kinesis.create_stream(StreamName="posted", ShardCount=1)
    yield "posted"
    kinesis.delete_stream(StreamName="posted")


@pytest.fixture
def post(
    embedded_aws: EmbeddedAws, deploy: Callable[..., Any], make_role: Callable[..., str], stream: str
) -> Post:
    """Post a body to an API in front of the stream; its role is for `principal` and may do `actions`."""

    def send(
        name: str,
        body: bytes,
        actions: list[str],
        *,
        principal: str = "apigateway.amazonaws.com",
        action: str = "PutRecord",
        into: str = stream,
    ) -> Response:
        arn = f"arn:aws:kinesis:us-east-1:{embedded_aws.account}:stream/{stream}"
        role = make_role(f"api-{name}", principal, (actions, [arn]))
        integration: Json = {
            "Type": "AWS",
            "IntegrationHttpMethod": "POST",
            "Uri": URI + action,
            "Credentials": role,
            "RequestTemplates": {"application/json": REQUEST % into},
            "IntegrationResponses": ANSWERS,
        }
        api = deploy(f"kinesis-{name}", api_of(integration), {"Api": {"Ref": "Api"}})["Api"]
        return ask(embedded_aws, api, "POST", body=body)

    return send


def _records(aws: EmbeddedAws, stream: str) -> list[bytes]:
    kinesis = aws.client("kinesis")
    shard = kinesis.list_shards(StreamName=stream)["Shards"][0]["ShardId"]
    place = {"StreamName": stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    start = kinesis.get_shard_iterator(**place)["ShardIterator"]
    return [record["Data"] for record in kinesis.get_records(ShardIterator=start)["Records"]]


def test_record_is_put_as_it_was_sent_when_the_role_may(
    embedded_aws: EmbeddedAws, stream: str, post: Post
) -> None:
    answer = post("may", '{"name":  "Käse\\n", "price": 2.50}'.encode(), ["kinesis:PutRecord"])
    assert (answer.status, answer.body) == (200, b"kept")
    assert _records(embedded_aws, stream)[-1].decode() == '{"name":  "Käse\\n", "price": 2.50}'


def test_record_is_one_line_when_it_was_sent_in_several(
    embedded_aws: EmbeddedAws, stream: str, post: Post
) -> None:
    assert post("lines", b'{\r\n"a": 1,\n\n"b": 2}', ["kinesis:PutRecord"]).status == 200
    assert _records(embedded_aws, stream)[-1] == b'{ "a": 1, "b": 2}'


def test_default_response_is_given_when_the_role_may_not(
    embedded_aws: EmbeddedAws, stream: str, post: Post
) -> None:
    before = _records(embedded_aws, stream)
    answer = post("may-not", b"{}", ["kinesis:GetRecords"])
    assert (answer.status, answer.body) == (503, b"lost")
    assert _records(embedded_aws, stream) == before


def test_default_response_is_given_when_there_is_no_such_stream(post: Post) -> None:
    assert post("elsewhere", b"{}", ["kinesis:PutRecord"], into="nowhere").status == 503


@pytest.mark.parametrize(
    ("name", "how", "logged"),
    [
        ("foreign", {"principal": "lambda.amazonaws.com"}, "should be given assume role permissions"),
        (
            "reading",
            {"action": "GetRecords"},
            "action/GetRecords of Kinesis, or its template, is not emulated",
        ),
    ],
)
def test_api_fails_when_its_integration_cannot_work(
    embedded_aws: EmbeddedAws, post: Post, name: str, how: Json, logged: str
) -> None:
    answer = post(name, b"{}", ["kinesis:PutRecord"], **how)
    assert (answer.status, json.loads(answer.body)) == (500, {"message": "Internal server error"})
    assert logged in embedded_aws.log.read_text()
