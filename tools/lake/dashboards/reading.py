"""A dashboard as CloudWatch keeps it, with what its widgets show.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
CloudWatch draws a widget itself (GetMetricWidgetImage), on AWS alone and one at a time; data come from
GetMetricData, which the laptop's lake answers, too.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_STATISTIC = re.compile(r"'(\w+)'\)")
_VIEWS = ("singleValue", "timeSeries")
_ADDED = ("Sum", "SampleCount")
"""Statistics that add up over periods; of the others, the largest is shown."""

Json = Mapping[str, Any]


class NotDrawableError(RuntimeError):
    """A dashboard has widgets that nobody can draw here; the message names them."""


@dataclass(frozen=True)
class Span:
    """The time that a dashboard shows."""

    start: datetime
    end: datetime
    period: int
    """Seconds."""


@dataclass(frozen=True)
class Line:
    """One series: what came of it, by the beginning of its period."""

    label: str
    points: tuple[tuple[datetime, float], ...]
    statistic: str

    @property
    def number(self) -> float | None:
        """Return one value for all of the time; None if nothing came."""
        values = [value for _, value in self.points]
        if not values:
            return None
        return sum(values) if self.statistic in _ADDED else max(values)


@dataclass(frozen=True)
class Panel:
    """A widget, with its place in columns and rows."""

    x: int
    y: int
    width: int
    height: int
    view: str
    """`text`, `singleValue` or `timeSeries`."""
    title: str
    """Of text, all of it, in Markdown."""
    unit: str
    stacked: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Board:
    """A dashboard."""

    name: str
    panels: tuple[Panel, ...]


def names(cloudwatch: Any, prefix: str) -> list[str]:
    """Return the names of the dashboards of an environment, all of which begin alike."""
    pages = cloudwatch.get_paginator("list_dashboards").paginate(DashboardNamePrefix=f"{prefix}-")
    return [each["DashboardName"] for page in pages for each in page["DashboardEntries"]]


def read(cloudwatch: Any, name: str, span: Span) -> Board:
    """Read a dashboard, and what its widgets show in some time.

    Raises:
        NotDrawableError: It has widgets that cannot be drawn.
    """
    widgets = drawable(name, cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"])
    return Board(name, tuple(_panel(cloudwatch, widget, span) for widget in widgets))


def drawable(name: str, body: str) -> list[Json]:
    """Return the widgets of a dashboard.

    Raises:
        NotDrawableError: Some cannot be drawn; the message names them all.
    """
    widgets: list[Json] = json.loads(body)["widgets"]
    if strange := [found for widget in widgets if (found := _strange(widget))]:
        raise NotDrawableError(
            f"dashboard {name}: got {', '.join(strange)}; allowed: text, and metrics as "
            f"{' or '.join(_VIEWS)}, written out; fix: take them off, or deploy Observability, which makes "
            "the dashboard anew"
        )
    return widgets


def _strange(widget: Json) -> str | None:
    """Return what a widget is that cannot be drawn."""
    if widget["type"] == "text":
        return None
    of = widget["properties"]
    if widget["type"] != "metric" or of.get("view", "timeSeries") not in _VIEWS:
        return f"a widget {of.get('title', '')!r} of type {widget['type']} {of.get('view', '')}".rstrip()
    short = any(part in (".", "...") for entry in of.get("metrics", ()) for part in entry)
    return f"a widget {of.get('title', '')!r} with metrics in short" if short else None


def _panel(cloudwatch: Any, widget: Json, span: Span) -> Panel:
    place = (widget["x"], widget["y"], widget["width"], widget["height"])
    of = widget["properties"]
    if widget["type"] == "text":
        return Panel(*place, "text", of["markdown"], "", False, ())
    unit = of.get("yAxis", {}).get("left", {}).get("label", "")
    lines = tuple(_lines(cloudwatch, queries(of), span))
    return Panel(
        *place, of.get("view", "timeSeries"), of.get("title", ""), unit, bool(of.get("stacked")), lines
    )


def queries(widget: Json) -> list[dict[str, Any]]:
    """Return what GetMetricData is asked for a widget: one query for each of its metrics.

    Those are `[{"expression": …}]` or `[namespace, metric, dimension, value, …, {options}]`.
    """
    found = []
    for index, entry in enumerate(widget["metrics"]):
        *named, options = entry if isinstance(entry[-1], dict) else [*entry, {}]
        query: dict[str, Any] = {"Id": f"q{index}"}
        if "label" in options:
            query["Label"] = options["label"]
        if "expression" in options:
            query["Expression"] = options["expression"]
        else:
            namespace, metric, *rest = named
            pairs = zip(rest[::2], rest[1::2], strict=True)
            query["MetricStat"] = {
                "Metric": {
                    "Namespace": namespace,
                    "MetricName": metric,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in pairs],
                },
                "Stat": options.get("stat") or widget.get("stat") or "Average",
            }
        found.append(query)
    return found


def _lines(cloudwatch: Any, asked: list[dict[str, Any]], span: Span) -> Iterable[Line]:
    statistics = {}
    for query in asked:
        if stat := query.get("MetricStat"):
            stat["Period"] = span.period
            statistics[query["Id"]] = stat["Stat"]
        else:
            query["Period"] = span.period
            found = _STATISTIC.search(query["Expression"])
            statistics[query["Id"]] = found[1] if found else ""
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=asked, StartTime=span.start, EndTime=span.end, ScanBy="TimestampAscending"
    )
    # What has a name is shown by it, even if nothing came.
    series: dict[tuple[str, str], list[tuple[datetime, float]]] = {
        (query["Id"], query["Label"]): [] for query in asked if query.get("Label")
    }
    for page in pages:
        for each in page["MetricDataResults"]:
            points = series.setdefault((each["Id"], each["Label"]), [])
            points.extend(zip(each["Timestamps"], each["Values"], strict=True))
    for (query_id, label), points in series.items():
        yield Line(label, tuple(points), statistics[query_id])
