"""What Firehose writes under the error prefix: one JSON document a line for each record that it gave up.

Members are those that AWS documents, in its spelling, which differs between the kinds of failure:
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-error-handling.html
"""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROCESSING = "processing-failed"
CONVERSION = "format-conversion-failed"


@dataclass(frozen=True)
class Failure:
    """A record that is not delivered, as it came."""

    output_type: str
    """What `!{firehose:error-output-type}` stands for."""
    line: bytes
    """Its JSON document, with a newline."""


def processing(data: bytes, code: str, message: str, lambda_arn: str | None = None) -> Failure:
    """A record that the function refused, or whose prefix cannot be told."""
    now = round(time.time() * 1000)
    document = {
        "attemptsMade": 1,
        "arrivalTimestamp": now,
        "errorCode": code,
        "errorMessage": message,
        "attemptEndingTimestamp": now,
        "rawData": base64.b64encode(data).decode(),
        **({"lambdaArn": lambda_arn} if lambda_arn else {}),
    }
    return Failure(PROCESSING, _line(document))


def conversion(data: bytes, code: str, message: str, schema: Mapping[str, Any]) -> Failure:
    """A record that does not become a row of the table."""
    now = round(time.time() * 1000)
    names = {"catalogId": "CatalogId", "databaseName": "DatabaseName", "tableName": "TableName"}
    table = {name: schema.get(key) for name, key in names.items()}
    document = {
        "attemptsMade": 1,
        "arrivalTimestamp": now,
        "lastErrorCode": f"DataFormatConversion.{code}",
        "lastErrorMessage": message,
        "attemptEndingTimestamp": now,
        "rawData": base64.b64encode(data).decode(),
        "sequenceNumber": None,
        "subSequenceNumber": None,
        "dataCatalogTable": {
            **table,
            "region": schema.get("Region"),
            "versionId": schema.get("VersionId", "LATEST"),
        },
    }
    return Failure(CONVERSION, _line(document))


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode() + b"\n"
