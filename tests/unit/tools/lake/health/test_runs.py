"""Which runs are the last ones of their datasets, and what their names tell."""

from datetime import UTC, datetime

from tools.lake.health.events import Event, Recorded
from tools.lake.health.runs import newest_of_each


def recorded(name: str, minute: int) -> Recorded:
    at = datetime(2026, 1, 1, 0, minute, tzinfo=UTC)
    return Recorded(Event("b", "k", at, "START", f"run-{minute}", name), None)


def test_dataset_that_rarely_gets_anything_has_its_last_run_beside_busy_ones() -> None:
    busy = [recorded("busy", minute) for minute in range(8, 0, -1)]
    rare = recorded("rare", 0)
    assert newest_of_each([*busy, rare], 2) == [*busy[:2], rare]


def test_run_that_began_before_what_was_looked_at_counts_by_its_end() -> None:
    end = Event("b", "k", datetime(2026, 1, 1, tzinfo=UTC), "COMPLETE", "run", "BronzeToSilver")
    found = Recorded(None, end)
    assert (found.started, found.last, found.is_step) == (end.at, end, True)
    assert not recorded("orders", 1).is_step
