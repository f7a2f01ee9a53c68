"""What a run tells of time: how old the events are that it brings, and what of yesterday is missing."""

import json
import statistics
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lakehouse_etl.bronze import state as states
from lakehouse_etl.native.batch import ages_of
from lakehouse_etl.records.ages import ACCURACY, Ages, delays
from lakehouse_etl.tables.history import EVENT_AGES, NEWEST_EVENT

from tests.unit.glue_scripts.native.bench import Bench, MakeBench

FIELDS = {"id": "string", "at": "timestamptz"}


def put(bench: Bench, *ages: float) -> list[datetime]:
    """Add an object of records whose events are so many seconds old; return when they happened."""
    events = [datetime.now(UTC) - timedelta(seconds=age) for age in ages]
    bench.put_json(*({"id": f"{bench.hours}-{n}", "at": at.isoformat()} for n, at in enumerate(events)))
    return events


def test_delays_are_those_of_the_events_that_a_run_brings(make_native: MakeBench) -> None:
    bench = make_native(FIELDS, event_time="at")
    events = put(bench, *(30 + (n * 7919) % 9000 for n in range(500)))
    result = bench.run()
    until = datetime.now(UTC)
    assert result.ages is not None
    found = delays([result.ages], until)
    assert found is not None
    expected = sorted((until - at).total_seconds() for at in events)
    assert found.p50 == pytest.approx(statistics.median_low(expected), rel=ACCURACY + 0.001)
    assert found.p95 == pytest.approx(expected[474], rel=ACCURACY + 0.001)
    assert found.longest == pytest.approx(expected[-1], abs=0.01)
    assert result.newest_event == pytest.approx(max(events), abs=timedelta(milliseconds=1))


def test_commit_of_each_chunk_carries_its_own_events_and_the_newest_ever(make_native: MakeBench) -> None:
    bench = make_native(FIELDS, event_time="at", run={"chunk_bytes": 1})
    first, second = put(bench, 50), put(bench, 5000, 6000)
    result = bench.run()
    later, earlier = (snapshot.summary for snapshot in bench.silver.history())
    found = [Ages.of(summary[EVENT_AGES]) for summary in (earlier, later)]
    assert [sum(each.counts.values()) for each in found if each] == [1, 2]
    newest = max(first).isoformat()
    assert {summary[NEWEST_EVENT][:23] for summary in (earlier, later)} == {newest[:23]}
    assert result.ages is not None
    assert sum(result.ages.counts.values()) == 3
    assert result.ages.oldest == pytest.approx(min(second), abs=timedelta(milliseconds=1))
    assert bench.run().newest_event == result.newest_event


def test_event_far_ahead_of_the_clock_is_not_the_newest(make_native: MakeBench) -> None:
    bench = make_native(FIELDS, event_time="at")
    put(bench, -86_400)
    assert bench.run().newest_event is None
    events = put(bench, -86_400, 100)
    assert bench.run().newest_event == pytest.approx(min(events), abs=timedelta(milliseconds=1))


def test_dataset_whose_events_are_not_timed_tells_nothing(make_native: MakeBench) -> None:
    bench = make_native(FIELDS)
    put(bench, 100)
    result = bench.run()
    assert (result.ages, result.newest_event) == (None, None)
    assert EVENT_AGES not in bench.silver.history()[0].summary


@pytest.mark.parametrize("kind", ["date", "timestamp", "timestamptz"])
def test_dates_and_times_without_a_zone_are_those_of_utc(make_native: MakeBench, kind: str) -> None:
    bench = make_native({"id": "string", "at": kind}, event_time="at")
    text = {"date": "2026-01-01", "timestamp": "2026-01-01T00:00:00", "timestamptz": "2026-01-01T00:00:00Z"}
    bench.put_json({"id": "a", "at": text[kind]}, {"id": "b", "at": None})
    result = bench.run()
    assert result.newest_event == datetime(2026, 1, 1, tzinfo=UTC)
    assert result.ages is not None
    assert sum(result.ages.counts.values()) == 1
    assert ages_of(bench.whole().slice(0, 0), bench.dataset, datetime.now(UTC)) is None


def test_days_are_judged_once_the_counting_has_begun_before_them(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_native(FIELDS, records_per_day=3)

    class Clock(datetime):
        instant: Any = datetime(2026, 1, 1, 10, tzinfo=UTC)

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return cls.instant

    monkeypatch.setattr(states, "datetime", Clock)
    missing = []
    for day, records in ((1, 1), (2, 2), (3, 3), (4, 0), (5, 0)):
        Clock.instant = datetime(2026, 1, day, 10, tzinfo=UTC)
        if records:
            put(bench, *range(records))
        missing.append(bench.run().missing)
    assert missing == [None, None, 1, 0, 3]
    kept = json.loads(
        max(bench.folder.rglob("_state/**/*.json"), key=lambda p: p.stat().st_mtime_ns).read_text()
    )
    assert list(kept["days"]) == ["2026-01-01", "2026-01-02", "2026-01-03"]
