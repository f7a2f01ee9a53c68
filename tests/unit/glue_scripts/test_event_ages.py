"""How old events are, as each carrier finds it in the same records."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lakehouse_etl.records.ages import ACCURACY, Ages, delays
from lakehouse_etl.tables.history import EVENT_AGES, NEWEST_EVENT

from tests.unit.glue_scripts.carriers import Carrier
from tests.unit.glue_scripts.datasets import PLAIN

MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def bench(carrier: Carrier) -> Any:
    made = carrier.make()
    fields = [
        {**PLAIN, "name": name, "type": kind} for name, kind in (("id", "string"), ("at", "timestamptz"))
    ]
    made.contract(fields=fields, event_time="at")
    carrier.follow(made)
    return made


def put(bench: Any, *ages: float) -> list[datetime]:
    events = [datetime.now(UTC) - timedelta(seconds=age) for age in ages]
    bench.put_json(*({"id": f"{bench.hours}-{n}", "at": at.isoformat()} for n, at in enumerate(events)))
    return events


def test_run_tells_how_long_the_events_took_that_it_brought(bench: Any) -> None:
    put(bench, 9_999_999)
    bench.run()
    events = put(bench, *(60 + (n * 7919) % 9000 for n in range(200)), -86_400)
    bench.put(b"no JSON\n")
    result = bench.run()
    until = datetime.now(UTC)
    found = delays([result.ages], until)
    assert found is not None
    expected = sorted(max(0.0, (until - at).total_seconds()) for at in events)
    assert sum(found.counts) == len(expected) == 201
    assert found.p50 == pytest.approx(expected[100], rel=ACCURACY + 0.001)
    assert found.p95 == pytest.approx(expected[190], rel=ACCURACY + 0.001)
    assert found.longest == pytest.approx(expected[-1], abs=0.01)
    assert result.newest_event == pytest.approx(max(at for at in events if at < until), abs=MOMENT)


def test_commit_carries_it_and_runs_that_find_nothing_know_the_newest(bench: Any) -> None:
    [event] = put(bench, 500)
    bench.run()
    summary = bench.silver.history()[0].summary
    ages = Ages.of(summary[EVENT_AGES])
    assert ages is not None
    assert ages.oldest == pytest.approx(event, abs=MOMENT)
    assert sum(ages.counts.values()) == 1
    assert datetime.fromisoformat(summary[NEWEST_EVENT]) == pytest.approx(event, abs=MOMENT)
    again = bench.run()
    assert (again.ages, again.newest_event) == (None, datetime.fromisoformat(summary[NEWEST_EVENT]))
