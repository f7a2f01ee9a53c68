"""The templates of the lake's APIs, rendered by the embedded API Gateway in front of a stream."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from stacks.features.click_api.record_template import (
    NOT_STORED,
    NOT_TEXT,
    STORED,
    put_record_template,
    refusal_template,
    too_large,
)
from tests.local.patches.apis import Json, Response, api_of, ask

STREAM = "templated"
KIBIBYTES = 2
RECORD = '{"name": "Käse"}'


@pytest.fixture(scope="module")
def stream(embedded_aws: EmbeddedAws) -> Iterator[str]:
    """Iterator of the records that are put from now on."""
    kinesis = embedded_aws.client("kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    shard = kinesis.list_shards(StreamName=STREAM)["Shards"][0]["ShardId"]
    place = {"StreamName": STREAM, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    yield kinesis.get_shard_iterator(**place)["ShardIterator"]
    kinesis.delete_stream(StreamName=STREAM)


@pytest.fixture(scope="module")
def post(
    embedded_aws: EmbeddedAws, deploy: Callable[..., Any], make_role: Callable[..., str], stream: str
) -> Callable[..., Response]:
    """Post a body to an API without validator: what the templates let through is all that is let through."""
    arn = f"arn:aws:kinesis:us-east-1:{embedded_aws.account}:stream/"

    def door(name: str, into: str) -> str:
        integration: Json = {
            "Type": "AWS",
            "IntegrationHttpMethod": "POST",
            "Uri": "arn:aws:apigateway:us-east-1:kinesis:action/PutRecord",
            "Credentials": make_role(name, "apigateway.amazonaws.com", (["kinesis:PutRecord"], [arn + "*"])),
            "PassthroughBehavior": "NEVER",
            "RequestTemplates": {"application/json": put_record_template(into, KIBIBYTES)},
            "IntegrationResponses": [
                {"StatusCode": "503", "ResponseTemplates": {"application/json": refusal_template(KIBIBYTES)}},
                {
                    "StatusCode": "200",
                    "SelectionPattern": "200",
                    "ResponseTemplates": {"application/json": json.dumps({"message": STORED})},
                },
            ],
        }
        return str(deploy(name, api_of(integration), {"Api": {"Ref": "Api"}})["Api"])

    doors = {STREAM: door("templates-door", STREAM), "nowhere": door("templates-nowhere", "nowhere")}

    def send(body: bytes, into: str = STREAM) -> Response:
        return ask(embedded_aws, doors[into], "POST", body=body)

    return send


def _records(aws: EmbeddedAws, stream: str) -> list[bytes]:
    return [record["Data"] for record in aws.client("kinesis").get_records(ShardIterator=stream)["Records"]]


def _sized(size: int) -> bytes:
    return RECORD.encode().ljust(size)


@pytest.mark.parametrize(
    "body",
    [RECORD.encode(), b' \r\n{\n"a": 1}', _sized(KIBIBYTES * 1024)],
    ids=["one line", "lines", "largest"],
)
def test_record_is_put_as_it_was_sent_but_for_its_line_breaks(
    embedded_aws: EmbeddedAws, stream: str, post: Callable[..., Response], body: bytes
) -> None:
    answer = post(body)
    assert (answer.status, json.loads(answer.body)) == (200, {"message": STORED})
    assert _records(embedded_aws, stream)[-1] == body.replace(b"\r\n", b" ").replace(b"\n", b" ")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (_sized(KIBIBYTES * 1024 + 3), (413, too_large(KIBIBYTES))),
        (json.dumps({"name": "x" * 2_000_000}).encode(), (413, too_large(KIBIBYTES))),
        (RECORD.encode("utf-16"), (400, NOT_TEXT)),
        (RECORD.encode("utf-16-le"), (400, NOT_TEXT)),
        (RECORD.encode("utf-32-be"), (400, NOT_TEXT)),
        (RECORD.encode("utf-8-sig"), (400, NOT_TEXT)),
        (RECORD.encode("latin-1"), (400, NOT_TEXT)),
        (b"", (400, NOT_TEXT)),
        (b'["a"]', (400, NOT_TEXT)),
    ],
    ids=[
        "larger",
        "much larger",
        "utf-16",
        "utf-16-le",
        "utf-32",
        "byte order mark",
        "latin-1",
        "empty",
        "array",
    ],
)
def test_record_that_can_never_be_stored_is_refused_for_good(
    embedded_aws: EmbeddedAws,
    stream: str,
    post: Callable[..., Response],
    body: bytes,
    refusal: tuple[int, str],
) -> None:
    before = _records(embedded_aws, stream)
    answer = post(body)
    assert (answer.status, json.loads(answer.body)["message"]) == refusal
    assert "retry-after" not in answer.headers
    assert _records(embedded_aws, stream) == before


def test_sender_is_asked_to_come_again_when_the_stream_does_not_take_the_record(
    post: Callable[..., Response],
) -> None:
    answer = post(RECORD.encode(), "nowhere")
    assert (answer.status, json.loads(answer.body)) == (503, {"message": NOT_STORED})
    assert answer.headers["retry-after"] == "1"
