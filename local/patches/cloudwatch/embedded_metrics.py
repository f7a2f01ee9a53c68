"""What functions log in the embedded metric format becomes metrics.

ministack 1.5.33 keeps such lines as text. Read here are those that functions print, not those that somebody
puts into a log group himself.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

Proven by `tests/local/patches/cloudwatch/test_embedded_metrics.py`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.services import lambda_svc

from local.patches.cloudwatch.store import record

_emit = lambda_svc._emit_lambda_logs


def apply() -> None:
    """Read what functions print when it is logged."""
    lambda_svc._emit_lambda_logs = _logged


def _logged(function: dict[str, Any], request: str, text: str, *rest: Any, **more: Any) -> None:
    _emit(function, request, text, *rest, **more)
    for line in _documents(text):
        for directive in line["_aws"]["CloudWatchMetrics"]:
            _record(line, directive)


def _documents(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if '"_aws"' not in line:
            continue
        try:
            document = json.loads(line)
        except ValueError:
            continue  # CloudWatch takes it for text, too
        if isinstance(document, dict) and "CloudWatchMetrics" in document.get("_aws", {}):
            yield document


def _record(line: Mapping[str, Any], directive: Mapping[str, Any]) -> None:
    when = line["_aws"]["Timestamp"] / 1000
    for names in directive["Dimensions"]:
        dimensions = {name: str(line[name]) for name in names}
        for metric in directive["Metrics"]:
            values = line[metric["Name"]]
            for value in values if isinstance(values, list) else [values]:
                unit = metric.get("Unit", "None")
                record(directive["Namespace"], metric["Name"], value, dimensions, unit, when=when)
