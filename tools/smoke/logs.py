"""Errors in log groups since an instant."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tools.ops.target import Target
from tools.smoke.step import code_of

_ERROR = re.compile(r"ERROR|Error\b|Exception|AccessDenied|Task timed out|errorCode|FAILED")
_EVENTS_MAX = 10_000
"""Events of a group that are read: a busy one would take minutes."""

_SHOWN = 3
"""Messages of a group that are shown."""

_HEAD, _TAIL = 150, 650
"""Characters of a long message that are kept: its beginning, and its end, where tracebacks name the error."""


def errors_of(target: Target, group: str, since: datetime) -> Iterator[str]:
    """Yield messages of a log group that tell of an error; none if nothing was ever logged there.

    Raises:
        ClientError: The caller may not read the group.
    """
    pages = (
        target.client("logs")
        .get_paginator("filter_log_events")
        .paginate(
            logGroupName=group,
            startTime=int(since.timestamp() * 1000),
            PaginationConfig={"MaxItems": _EVENTS_MAX},
        )
    )
    try:
        for page in pages:
            messages = (event["message"] for event in page["events"])
            yield from (brief(message) for message in messages if _ERROR.search(message))
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise


def told(messages: Iterable[str]) -> str:
    """Join the newest different messages; empty if there are none."""
    return " | ".join(list(dict.fromkeys(messages))[-_SHOWN:])


def brief(message: str) -> str:
    """Cut a message, and leave out of a structured one what a reader does not need."""
    try:
        document: Any = json.loads(message)
    except ValueError:
        document = None
    if isinstance(document, dict):
        told = [str(document[name]) for name in ("errorCode", "message", "exception") if document.get(name)]
        message = ": ".join(told) or message
    text = " ".join(message.split())
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} … {text[-_TAIL:]}"
