"""Evaluates alarms at a time, and tells what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from local.alarms.alarm import CompositeAlarm, MetricAlarm
from local.alarms.datapoints import State
from local.alarms.metrics import Store
from local.alarms.sources import Contributor, Point


@dataclass
class Standing:
    """What an alarm has come to."""

    state: State = State.INSUFFICIENT_DATA
    since: float = 0
    """When it came into its state, in seconds since 1970."""
    contributors: dict[Contributor, State] = field(default_factory=dict)
    """States of the series of a query with groups, as far as they were ever seen."""


@dataclass(frozen=True)
class Change:
    """An alarm, or one contributor of it, came into another state, for which its actions are executed."""

    alarm: MetricAlarm | CompositeAlarm
    old: State
    new: State
    reason: str
    time: float
    contributor: Contributor = ()
    """Empty: the alarm itself."""
    triggering: tuple[tuple[str, State, float], ...] = ()
    """Of a composite alarm: name, state and its time of the alarms that changed it."""

    @property
    def actions(self) -> tuple[str, ...]:
        """ARNs of what is to be told."""
        return self.alarm.actions.by_state[self.new] if self.alarm.actions.enabled else ()


@dataclass
class Engine:
    """States of alarms over one store of metrics."""

    store: Store
    standings: dict[str, Standing] = field(default_factory=dict)

    def evaluate(
        self, alarms: Iterable[MetricAlarm], composites: Iterable[CompositeAlarm], now: float
    ) -> list[Change]:
        """Evaluate every alarm once, then those composed of them until nothing changes any more."""
        changes = [change for alarm in alarms for change in self._judge(alarm, now)]
        composites = list(composites)
        for _ in composites:  # deep enough for any that is composed of others
            found = [change for each in composites if (change := self._compose(each, changes, now))]
            changes += found
            if not found:
                break
        return changes

    def state(self, name: str) -> State | None:
        """Return the state of an alarm; None if none was evaluated by that name."""
        return self.standings[name].state if name in self.standings else None

    def _judge(self, alarm: MetricAlarm, now: float) -> list[Change]:
        standing = self.standings.setdefault(alarm.name, Standing(since=now))
        series = alarm.source.points(self.store, alarm.window(now))
        if alarm.is_grouped:
            return self._judge_groups(alarm, standing, series, now)
        [points] = series.values()
        state = alarm.judge.state([alarm.breaches(point) for point in points], standing.state)
        return self._moved(alarm, standing, state, _reason(alarm, points, state), now)

    def _judge_groups(
        self,
        alarm: MetricAlarm,
        standing: Standing,
        series: Mapping[Contributor, tuple[Point, ...]],
        now: float,
    ) -> list[Change]:
        """Judge each series; one that is not found any more is well, and none at all leaves nothing to tell.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
        """
        changes = []
        for key in sorted({*standing.contributors, *series}):
            old = standing.contributors.get(key, State.OK)
            points = series.get(key)
            new, reason = State.OK, "No data was returned for this contributor"
            if points is not None:
                new = alarm.judge.state([alarm.breaches(point) for point in points], old)
                new = old if new is State.INSUFFICIENT_DATA else new  # a series has no such state
                reason = _reason(alarm, points, new)
            standing.contributors[key] = new
            if new is not old:
                changes.append(Change(alarm, old, new, reason, now, contributor=key))
        red = sum(state is State.ALARM for state in standing.contributors.values())
        whole = State.ALARM if red else State.OK if series else State.INSUFFICIENT_DATA
        reason = f"{red} out of {len(series)} time series evaluated to ALARM"
        return [*changes, *self._moved(alarm, standing, whole, reason, now)]

    def _compose(self, alarm: CompositeAlarm, changes: Iterable[Change], now: float) -> Change | None:
        standing = self.standings.setdefault(alarm.name, Standing(since=now))
        state = State.ALARM if alarm.rule.holds(self.state) else State.OK
        named = {name for name, _ in alarm.rule.named()}
        moved = {each.alarm.name for each in changes if not each.contributor} & named
        triggering = tuple(
            (name, self.standings[name].state, self.standings[name].since) for name in sorted(moved)
        )
        why = "; ".join(f"{name} transitioned to {at}" for name, at, _ in triggering)
        found = self._moved(
            alarm, standing, state, why or f"its rule evaluates to {state}", now, triggering=triggering
        )
        return found[0] if found else None

    def _moved(
        self,
        alarm: MetricAlarm | CompositeAlarm,
        standing: Standing,
        new: State,
        reason: str,
        now: float,
        *,
        triggering: tuple[tuple[str, State, float], ...] = (),
    ) -> list[Change]:
        old = standing.state
        if new is old:
            return []
        standing.state, standing.since = new, now
        return [Change(alarm, old, new, reason, now, triggering=triggering)]


def _reason(alarm: MetricAlarm, points: Iterable[Point], state: State) -> str:
    shown = ", ".join("missing" if each.value is None else f"{each.value:g}" for each in points)
    if state is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: data points [{shown}]"
    limit = alarm.properties.get("Threshold", "a band")
    return (
        f"Threshold {'Crossed' if state is State.ALARM else 'not crossed'}: data points [{shown}], "
        f"{alarm.judge.breaching} out of {alarm.judge.periods} {alarm.comparison} {limit}"
    )
