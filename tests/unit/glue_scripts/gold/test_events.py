"""What of events a product knows by the commits of its inputs alone."""

from datetime import UTC, datetime, timedelta

from lakehouse_etl.gold.plan import _brought, _newest
from lakehouse_etl.records.ages import Ages
from lakehouse_etl.tables.history import EVENT_AGES, NEWEST_EVENT, Snapshot

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def snapshot(number: int, count: int | None) -> Snapshot:
    """A commit of so many events, or compaction, which tells none."""
    if count is None:
        return Snapshot(number, {}, "replace", number - 1)
    at = NOW + timedelta(hours=number)
    ages = Ages(at, at - timedelta(hours=1), at, {10: count})
    return Snapshot(number, {EVENT_AGES: ages.text(), NEWEST_EVENT: at.isoformat()}, "append", number - 1)


HISTORY = [snapshot(5, None), snapshot(4, 40), snapshot(3, 30), snapshot(2, None), snapshot(1, 10)]
"""Newest first."""


def counts(base: str | None) -> list[int]:
    return [sum(each.counts.values()) for each in _brought(HISTORY, base)]


def test_events_that_came_since_a_product_was_made_are_those_of_later_commits() -> None:
    assert counts("3") == [40]
    assert counts("2") == [40, 30]
    assert counts("5") == []


def test_all_that_has_not_expired_came_when_the_product_was_never_made_or_long_ago() -> None:
    assert counts(None) == counts("0") == [40, 30, 10]


def test_newest_event_is_that_of_any_input_whatever_compaction_did() -> None:
    later = [snapshot(7, 1)]
    assert _newest({"a": HISTORY}) == NOW + timedelta(hours=4)
    assert _newest({"a": HISTORY, "b": later}) == NOW + timedelta(hours=7)
    assert _newest({"a": [snapshot(5, None)], "b": []}) is None
