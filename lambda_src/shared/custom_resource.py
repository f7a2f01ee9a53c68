"""Custom resources: a function does what CloudFormation asks and tells how that ended.

Without an answer CloudFormation waits for as long as the resource allows. The function must not be retried by
Lambda: CloudFormation has begun to roll back by then.
"""

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.errors import TerminalError

_ATTEMPTS = 3
_TIMEOUT_SECONDS = 10
_REASON_MAX = 1500
"""Characters, of which JSON may double each; the whole answer may have 4,096 bytes:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html"""


def answer(
    event: Mapping[str, Any], context: LambdaContext, logger: Logger, apply: Callable[[], str]
) -> None:
    """Answer with the physical id that `apply` returns, or with why it failed, whatever happens.

    Who calls without a place for an answer, as `lake-ops restore` does, sees the error of the call itself.
    """
    if "ResponseURL" not in event:
        apply()
        return
    physical_id = event.get("PhysicalResourceId") or event["LogicalResourceId"]
    try:
        physical_id = apply()
    except TerminalError as refusal:
        logger.warning("refused", reason=str(refusal))
        failure(event, physical_id, str(refusal), context.log_stream_name)
    except Exception as error:
        failure(event, physical_id, f"{type(error).__name__}: {error}", context.log_stream_name)
        raise
    else:
        success(event, physical_id)


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
