"""CloudWatch Logs authorizes writing against the log stream.

ministack 1.5.33 takes the log group, which denies whoever may write to a stream of it, such as a Firehose:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html

Proven by `tests/local/patches/logs/test_streams.py`.
"""

import json
from typing import Any

from ministack.core import iam_actions

_original = iam_actions.extract_resource_arn


def apply() -> None:
    """Complete the resource of PutLogEvents."""
    iam_actions.extract_resource_arn = _resource


def _resource(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> str:
    resource: str = _original(service, method, path, headers, body, *rest)
    if service == "logs" and headers.get("x-amz-target", "").endswith(".PutLogEvents"):
        return f"{resource}:log-stream:{json.loads(body)['logStreamName']}"
    return resource
