"""What data points make of an alarm's state, where some are missing.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html

CloudWatch retrieves more data points than it evaluates, and does not say how many; that page has two more in
all of its examples, and so has this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

EXTRA = 2
"""Data points that are retrieved beside those that are evaluated."""

Treatment = Literal["missing", "ignore", "breaching", "notBreaching"]

Point = bool | None
"""Whether a data point breaches the threshold; None: it is missing."""


class State(StrEnum):
    """The states of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Judge:
    """How one alarm judges data points."""

    periods: int
    """Data points that are evaluated (N)."""
    breaching: int
    """Of those, how many must breach (M)."""
    missing: Treatment

    @property
    def range(self) -> int:
        """Data points that are retrieved."""
        return self.periods + EXTRA

    def state(self, points: Sequence[Point], current: State) -> State:
        """Return the state after an evaluation.

        Args:
            points: The evaluation range, oldest first.
            current: The state before.
        """
        real = [point for point in points if point is not None]
        if len(real) >= self.periods:
            return _state(sum(real[-self.periods :]) >= self.breaching)
        if self.missing == "breaching":
            return _state(sum(real) + self.periods - len(real) >= self.breaching)
        if self.missing == "notBreaching":
            return _state(sum(real) >= self.breaching)
        return self._without_filling(points, current)

    def _without_filling(self, points: Sequence[Point], current: State) -> State:
        real = [point for point in points if point is not None]
        if sum(real) >= self.breaching:
            return State.ALARM
        if not all(real):
            return State.OK
        if self.missing == "ignore":
            return current
        return State.ALARM if self._is_premature(points) else State.INSUFFICIENT_DATA

    def _is_premature(self, points: Sequence[Point]) -> bool:
        """Whether the oldest data point, breaching like all after it, is as old as M data points.

        Where it is younger, the page says only that the state is not ALARM yet; an older edition of it has
        INSUFFICIENT_DATA in its table:
        https://github.com/awsdocs/amazon-cloudwatch-user-guide/blob/05fd32f63861ca6646c8aa5c94334fd6e0dfdbf5/doc_source/AlarmThatSendsEmail.md
        """
        oldest = next((index for index, point in enumerate(points) if point), None)
        return oldest is not None and len(points) - oldest >= self.breaching


def _state(breaching: bool) -> State:
    return State.ALARM if breaching else State.OK
