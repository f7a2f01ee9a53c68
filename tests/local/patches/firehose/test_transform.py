import base64
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.deliveries import READ, WRITE, Delivery

INVOKE = (
    ["lambda:InvokeFunction", "lambda:GetFunctionConfiguration"],
    ["arn:aws:lambda:us-east-1:000000000000:function:firehose-transform"],
)
PARTITIONED = {
    "Prefix": "by/!{partitionKeyFromLambda:kind}/!{timestamp:yyyy}/",
    "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/!{timestamp:yyyy}/",
    "DynamicPartitioningConfiguration": {"Enabled": True},
    "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 64},
}
CODE = """
import base64

def handler(event, context):
    if any(base64.b64decode(one["data"]) == b"crash" for one in event["records"]):
        raise ValueError("asked to")
    return {"records": [answer for one in event["records"] for answer in answers(one)]}

def answers(one):
    data = base64.b64decode(one["data"])
    said = {"recordId": one["recordId"]}
    if data == b"lost":
        return []
    if data == b"drop":
        return [{**said, "result": "Dropped"}]
    if data == b"refuse":
        return [{**said, "result": "ProcessingFailed"}]
    keys = {"metadata": {"partitionKeys": {"kind": data.decode()[0]}}} if data != b"nowhere" else {}
    return [{**said, "result": "Ok", "data": base64.b64encode(data.upper() + b";").decode(), **keys}]
"""


@pytest.fixture(scope="session")
def function(embedded_aws: EmbeddedAws, make_role: Callable[..., str]) -> str:
    """ARN of a function that answers every kind of answer."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("transform.py", CODE)
    answer = embedded_aws.client("lambda").create_function(
        FunctionName="firehose-transform",
        Runtime="python3.13",
        Role=make_role("firehose-transform", "lambda.amazonaws.com"),
        Handler="transform.handler",
        Code={"ZipFile": buffer.getvalue()},
    )
    return str(answer["FunctionArn"])


def processing(function: str, **more: str) -> dict[str, Any]:
    parameters = {"LambdaArn": function, **more}
    named = [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]
    return {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": named}]}


def failures(stream: Delivery) -> list[dict[str, Any]]:
    keys = [key for key in stream.names() if key.startswith("errors/processing-failed/")]
    return [json.loads(line) for key in keys for line in stream.body(key).splitlines()]


def test_firehose_delivers_what_the_function_answers_when_keys_say_where(
    embedded_aws: EmbeddedAws, delivery: Callable[..., Delivery], function: str
) -> None:
    stream = delivery(READ, WRITE, INVOKE, ProcessingConfiguration=processing(function), **PARTITIONED)
    stream.put(b"a1", b"b1", b"drop", b"a2")
    embedded_aws.flush_firehose()
    assert {key.split("/")[1]: stream.body(key) for key in stream.names()} == {"a": b"A1;A2;", "b": b"B1;"}


def test_firehose_puts_records_under_the_error_prefix_when_they_are_refused(
    embedded_aws: EmbeddedAws, delivery: Callable[..., Delivery], function: str
) -> None:
    stream = delivery(READ, WRITE, INVOKE, ProcessingConfiguration=processing(function), **PARTITIONED)
    stream.put(b"refuse", b"lost", b"nowhere", b"a1")
    embedded_aws.flush_firehose()
    found = failures(stream)
    assert [(base64.b64decode(each["rawData"]), each["errorCode"]) for each in found] == [
        (b"refuse", "Lambda.ProcessingFailedStatus"),
        (b"lost", "Lambda.MissingRecordId"),
        (b"NOWHERE;", "DynamicPartitioning.MetadataExtractionFailed"),
    ]
    assert list(found[0]) == [
        "attemptsMade",
        "arrivalTimestamp",
        "errorCode",
        "errorMessage",
        "attemptEndingTimestamp",
        "rawData",
        "lambdaArn",
    ]
    assert found[0]["lambdaArn"] == function
    assert [stream.body(key) for key in stream.names() if key.startswith("by/")] == [b"A1;"]


@pytest.mark.parametrize(
    ("rights", "failure"),
    [([INVOKE], (b"crash", "Lambda.FunctionError")), ([], (b"a1", "Lambda.InvokeAccessDenied"))],
)
def test_firehose_gives_a_batch_up_when_the_function_does_not_answer(
    embedded_aws: EmbeddedAws,
    delivery: Callable[..., Delivery],
    function: str,
    rights: list[Any],
    failure: tuple[bytes, str],
) -> None:
    record, code = failure
    stream = delivery(READ, WRITE, *rights, ProcessingConfiguration=processing(function), **PARTITIONED)
    stream.put(record, b"beside")
    embedded_aws.flush_firehose()
    assert [(base64.b64decode(each["rawData"]), each["errorCode"]) for each in failures(stream)] == [
        (record, code),
        (b"beside", code),
    ]
    assert not [key for key in stream.names() if key.startswith("by/")]


def test_firehose_invokes_the_function_anew_when_its_buffer_is_full(
    embedded_aws: EmbeddedAws, delivery: Callable[..., Delivery], function: str
) -> None:
    small = processing(function, BufferSizeInMBs="0.2")
    stream = delivery(READ, WRITE, INVOKE, ProcessingConfiguration=small, **PARTITIONED)
    stream.put(b"a" * 150_000, b"b" * 150_000, b"crash")
    embedded_aws.flush_firehose()
    assert [len(base64.b64decode(each["rawData"])) for each in failures(stream)] == [150_000, 5]
    assert [key.split("/")[1] for key in stream.names() if key.startswith("by/")] == ["a"]
