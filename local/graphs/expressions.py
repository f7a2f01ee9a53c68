"""Metric math, as far as boards use it: searches, what is computed of all their series, and their order.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from local.alarms import insights
from local.alarms.metrics import Store, UnsupportedError, Window, statistic
from local.graphs.search import Search, labels

_SORT = re.compile(
    r"SORT\((?P<of>.*),\s*(?P<by>AVG|MAX|MIN|SUM),\s*(?P<order>ASC|DESC)(?:,\s*(?P<most>\d+))?\)"
)
_ALL = re.compile(r"(?P<by>AVG|MAX|MIN|SUM)\((?P<of>.*)\)")
_DIVIDED = re.compile(r"(?P<of>.*)/\s*(?P<by>\d+(?:\.\d+)?)")

_MATH: Mapping[str, Callable[[Sequence[float]], float]] = {
    "AVG": lambda values: math.fsum(values) / len(values),
    "MAX": max,
    "MIN": min,
    "SUM": math.fsum,
}


@dataclass(frozen=True)
class Series:
    """A value for each period, None where nothing came."""

    label: str
    values: tuple[float | None, ...]

    @property
    def known(self) -> list[float]:
        """Return the values that there are."""
        return [value for value in self.values if value is not None]


def evaluate(expression: str, store: Store, window: Window) -> list[Series]:
    """Return what an expression yields; nothing of what has no data.

    Raises:
        UnsupportedError: It has what is not emulated.
    """
    text = expression.strip()
    if found := _SORT.fullmatch(text):
        series, by = evaluate(found["of"], store, window), _MATH[found["by"]]
        ordered = sorted(series, key=lambda each: by(each.known))
        descending = found["order"] == "DESC"
        return (ordered[::-1] if descending else ordered)[: int(found["most"] or len(series))]
    if found := _ALL.fullmatch(text):
        series = evaluate(found["of"], store, window)
        return [_together(expression, found["by"], series)] if series else []
    if found := _DIVIDED.fullmatch(text):
        return [_divided(each, float(found["by"])) for each in evaluate(found["of"], store, window)]
    if search := Search.parse(text):
        return _searched(search, store, window)
    if query := insights.Query.parse(text):
        return [
            Series(" ".join(value for _, value in key), values)
            for key, values in query.series(store, window).items()
        ]
    raise UnsupportedError(f"expression {expression!r} is not emulated")


def _searched(search: Search, store: Store, window: Window) -> list[Series]:
    if search.period not in (None, window.period):
        raise UnsupportedError(f"search with a period of {search.period} s in a graph of {window.period} s")
    metrics = sorted(filter(search.matches, store.metrics()), key=lambda each: sorted(each.dimensions))
    series = [
        Series(
            label,
            tuple(
                statistic(search.statistic, data)
                for data in window.split(store.data(metric, window.start, window.end))
            ),
        )
        for metric, label in zip(metrics, labels(metrics), strict=True)
    ]
    return [each for each in series if each.known]


def _together(label: str, by: str, series: Sequence[Series]) -> Series:
    periods = zip(*(each.values for each in series), strict=True)
    known = ([value for value in values if value is not None] for values in periods)
    return Series(label, tuple(_MATH[by](values) if values else None for values in known))


def _divided(series: Series, by: float) -> Series:
    return replace(series, values=tuple(None if value is None else value / by for value in series.values))
