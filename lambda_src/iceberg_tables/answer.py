"""Tells CloudFormation how a request ended; without an answer it waits for an hour."""

import json
import time
import urllib.request
from collections.abc import Mapping
from typing import Any

_ATTEMPTS = 3
_TIMEOUT_SECONDS = 10
_REASON_MAX = 1500
"""Characters, of which JSON may double each; the whole answer may have 4,096 bytes:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html"""


def success(event: Mapping[str, Any], physical_id: str) -> None:
    """Answer that the resource is as the template wants it."""
    _send(event, {"Status": "SUCCESS", "PhysicalResourceId": physical_id})


def failure(event: Mapping[str, Any], physical_id: str, reason: str, log_stream: str) -> None:
    """Answer that it is not, and why."""
    plain = " ".join(reason.encode("ascii", "replace").decode().split())
    short = plain if len(plain) <= _REASON_MAX else f"{plain[:_REASON_MAX]} ..."
    body = {
        "Status": "FAILED",
        "PhysicalResourceId": physical_id,
        "Reason": f"{short} (log stream {log_stream})",
    }
    _send(event, body)


def _send(event: Mapping[str, Any], body: Mapping[str, str]) -> None:
    identity = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    request = urllib.request.Request(  # noqa: S310 (CloudFormation's own presigned URL)
        event["ResponseURL"],
        data=json.dumps({**identity, **body}).encode(),
        method="PUT",
        headers={"Content-Type": ""},
    )
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310 (the same)
                return
        except OSError:
            if attempt == _ATTEMPTS:
                raise
            time.sleep(attempt)
