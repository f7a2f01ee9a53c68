"""Metrics Insights: one series, or one for each group, of all metrics that a query finds.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from local.alarms.metrics import Metric, Store, UnsupportedError, Window, statistic

Series = tuple[float | None, ...]

HOURS = 3
"""Hours of data that an alarm's query sees:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html"""

_FUNCTIONS = {"AVG": "Average", "COUNT": "SampleCount", "MAX": "Maximum", "MIN": "Minimum", "SUM": "Sum"}
_NAME = r'(?:"[^"]+"|\w+)'
_QUERY = re.compile(
    rf"SELECT\s+(?P<function>\w+)\((?P<metric>{_NAME})\)"
    rf"\s+FROM\s+(?:SCHEMA\((?P<schema>{_NAME}(?:\s*,\s*{_NAME})*)\)|(?P<namespace>{_NAME}))"
    rf"(?:\s+WHERE\s+(?P<where>{_NAME}\s*!?=\s*'[^']*'(?:\s+AND\s+{_NAME}\s*!?=\s*'[^']*')*))?"
    rf"(?:\s+GROUP\s+BY\s+(?P<group>{_NAME}(?:\s*,\s*{_NAME})*))?"
    r"(?:\s+ORDER\s+BY\s+\w+\(\)(?:\s+(?:ASC|DESC))?)?",
    re.IGNORECASE,
)
_CONDITION = re.compile(rf"({_NAME})\s*(!?=)\s*'([^']*)'")


@dataclass(frozen=True)
class Query:
    """A query, as far as alarms of the lake use the language: ORDER BY does not cut anything here."""

    function: str
    metric: str
    namespace: str
    schema: frozenset[str] | None
    """Dimensions that a metric must have, and no others; None: any."""
    where: tuple[tuple[str, bool, str], ...]
    """Dimension, whether it must equal, and the value."""
    group: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Query | None":
        """Read a query; None if the text is none.

        Raises:
            UnsupportedError: It is one, and has a clause that is not emulated.
        """
        if not re.match(r"\s*SELECT\s", text, re.IGNORECASE):
            return None
        found = _QUERY.fullmatch(text.strip())
        if found is None or found["function"].upper() not in _FUNCTIONS:
            raise UnsupportedError(f"query {text!r}: it has what is not emulated")
        schema = None
        namespace = found["namespace"]
        if found["schema"]:
            namespace, *keys = _names(found["schema"])
            schema = frozenset(keys)
        return cls(
            function=_FUNCTIONS[found["function"].upper()],
            metric=_plain(found["metric"]),
            namespace=_plain(namespace),
            schema=schema,
            where=tuple(
                (_plain(key), sign == "=", value)
                for key, sign, value in _CONDITION.findall(found["where"] or "")
            ),
            group=tuple(_names(found["group"] or "")),
        )

    def matches(self, metric: Metric) -> bool:
        """Whether the query looks at a metric."""
        dimensions = dict(metric.dimensions)
        return (
            (metric.namespace, metric.name) == (self.namespace, self.metric)
            and (self.schema is None or self.schema == dimensions.keys())
            and set(self.group) <= dimensions.keys()
            and all((dimensions.get(key) == value) is equal for key, equal, value in self.where)
        )

    def series(self, store: Store, window: Window) -> Mapping[tuple[tuple[str, str], ...], Series]:
        """Return what the query yields, by the values of what it groups by; nothing of what has no data."""
        groups: dict[tuple[tuple[str, str], ...], list[Metric]] = {}
        for metric in store.metrics():
            if self.matches(metric):
                key = tuple((name, dict(metric.dimensions)[name]) for name in self.group)
                groups.setdefault(key, []).append(metric)
        earliest = max(window.start, window.end - HOURS * 3600)
        found = {
            key: tuple(
                statistic(self.function, data)
                for data in window.split(
                    each for metric in metrics for each in store.data(metric, earliest, window.end)
                )
            )
            for key, metrics in sorted(groups.items())
        }
        return {key: values for key, values in found.items() if any(each is not None for each in values)}


def _names(text: str) -> list[str]:
    return [_plain(each) for each in re.findall(_NAME, text)]


def _plain(name: str) -> str:
    return name.strip('"')
