"""Alarms, read from the properties that CloudFormation and the API share.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from local.alarms import rules
from local.alarms.datapoints import Judge, State, Treatment
from local.alarms.metrics import UnsupportedError, Window
from local.alarms.sources import Limits, Point, Properties, Queried, Single, Source, source_of

_DAY = 86400


@dataclass(frozen=True)
class Actions:
    """What an alarm does when it comes into a state."""

    by_state: Mapping[State, tuple[str, ...]]
    enabled: bool

    @classmethod
    def of(cls, properties: Properties) -> "Actions":
        """Read them."""
        names = {State.ALARM: "AlarmActions", State.OK: "OKActions"}
        names[State.INSUFFICIENT_DATA] = "InsufficientDataActions"
        by_state = {state: tuple(properties.get(name) or ()) for state, name in names.items()}
        return cls(by_state, str(properties.get("ActionsEnabled", True)).lower() != "false")


@dataclass(frozen=True)
class MetricAlarm:
    """An alarm over data points."""

    name: str
    properties: Properties
    source: Source
    comparison: str
    period: int
    judge: Judge
    actions: Actions

    @classmethod
    def of(cls, properties: Properties) -> "MetricAlarm":
        """Read an alarm.

        Raises:
            UnsupportedError: It asks for what is not emulated.
        """
        name = properties["AlarmName"]
        comparison = properties["ComparisonOperator"]
        if comparison not in _COMPARISONS:
            raise UnsupportedError(f"alarm {name}: comparison {comparison} is not emulated")
        if properties.get("Unit"):
            raise UnsupportedError(f"alarm {name}: Unit is not emulated; leave it out, which takes all units")
        try:
            source, period = source_of(properties)
        except UnsupportedError as error:
            raise UnsupportedError(f"alarm {name}: {error}") from error
        periods = int(properties["EvaluationPeriods"])
        breaching = int(properties.get("DatapointsToAlarm") or periods)
        missing = cast("Treatment", properties.get("TreatMissingData") or "missing")
        if _namespace(source) == "AWS/DynamoDB":
            missing = "ignore"  # whatever it says, by the page about missing data
        judge = Judge(periods, breaching, missing)
        return cls(name, properties, source, comparison, period, judge, Actions.of(properties))

    @property
    def is_grouped(self) -> bool:
        """Whether it judges each of several series by itself."""
        return isinstance(self.source, Queried) and bool(self.source.query.group)

    def window(self, now: float) -> Window:
        """Return the periods that an evaluation at `now` retrieves.

        They end with a minute (of short periods: with ten seconds); with an hour, if they are longer than a
        day together: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
        """
        step = 60 if self.period >= 60 else 10  # noqa: PLR2004 (seconds, as that page has them)
        if self.period * self.judge.periods > _DAY:
            step = 3600
        return Window(now // step * step, self.period, self.judge.range)

    def breaches(self, point: Point) -> bool | None:
        """Whether a data point breaches; None: it is missing."""
        if point.value is None or point.limits is None:
            return None
        return _COMPARISONS[self.comparison](point.value, point.limits)


@dataclass(frozen=True)
class CompositeAlarm:
    """An alarm over states of other alarms."""

    name: str
    properties: Properties
    rule: rules.Rule
    actions: Actions

    @classmethod
    def of(cls, properties: Properties) -> "CompositeAlarm":
        """Read an alarm.

        Raises:
            UnsupportedError: It asks for what is not emulated.
        """
        name = properties["AlarmName"]
        if properties.get("ActionsSuppressor"):
            raise UnsupportedError(f"alarm {name}: ActionsSuppressor is not emulated")
        try:
            rule = rules.parse(properties["AlarmRule"])
        except UnsupportedError as error:
            raise UnsupportedError(f"alarm {name}: {error}") from error
        return cls(name, properties, rule, Actions.of(properties))


_COMPARISONS: Mapping[str, Callable[[float, Limits], bool]] = {
    "GreaterThanThreshold": lambda value, limits: value > limits[1],
    "GreaterThanOrEqualToThreshold": lambda value, limits: value >= limits[1],
    "LessThanThreshold": lambda value, limits: value < limits[0],
    "LessThanOrEqualToThreshold": lambda value, limits: value <= limits[0],
    "GreaterThanUpperThreshold": lambda value, limits: value > limits[1],
    "LessThanLowerThreshold": lambda value, limits: value < limits[0],
    "LessThanLowerOrGreaterThanUpperThreshold": lambda value, limits: not limits[0] <= value <= limits[1],
}


def _namespace(source: Source) -> str | None:
    return source.metric.namespace if isinstance(source, Single) else None
