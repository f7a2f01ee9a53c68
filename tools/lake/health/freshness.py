"""How fresh datasets are, as their last runs have told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tools.lake.health.events import Recorded, read
from tools.lake.health.runs import newest_of_each
from tools.ops.target import Target


@dataclass(frozen=True)
class Freshness:
    """How fresh one dataset is."""

    dataset: str
    """Id."""
    newest_event: datetime
    delay_p95: float | None
    """Seconds in which 95 % of the events of the last run came into the table; None: it brought none."""


def freshness(target: Target, domain: str, runs: Iterable[Recorded]) -> Iterator[Freshness]:
    """Yield it of each dataset of a domain that has told a newest event, by runs that come newest first."""
    ended = [run for run in runs if run.end is not None and not run.is_step]
    for run in newest_of_each(ended, 1):
        row = read(target, run.last)
        if "newest_event" in row:
            newest = datetime.fromisoformat(row["newest_event"]).replace(tzinfo=UTC)
            yield Freshness(f"{domain}/{run.name}", newest, row.get("event_delay_p95"))


def age(seconds: float) -> str:
    """Write a time in the unit that people would choose."""
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
