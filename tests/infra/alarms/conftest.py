"""Alarms of the framework's templates, and an account in which they are evaluated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local.alarms.alarm import CompositeAlarm, MetricAlarm
from local.alarms.datapoints import State
from local.alarms.engine import Change, Engine
from local.alarms.metrics import Datum, Memory, Metric
from local.alarms.sources import Banded, Queried, Single
from tools.assembly.assembly import Assembly

MIDNIGHT = 20_000 * 86400.0
TRAIL = 14 * 86400
"""Seconds of history that a band learns from."""


@dataclass(frozen=True)
class Alarms:
    """All alarms of an assembly."""

    metric: Mapping[str, MetricAlarm]
    composite: Mapping[str, CompositeAlarm]

    @classmethod
    def of(cls, assembly: Assembly) -> "Alarms":
        """Read them as CloudFormation would make them."""
        metric = [MetricAlarm.of(each.properties) for each in assembly.of("AWS::CloudWatch::Alarm")]
        composite = [
            CompositeAlarm.of(each.properties) for each in assembly.of("AWS::CloudWatch::CompositeAlarm")
        ]
        return cls({each.name: each for each in metric}, {each.name: each for each in composite})

    @property
    def all(self) -> Mapping[str, MetricAlarm | CompositeAlarm]:
        """Return both kinds."""
        return {**self.metric, **self.composite}

    def parents(self, name: str) -> list[CompositeAlarm]:
        """Return the composite alarms that name an alarm."""
        return [each for each in self.composite.values() if name in dict(each.rule.named())]


@dataclass
class Account:
    """Metrics, time and the states of alarms."""

    alarms: Alarms
    now: float = MIDNIGHT
    store: Memory = field(default_factory=Memory)
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = Engine(self.store)

    def evaluate(self) -> list[Change]:
        """Evaluate all alarms now."""
        return self.engine.evaluate(self.alarms.metric.values(), self.alarms.composite.values(), self.now)

    def red(self) -> set[str]:
        """Return the names of the alarms that are on."""
        return {name for name, each in self.engine.standings.items() if each.state is State.ALARM}

    def feed(self, alarm: MetricAlarm, value: float) -> list[Change]:
        """Let the metric of an alarm have a value for as long as it looks at, and evaluate then."""
        metric = metric_of(alarm)
        for _ in range(alarm.judge.periods):
            self.store.put(metric, Datum.of(self.now + alarm.period / 2, value))
            self.now += alarm.period
        return self.evaluate()

    def learn(self, alarm: MetricAlarm) -> None:
        """Let the metric of a band have had values around ten."""
        for back in range(3600, TRAIL, 3600):
            self.store.put(metric_of(alarm), Datum.of(self.now - back, 10 + back // 3600 % 2))


def metric_of(alarm: MetricAlarm) -> Metric:
    """Return the metric that an alarm looks at; of a query, one of those that it would find."""
    source = alarm.source
    if isinstance(source, Single):
        return source.metric
    if isinstance(source, Banded):
        return source.single.metric
    assert isinstance(source, Queried)
    query = source.query
    wanted = {key: value for key, equal, value in query.where if equal}
    dimensions = {key: wanted.get(key, "some/name") for key in query.schema or query.group}
    return Metric(query.namespace, query.metric, frozenset(dimensions.items()))


def values_of(alarm: MetricAlarm) -> tuple[float, float]:
    """Return a value that breaches the threshold by little, and one that just does not."""
    if isinstance(alarm.source, Banded):
        return 1000, 10
    threshold = float(alarm.properties["Threshold"])
    more = threshold * 1.001 + 0.001
    match alarm.comparison:
        case "GreaterThanThreshold":
            return more, threshold
        case "LessThanOrEqualToThreshold":
            return threshold, more
    raise AssertionError(f"no values for {alarm.comparison}: add them")


@pytest.fixture(scope="session")
def alarms_of(assemble: Callable[..., Path]) -> Callable[[Any], Alarms]:
    """Return the alarms of an environment."""
    return lambda environment: Alarms.of(Assembly.of_folder(assemble(environment)))
