"""How long ago the newest data came, which freshness alarms beyond a week watch."""

from datetime import UTC, datetime, timedelta

import pytest
from lakehouse_etl.bronze.objects import newest_hour
from lakehouse_etl.bronze.state import State
from lakehouse_etl.tables.table import Table

from tests.unit.glue_scripts.bench import MakeBench


def test_newest_hour_is_unknown_when_nothing_ever_came() -> None:
    assert newest_hour(State(), []) is None


@pytest.mark.spark
def test_last_arrival_is_the_newest_ingest_hour_when_a_later_run_finds_nothing_new(
    make_bench: MakeBench,
) -> None:
    bench = make_bench({"id": "long"})
    bench.put_json({"id": 1})
    bench.put_json({"id": 2})
    newest = datetime(2026, 1, 1, 1, tzinfo=UTC)
    assert (bench.run().last_arrival, bench.run().last_arrival) == (newest, newest)


@pytest.mark.spark
def test_commit_has_an_instant_when_a_table_was_written(make_bench: MakeBench) -> None:
    bench = make_bench({"id": "long"})
    table = Table(bench.spark.newSession(), bench.dataset.silver_table)
    assert table.committed_at() is None
    bench.put_json({"id": 1})
    bench.run()
    committed = Table(bench.spark.newSession(), bench.dataset.silver_table).committed_at()
    assert committed is not None
    assert abs(datetime.now(UTC) - committed) < timedelta(minutes=5)
