"""No object of bronze is passed over, wherever it lies, and none is taken twice: on both carriers."""

import io
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lakehouse_etl.bronze import looking
from lakehouse_etl.job.storage import LocalStorage

CARRIERS = ["native", pytest.param("spark", marks=pytest.mark.spark)]
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


class Feed:
    """A dataset whose objects arrive at instants around now."""

    def __init__(self, bench: Any, patch: pytest.MonkeyPatch) -> None:
        """Let time stand still."""
        self.bench = bench
        self._patch = patch
        self.wait(timedelta())

    def wait(self, time: timedelta) -> None:
        """Let runs think that so much time has passed since the test began."""
        self.now = NOW + time
        self._patch.setattr(looking, "_now", lambda: self.now)

    def put(self, key: int, arrived: timedelta, *, partition: str = "") -> Path:
        """Add an object that is written now, in the partition of another instant."""
        place = partition or f"{NOW + arrived:ingest_date=%Y-%m-%d/ingest_hour=%H}"
        folder = Path(self.bench.dataset.bronze.location.removeprefix("file:")) / place
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{key}.json"
        path.write_text(json.dumps({"id": key}))
        os.utime(path, (self.now.timestamp(), self.now.timestamp()))
        return path

    def run(self) -> Any:
        """Run the job over what is new."""
        return self.bench.run()

    def ids(self) -> list[int]:
        """Ids in silver."""
        return [row["id"] for row in self.bench.rows()]


@pytest.fixture(params=CARRIERS)
def make(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("make_native" if request.param == "native" else "make_bench")


@pytest.fixture
def feed(make: Any, monkeypatch: pytest.MonkeyPatch) -> Feed:
    return Feed(make({"id": "long"}, look_back_hours=8760), monkeypatch)


def test_objects_of_a_shard_that_lags_are_found_within_a_day_and_taken_once(
    feed: Feed, capsys: pytest.CaptureFixture[str]
) -> None:
    feed.put(1, timedelta())
    feed.run()
    feed.wait(DAY / 2)
    lagging = feed.put(2, -200 * DAY)
    assert feed.run().objects == 0
    feed.wait(DAY)
    assert feed.run().objects == 1
    assert f'"found_behind": 1, "such_as": ["{lagging.parent.parent.name}' in capsys.readouterr().out
    feed.put(3, -199 * DAY)
    feed.put(4, DAY)
    assert feed.run().objects == 1
    for days in (2, 3, 4):
        feed.wait(days * DAY)
        feed.run()
    assert feed.ids() == [1, 2, 3, 4]
    assert feed.run().objects == 0


def test_no_object_is_taken_twice_however_the_window_moves(feed: Feed) -> None:
    taken = 0
    for number in range(12):
        feed.wait(number * DAY / 2)
        feed.put(number, number * DAY / 2)
        feed.put(100 + number, number * DAY / 2 - 20 * DAY)
        taken += feed.run().objects
    feed.wait(8 * DAY)
    taken += feed.run().objects
    assert taken == 24 == len(feed.ids())


def test_look_behind_the_window_that_finds_nothing_is_not_repeated_within_a_day(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = feed.put(1, -20 * DAY)
    feed.put(2, timedelta())
    feed.run()
    listed: list[str] = []
    original = LocalStorage.list

    def watched(storage: LocalStorage, prefix: str, after: str) -> Any:
        found = list(original(storage, prefix, after))
        listed.extend(item.uri for item in found)
        return iter(found)

    monkeypatch.setattr(LocalStorage, "list", watched)
    snapshots, seen = feed.bench.snapshots(), []
    for days in (0.5, 1, 1.5, 2):
        feed.wait(days * DAY)
        listed.clear()
        assert feed.run().objects == 0
        seen.append(f"file:{old}" in listed)
    assert seen == [False, True, False, True]
    assert feed.bench.snapshots() == snapshots


def test_partition_in_the_future_is_taken_and_told_and_hides_nothing(
    feed: Feed, capsys: pytest.CaptureFixture[str]
) -> None:
    feed.put(1, timedelta())
    feed.run()
    feed.put(2, 900 * DAY)
    result = feed.run()
    assert result.objects == 1
    assert result.last_arrival == NOW.replace(minute=0, second=0, microsecond=0)
    assert '"partitions_ahead": 1' in capsys.readouterr().out
    feed.put(3, timedelta(hours=-3))
    assert feed.run().objects == 1
    assert feed.run().objects == 0
    assert feed.ids() == [1, 2, 3]


def test_window_that_an_older_release_left_in_the_future_hides_nothing(feed: Feed) -> None:
    feed.put(1, timedelta(hours=-2))
    feed.run()
    [path] = Path(feed.bench.dataset.state_location).glob("*.json")
    value = json.loads(path.read_text())
    value |= {"window_start": "ingest_date=2999-01-01/ingest_hour=00/", "processed": []}
    for name in ("looked", "left", "waiting", "content", "refused"):
        del value[name]
    path.write_text(json.dumps(value))
    feed.put(2, timedelta(hours=-1))
    feed.run()
    assert feed.ids() == [1, 2]


@pytest.mark.parametrize("hour", ["24", "99"])
def test_hour_beyond_the_day_counts_as_its_last(feed: Feed, hour: str) -> None:
    feed.put(1, timedelta(), partition=f"{NOW:ingest_date=%Y-%m-%d}/ingest_hour={hour}")
    assert feed.run().objects == 1
    feed.put(2, timedelta())
    assert feed.run().objects == 1
    assert feed.run().objects == 0
    assert feed.ids() == [1, 2]


@pytest.mark.parametrize("partition", ["ingest_date=2026-02-30/ingest_hour=00", "ingest_date=2999-01-01"])
def test_object_outside_of_the_partitions_is_told_and_wedges_nothing(
    feed: Feed, partition: str, capsys: pytest.CaptureFixture[str]
) -> None:
    feed.put(1, timedelta())
    feed.put(2, timedelta(), partition=partition)
    feed.run()
    assert '"outside_of_partitions": 1' in capsys.readouterr().out
    assert feed.ids() == [1]


def test_run_that_ends_half_way_looks_behind_the_window_again(
    make_native: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Feed(make_native({"id": "long"}, look_back_hours=8760, run={"chunk_bytes": 1}), monkeypatch)
    feed.put(1, timedelta())
    feed.run()
    feed.wait(DAY / 2)
    for key in (2, 3):
        feed.put(key, -100 * DAY + key * timedelta(hours=1))
    feed.wait(3 * DAY)
    feed.put(4, 3 * DAY)
    with monkeypatch.context() as patch:
        original = LocalStorage.open

        def broken(storage: LocalStorage, uri: str) -> Any:
            if uri.endswith("/3.json"):
                raise KeyboardInterrupt
            return original(storage, uri)

        patch.setattr(LocalStorage, "open", broken)
        with pytest.raises(KeyboardInterrupt):
            feed.run()
    feed.wait(10 * DAY)
    assert feed.run().objects == 2
    assert feed.ids() == [1, 2, 3, 4]


def _parquet(**columns: Any) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "rejected"),
    [(b"", 1), (_parquet(id=pa.array([], pa.int64())), 0)],
    ids=["no bytes", "no rows"],
)
def test_empty_parquet_object_is_done_once_and_one_without_bytes_is_told(
    make: Any, content: bytes, rejected: int
) -> None:
    bench = make({"id": "long"}, bronze={"format": "parquet"})
    bench.put(content)
    bench.put(_parquet(id=[1]))
    result = bench.run()
    assert (result.objects, result.counts.accepted, result.counts.rejected) == (2, 1, rejected)
    assert bench.run().objects == 0
