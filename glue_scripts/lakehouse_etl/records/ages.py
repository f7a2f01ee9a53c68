"""How old events were at an instant: a sketch that commits carry, so that later runs ask no table again.

Ages are counted in buckets whose bounds grow by a factor, so that a percentile is off by `ACCURACY` of itself
at most, whatever the spread; sketches of one instant add up without loss. This is DDSketch:
https://www.vldb.org/pvldb/vol12/p2195-masson.pdf
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

ACCURACY = 0.025
"""Share of an age by which a percentile may be off."""

_GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
LOG_GAMMA = math.log(_GAMMA)

SECONDS_MIN = 1.0
"""What is younger, or lies ahead, counts as so old."""

AHEAD = timedelta(hours=1)
"""How far an event may lie ahead of the clock and still be the newest one: a wrong time hides silence."""


def bucket_of(seconds: float) -> int:
    """Return the bucket of an age."""
    return math.ceil(math.log(max(seconds, SECONDS_MIN)) / LOG_GAMMA)


def seconds_of(bucket: int) -> float:
    """Return the age that stands for a bucket."""
    return 2 * _GAMMA**bucket / (_GAMMA + 1)


@dataclass(frozen=True)
class Ages:
    """The ages of some events at an instant."""

    at: datetime
    oldest: datetime
    newest: datetime | None
    """None if all lie ahead of the clock."""
    counts: Mapping[int, int]
    """Events by bucket."""

    def plus(self, other: "Ages | None") -> "Ages":
        """Return the ages of both, at the instant of this one."""
        if other is None:
            return self
        shift = (self.at - other.at).total_seconds()
        counts = dict(self.counts)
        for bucket, count in other.counts.items():
            moved = bucket_of(seconds_of(bucket) + shift) if shift else bucket
            counts[moved] = counts.get(moved, 0) + count
        newest = max((each.newest for each in (self, other) if each.newest), default=None)
        return Ages(self.at, min(self.oldest, other.oldest), newest, counts)

    def text(self) -> str:
        """Return what a commit's summary holds."""
        newest = self.newest and self.newest.isoformat()
        value = [self.at.isoformat(), self.oldest.isoformat(), newest, sorted(self.counts.items())]
        return json.dumps(value, separators=(",", ":"))

    @classmethod
    def of(cls, text: str | None) -> "Ages | None":
        """Read what `text` has written; None if there is none."""
        if text is None:
            return None
        at, oldest, newest, counts = json.loads(text)
        return cls(
            datetime.fromisoformat(at),
            datetime.fromisoformat(oldest),
            None if newest is None else datetime.fromisoformat(newest),
            {int(bucket): int(count) for bucket, count in counts},
        )


@dataclass(frozen=True)
class Delays:
    """How long events took to where they are, in seconds."""

    p50: float
    p95: float
    longest: float
    """Exact, whatever the sketch."""
    values: Sequence[float]
    counts: Sequence[int]
    """How often each value came."""


def delays(sketches: Iterable[Ages], until: datetime) -> Delays | None:
    """Return how long the events of sketches took until an instant, None if there are none."""
    some = list(sketches)
    longest = max(((until - each.oldest).total_seconds() for each in some), default=0.0)
    found: dict[float, int] = {}
    for each in some:
        shift = (until - each.at).total_seconds()
        for bucket, count in each.counts.items():
            value = round(min(max(0.0, seconds_of(bucket) + shift), max(SECONDS_MIN, longest)), 3)
            found[value] = found.get(value, 0) + count
    if not found:
        return None
    values = sorted(found)
    counts = [found[value] for value in values]
    return Delays(_ranked(values, counts, 0.5), _ranked(values, counts, 0.95), longest, values, counts)


def _ranked(values: Sequence[float], counts: Sequence[int], share: float) -> float:
    """Return the smallest value that the share of all is no greater than."""
    wanted, seen = share * sum(counts), 0
    for value, count in zip(values, counts, strict=True):
        seen += count
        if seen >= wanted:
            return value
    return values[-1]


def instant(seconds: float) -> datetime:
    """Return an instant of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
