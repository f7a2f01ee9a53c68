"""Errors in log groups since an instant."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tools.ops.target import Target
from tools.smoke.step import code_of

_PATTERN = '?ERROR ?Error ?Exception ?AccessDenied ?"Task timed out" ?errorCode ?FAILED'
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"""

_LENGTH = 500


def errors_of(target: Target, group: str, since: datetime) -> Iterator[str]:
    """Yield messages of a log group that tell of an error; none if nothing was ever logged there.

    Raises:
        ClientError: The caller may not read the group.
    """
    pages = (
        target.client("logs")
        .get_paginator("filter_log_events")
        .paginate(logGroupName=group, startTime=int(since.timestamp() * 1000), filterPattern=_PATTERN)
    )
    try:
        for page in pages:
            yield from (_brief(event["message"]) for event in page["events"])
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise


def _brief(message: str) -> str:
    """Cut a message, and leave out of a structured one what a reader does not need."""
    try:
        document: Any = json.loads(message)
    except ValueError:
        document = None
    if isinstance(document, dict):
        told = [str(document[name]) for name in ("errorCode", "message", "exception") if document.get(name)]
        message = ": ".join(told) or message
    text = " ".join(message.split())
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH - 1]}…"
