"""Percentiles of a sketch against those of the ages themselves."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.records.ages import ACCURACY, SECONDS_MIN, Ages, bucket_of, delays, seconds_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECONDS = st.lists(st.floats(0, 10 * 366 * 86_400), min_size=1, max_size=200)


def sketch(ages: Sequence[float], at: datetime = NOW) -> Ages:
    counts: dict[int, int] = {}
    for age in ages:
        counts[bucket_of(age)] = counts.get(bucket_of(age), 0) + 1
    events = [at - timedelta(seconds=age) for age in ages]
    return Ages(at, min(events), max(events), counts)


def ranked(ages: Sequence[float], share: float) -> float:
    """The value that so great a share is no greater than: the nearest rank."""
    return sorted(ages)[max(0, math.ceil(share * len(ages)) - 1)]


@given(SECONDS)
def test_percentiles_are_as_exact_as_is_said(ages: list[float]) -> None:
    found = delays([sketch(ages)], NOW)
    assert found is not None
    for value, share in ((found.p50, 0.5), (found.p95, 0.95)):
        expected = max(ranked(ages, share), SECONDS_MIN)
        assert abs(value - expected) <= ACCURACY * expected + 0.001
    assert found.longest == pytest.approx(max(ages), abs=1e-3)
    assert sum(found.counts) == len(ages)


@given(SECONDS, SECONDS)
def test_sketches_of_one_instant_add_up_without_loss(some: list[float], others: list[float]) -> None:
    assert sketch(some).plus(sketch(others)) == sketch([*some, *others])


def test_events_are_older_when_they_are_looked_at_later() -> None:
    ages = [10 + (number * 7919) % 4990 for number in range(999)]
    later = NOW + timedelta(hours=3)
    found = delays([sketch(ages[:500], NOW), sketch(ages[500:], NOW + timedelta(hours=1))], later)
    assert found is not None
    shifted = [age + 3 * 3600 for age in ages[:500]] + [age + 2 * 3600 for age in ages[500:]]
    for value, share in ((found.p50, 0.5), (found.p95, 0.95)):
        assert value == pytest.approx(ranked(shifted, share), rel=ACCURACY)
    assert found.longest == pytest.approx(max(shifted), abs=1e-3)
    moved = sketch([1.0], later).plus(sketch(ages, NOW))
    assert sum(moved.counts.values()) == 1000
    assert max(map(seconds_of, moved.counts)) == pytest.approx(max(ages) + 3 * 3600, rel=3 * ACCURACY)


def test_text_of_a_commit_is_read_back() -> None:
    assert Ages.of(sketch([5, 6, 7000]).text()) == sketch([5, 6, 7000])
    nothing_past = Ages(NOW, NOW + timedelta(days=1), None, {0: 2})
    assert Ages.of(nothing_past.text()) == nothing_past
    assert Ages.of(None) is None


def test_nothing_is_told_of_no_events() -> None:
    assert delays([], NOW) is None
