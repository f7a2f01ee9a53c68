"""Firehose hands records to a Lambda function, under the role of its destination.

ministack 1.5.33 invokes the function as nobody, delivers what it cannot invoke untransformed, and loses what
the function refuses. Here a refused record is a failure with the bytes that came, and so is each record of a
batch that the function did not answer.
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
"""

import base64
import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import get_region

from local.patches.firehose import roles as firehose_roles
from local.patches.firehose.errors import Failure, processing
from local.patches.iam import roles

_MEBIBYTE = 1024 * 1024
_BUFFER_MEBIBYTES = "1"
_FINAL = "ProcessingFailed status set for record"

Entry = tuple[str, bytes]
"""Id and bytes of a record."""


@dataclass(frozen=True)
class Delivered:
    """A record on its way to S3."""

    data: bytes
    keys: dict[str, str] | None = None
    """Partition keys from the function."""


def transform(
    stream: Mapping[str, Any], config: Mapping[str, Any], records: Sequence[Entry]
) -> list[Delivered | Failure]:
    """Return what becomes of each record; without a function in `config`, all of them stay as they are."""
    settings = _processor(config)
    if settings is None:
        return [Delivered(data) for _, data in records]
    limit = float(settings.get("BufferSizeInMBs", _BUFFER_MEBIBYTES)) * _MEBIBYTE
    found: list[Delivered | Failure] = []
    for batch in _batches(records, limit):
        found += _invoke(stream, config, settings["LambdaArn"], batch)
    return found


def _processor(config: Mapping[str, Any]) -> dict[str, str] | None:
    processing_ = config.get("ProcessingConfiguration") or {}
    for processor in processing_.get("Processors", []) if processing_.get("Enabled") else []:
        if processor["Type"] == "Lambda":
            return {one["ParameterName"]: str(one["ParameterValue"]) for one in processor["Parameters"]}
    return None


def _batches(records: Sequence[Entry], limit: float) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for record in records:
        if batch and sum(len(data) for _, data in batch) + len(record[1]) > limit:
            yield batch
            batch = []
        batch.append(record)
    yield batch


def _invoke(
    stream: Mapping[str, Any], config: Mapping[str, Any], arn: str, batch: list[Entry]
) -> list[Delivered | Failure]:
    now = round(time.time() * 1000)
    event = {
        "invocationId": str(uuid.uuid4()),
        "deliveryStreamArn": stream["arn"],
        "region": get_region(),
        "records": [
            {
                "recordId": record_id,
                "approximateArrivalTimestamp": now,
                "data": base64.b64encode(data).decode(),
            }
            for record_id, data in batch
        ],
    }
    try:
        answers = _answers(config, arn, event)
    except _InvocationError as error:
        firehose_roles.report(stream, config, error.code, error)
        return [processing(data, error.code, str(error), arn) for _, data in batch]
    return [one for record in batch if (one := _outcome(record, answers.get(record[0]), arn)) is not None]


class _InvocationError(RuntimeError):
    """The function did not answer a batch."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _answers(config: Mapping[str, Any], arn: str, event: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Answers of the function by record id.

    Codes: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
    """
    try:
        client = firehose_roles.client("lambda", config["RoleARN"])
        client.get_function_configuration(FunctionName=arn)
        response = client.invoke(FunctionName=arn, Payload=json.dumps(event).encode())
    except (BotoCoreError, ClientError, roles.RoleError) as error:
        raise _InvocationError("Lambda.InvokeAccessDenied", str(error)) from error
    payload = response["Payload"].read()
    if response.get("FunctionError"):
        raise _InvocationError("Lambda.FunctionError", payload.decode(errors="replace")[:1000])
    try:
        return {answer["recordId"]: answer for answer in json.loads(payload)["records"]}
    except (ValueError, KeyError, TypeError) as error:
        raise _InvocationError("Lambda.InvalidReturnFormat", repr(error)) from error


def _outcome(record: Entry, answer: dict[str, Any] | None, arn: str) -> Delivered | Failure | None:
    _, data = record
    if answer is None:
        return processing(data, "Lambda.MissingRecordId", "One or more record Ids were not returned.", arn)
    if answer["result"] == "Dropped":
        return None
    if answer["result"] != "Ok":
        return processing(data, "Lambda.ProcessingFailedStatus", _FINAL, arn)
    keys = (answer.get("metadata") or {}).get("partitionKeys")
    return Delivered(base64.b64decode(answer["data"]), keys)
