"""GetMetricData computes expressions: searches, Metrics Insights, and some metric math.

ministack 1.5.33 answers every `Expression` with an error, and lists data points oldest first where AWS lists
the newest first: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html

What `local.graphs.expressions` does not know is refused by its name. Not emulated: references to other
queries (`m1 + m2`), dynamic labels, pages, and the form protocol, which goes on as before.

Proven by `tests/local/patches/cloudwatch/test_queries.py`.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.services import cloudwatch

from local.alarms.metrics import Metric, UnsupportedError, Window, statistic
from local.graphs.expressions import Series, evaluate
from local.patches.cloudwatch.store import EmulatorStore

_original = cloudwatch._get_metric_data
_PERIOD = 60


def apply() -> None:
    """Replace the operation."""
    cloudwatch._get_metric_data = _get_metric_data


def _get_metric_data(params: Any, body: Any, is_cbor: bool, is_json: bool = False) -> Any:
    if not (is_cbor or is_json):
        return _original(params, body, is_cbor, is_json)
    try:
        results = [each for query in body["MetricDataQueries"] for each in _results(query, body)]
    except UnsupportedError as error:
        return cloudwatch._error("ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor)
    if is_cbor:
        answers = [cloudwatch._cbor_metric_data_result(each) for each in results]
        return cloudwatch._cbor_ok({"MetricDataResults": answers})
    return cloudwatch._json_ok({"MetricDataResults": results})


def _results(query: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the results of one query: one for each series that it yields."""
    if not query.get("ReturnData", True):
        return
    stat = query.get("MetricStat", {})
    period = int(query.get("Period") or stat.get("Period") or _PERIOD)
    window = _window(body, period)
    found = evaluate(query["Expression"], EmulatorStore(), window) if "Expression" in query else None
    for series in [_single(stat, window)] if found is None else found:
        own = query.get("Label", "")
        label = f"{own} {series.label}" if own and found and len(found) > 1 else own or series.label
        points = [
            (window.start + index * period, value)
            for index, value in enumerate(series.values)
            if value is not None
        ]
        if body.get("ScanBy") != "TimestampAscending":
            points.reverse()
        yield {
            "Id": query["Id"],
            "Label": label,
            "Timestamps": [cloudwatch._ts_iso(time) for time, _ in points],
            "Values": [value for _, value in points],
            "StatusCode": "Complete",
        }


def _window(body: Mapping[str, Any], period: int) -> Window:
    """Return the periods of a request, whose beginnings are multiples of their length."""
    start = cloudwatch._parse_ts(body["StartTime"]) // period
    end = math.ceil(cloudwatch._parse_ts(body["EndTime"]) / period)
    return Window(end * period, period, max(0, end - int(start)))


def _single(stat: Mapping[str, Any], window: Window) -> Series:
    named = stat["Metric"]
    metric = Metric.of(named["Namespace"], named["MetricName"], named.get("Dimensions") or ())
    data = window.split(EmulatorStore().data(metric, window.start, window.end))
    return Series(metric.name, tuple(statistic(stat["Stat"], each) for each in data))
