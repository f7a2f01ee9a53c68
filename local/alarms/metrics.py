"""Data of metrics: what was put, and what a period makes of it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class UnsupportedError(ValueError):
    """An alarm asks for what is not emulated; the message names it."""


@dataclass(frozen=True)
class Metric:
    """One metric: all of its dimensions are its name."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Iterable[Mapping[str, str]] = ()) -> "Metric":
        """Return the metric whose dimensions are written as the API writes them."""
        return cls(namespace, name, frozenset((each["Name"], each["Value"]) for each in dimensions))


@dataclass(frozen=True)
class Datum:
    """Values that came at one time, in seconds since 1970."""

    time: float
    minimum: float
    maximum: float
    sum: float
    count: float = 1

    @classmethod
    def of(cls, time: float, value: float, count: float = 1) -> "Datum":
        """Return a value that came so many times."""
        return cls(time, value, value, value * count, count)


class Store(Protocol):
    """Where data of metrics lie."""

    def data(self, metric: Metric, start: float, end: float) -> Sequence[Datum]:
        """Return what came of a metric from `start` on and before `end`."""

    def metrics(self) -> Iterable[Metric]:
        """Return every metric of which anything came."""


@dataclass
class Memory:
    """A store for whoever has no other."""

    kept: dict[Metric, list[Datum]] = field(default_factory=dict)

    def put(self, metric: Metric, datum: Datum) -> None:
        """Add data of a metric."""
        self.kept.setdefault(metric, []).append(datum)

    def data(self, metric: Metric, start: float, end: float) -> Sequence[Datum]:
        """Return what came of a metric from `start` on and before `end`."""
        return [each for each in self.kept.get(metric, ()) if start <= each.time < end]

    def metrics(self) -> Iterable[Metric]:
        """Return every metric of which anything came."""
        return self.kept.keys()


@dataclass(frozen=True)
class Window:
    """Periods that end at `end`, in seconds."""

    end: float
    period: int
    count: int

    @property
    def start(self) -> float:
        """When its first period begins."""
        return self.end - self.count * self.period

    def split(self, data: Iterable[Datum]) -> list[list[Datum]]:
        """Return the data of each period, oldest first."""
        periods: list[list[Datum]] = [[] for _ in range(self.count)]
        for datum in data:
            periods[int((datum.time - self.start) // self.period)].append(datum)
        return periods


def statistic(name: str, data: Sequence[Datum]) -> float | None:
    """Return one statistic of the data of a period; None where nothing came, or no percentile can be told.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html

    Raises:
        UnsupportedError: The statistic is none of the five basic ones and no percentile.
    """
    data = [each for each in data if each.count > 0]
    if name.startswith("p") and name[1:].replace(".", "", 1).isdigit():
        return _percentile(float(name[1:]), data)
    if name not in _BASIC:
        raise UnsupportedError(f"statistic {name}: not emulated; {', '.join(_BASIC)} and percentiles are")
    if not data:
        return None
    return {
        "SampleCount": sum(each.count for each in data),
        "Sum": math.fsum(each.sum for each in data),
        "Average": math.fsum(each.sum for each in data) / sum(each.count for each in data),
        "Minimum": min(each.minimum for each in data),
        "Maximum": max(each.maximum for each in data),
    }[name]


_BASIC = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")


def _percentile(percent: float, data: Sequence[Datum]) -> float | None:
    """CloudWatch tells none of negative values, nor of sets whose values are not all the same.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
    """
    if not data or any(each.minimum < 0 or each.minimum != each.maximum for each in data):
        return None
    ordered = sorted((each.minimum, each.count) for each in data)
    rank = percent / 100 * (sum(count for _, count in ordered) - 1)
    low, high = _ranked(ordered, math.floor(rank)), _ranked(ordered, math.ceil(rank))
    return low + (high - low) * (rank - math.floor(rank))


def _ranked(ordered: Sequence[tuple[float, float]], rank: int) -> float:
    seen = 0.0
    for value, count in ordered:
        seen += count
        if rank < seen:
            return value
    return ordered[-1][0]
