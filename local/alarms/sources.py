"""Where the data points of an alarm come from.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local.alarms import insights
from local.alarms.metrics import Metric, Store, UnsupportedError, Window, statistic

Properties = Mapping[str, Any]
"""Those of an alarm, which CloudFormation and the API name alike."""

Contributor = tuple[tuple[str, str], ...]
"""What tells one series of a query from the others: `(dimension, value)` for each of its groups."""

_HISTORY_SECONDS = 14 * 86400
"""From which CloudWatch learns what is usual:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html"""

Limits = tuple[float, float]
"""Below the first or above the second a value breaches, by the comparison."""


@dataclass(frozen=True)
class Point:
    """The value of a period; None: missing."""

    value: float | None
    limits: Limits | None
    """None: there is nothing to compare with."""


class Source(Protocol):
    """Where the data points of an alarm come from."""

    def points(self, store: Store, window: Window) -> Mapping[Contributor, tuple[Point, ...]]:
        """Return the data points of each series, oldest first; one without a name where there is one."""


@dataclass(frozen=True)
class Single:
    """A statistic of one metric."""

    metric: Metric
    statistic: str
    threshold: float

    def values(self, store: Store, window: Window) -> tuple[float | None, ...]:
        """Return its value in each period."""
        data = store.data(self.metric, window.start, window.end)
        return tuple(statistic(self.statistic, each) for each in window.split(data))

    def points(self, store: Store, window: Window) -> Mapping[Contributor, tuple[Point, ...]]:
        """Return its data points."""
        limits = self.threshold, self.threshold
        return {(): tuple(Point(value, limits) for value in self.values(store, window))}


@dataclass(frozen=True)
class Queried:
    """A Metrics Insights query."""

    query: insights.Query
    threshold: float

    def points(self, store: Store, window: Window) -> Mapping[Contributor, tuple[Point, ...]]:
        """Return data points of each series that the query yields now."""
        limits = self.threshold, self.threshold
        found = self.query.series(store, window)
        if not self.query.group and not found:
            found = {(): (None,) * window.count}
        return {key: tuple(Point(value, limits) for value in values) for key, values in found.items()}


@dataclass(frozen=True)
class Banded:
    """A statistic of one metric, compared with what is usual.

    CloudWatch learns a model with seasons. This stands in for it: the mean of the two weeks before, and so
    many standard deviations around it; without two values there is no band.
    """

    single: Single
    deviations: float

    def points(self, store: Store, window: Window) -> Mapping[Contributor, tuple[Point, ...]]:
        """Return the metric's data points, with the edges of the band."""
        count = _HISTORY_SECONDS // window.period
        before = self.single.values(store, Window(window.start, window.period, count))
        usual = [value for value in before if value is not None]
        limits = None
        if len(usual) > 1:
            mean, width = statistics.fmean(usual), self.deviations * statistics.pstdev(usual)
            limits = mean - width, mean + width
        return {(): tuple(Point(value, limits) for value in self.single.values(store, window))}


def source_of(properties: Properties) -> tuple[Source, int]:
    """Return what an alarm looks at, and its period in seconds.

    Raises:
        UnsupportedError: It asks for what is not emulated.
    """
    queries = properties.get("Metrics")
    if not queries:
        metric = Metric.of(
            properties["Namespace"], properties["MetricName"], properties.get("Dimensions") or ()
        )
        name = properties.get("ExtendedStatistic") or properties.get("Statistic") or "Average"
        return Single(metric, name, float(properties["Threshold"])), int(properties["Period"])
    by_id = {query["Id"]: query for query in queries}
    band = properties.get("ThresholdMetricId")
    if band:
        return _banded(by_id, by_id[band]["Expression"])
    [returned] = [query for query in queries if query.get("ReturnData", True)]
    if "MetricStat" in returned:
        return _single(returned["MetricStat"], float(properties["Threshold"]))
    query = insights.Query.parse(returned["Expression"])
    if query is None:
        raise UnsupportedError(f"expression {returned['Expression']!r} is not emulated")
    return Queried(query, float(properties["Threshold"])), int(returned["Period"])


def _banded(by_id: Mapping[str, Properties], expression: str) -> tuple[Source, int]:
    found = re.fullmatch(r"ANOMALY_DETECTION_BAND\(\s*(\w+)\s*(?:,\s*([\d.]+)\s*)?\)", expression)
    if found is None or "MetricStat" not in by_id.get(found[1], {}):
        raise UnsupportedError(f"band {expression!r} is not emulated: ANOMALY_DETECTION_BAND of a metric is")
    single, period = _single(by_id[found[1]]["MetricStat"], 0)
    return Banded(single, float(found[2] or 2)), period


def _single(stat: Properties, threshold: float) -> tuple[Single, int]:
    metric = stat["Metric"]
    named = Metric.of(metric["Namespace"], metric["MetricName"], metric.get("Dimensions") or ())
    return Single(named, stat["Stat"], threshold), int(stat["Period"])
