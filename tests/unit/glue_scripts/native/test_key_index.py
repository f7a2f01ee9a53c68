"""Files whose keys are known are read again only for a key that they hold, and all is right without that."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from lakehouse_etl.bronze.commits import HASHES, named_states
from lakehouse_etl.native import files
from lakehouse_etl.native.keys import comparing
from lakehouse_etl.native.keys import index as key_index
from lakehouse_etl.native.rewriting import written

from tests.unit.glue_scripts.native.bench import Bench, MakeBench

DAYS = 6
_MIX = 0x9E3779B97F4A7C15F39CC0605CEDC835
"""An odd number: times a running number it looks random, and no two are alike."""


def key(number: int) -> str:
    """Return what looks like a random UUID."""
    return str(UUID(int=number * _MIX % 2**128))


def put(bench: Bench, numbers: range, version: int = 1) -> None:
    records = [
        {"id": key(number), "at": f"2026-01-{1 + number % DAYS:02}T00:00:00Z", "version": version}
        for number in numbers
    ]
    bench.put_json(*records)


@pytest.fixture
def bench(make_native: MakeBench) -> Bench:
    """A table of a file a day, whose keys a run has compared once."""
    fields = {"id": "string", "at": "timestamptz", "version": "long"}
    bench = make_native(fields, partition={"at": "day"}, order_by=["version"])
    put(bench, range(60))
    bench.run()
    put(bench, range(1000, 1120, DAYS))  # all of one day, and one between any two bounds
    bench.run()
    return bench


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose keys are read."""
    read: list[str] = []
    original = comparing._keys

    def watched(table: Any, tasks: Any, names: Any) -> Any:
        read.extend(task.file.file_path for task in tasks)
        return original(table, tasks, names)

    monkeypatch.setattr(comparing, "_keys", watched)
    return read


def hashes(bench: Bench) -> list[Path]:
    """The objects that the current commit names."""
    told = bench.silver.history()[0].summary[HASHES].split()
    return [Path(uri.removeprefix("file:")) for uri in told]


def versions(bench: Bench) -> dict[str, int]:
    return {row["id"]: row["version"] for row in bench.rows()}


def test_only_files_are_read_that_hold_a_key_or_are_new(bench: Bench, compared: list[str]) -> None:
    put(bench, range(2000, 2120, DAYS))
    bench.run()
    assert len(compared) == 1  # what the run before has written
    compared.clear()
    put(bench, range(7, 8), version=2)
    bench.run()
    assert len(compared) <= 2  # the one that holds it, and again the newest
    assert versions(bench)[key(7)] == 2
    assert len(bench.rows()) == 100


def _lost(bench: Bench) -> None:
    for path in hashes(bench):
        path.unlink()


def _damaged(bench: Bench) -> None:
    for path in hashes(bench):
        path.write_bytes(b"\xff\xff\xff\xff no stream of Arrow")


def _rewritten(bench: Bench) -> None:
    """Join all files of the table, as compaction may."""
    table = bench.silver
    tasks = table.tasks()
    rows = files.read(table.iceberg, tasks)
    table.commit(table.head(), {}, written(table.iceberg, rows), [task.file for task in tasks])


@pytest.mark.parametrize("harm", [_lost, _damaged, _rewritten], ids=["lost", "damaged", "rewritten"])
def test_rows_are_right_whatever_happens_to_what_is_known(
    bench: Bench, compared: list[str], harm: Callable[[Bench], None]
) -> None:
    harm(bench)
    put(bench, range(20), version=2)
    put(bench, range(10, 30), version=0)
    assert vars(bench.run().counts) == {"records_in": 40, "accepted": 20, "rejected": 0, "superseded": 20}
    assert len(compared) >= DAYS
    assert [number for number in range(60) if versions(bench)[key(number)] == 2] == list(range(20))
    put(bench, range(2000, 2120, DAYS))
    bench.run()  # learns what is there
    compared.clear()
    put(bench, range(3000, 3120, DAYS))
    bench.run()
    assert len(compared) == 1


def test_hashes_of_another_version_count_for_nothing(
    bench: Bench, compared: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duckdb.__version__", "0")
    put(bench, range(2000, 2120, DAYS))
    bench.run()
    assert len(compared) > DAYS


def test_objects_become_one_that_knows_files_of_the_table_alone(bench: Bench, compared: list[str]) -> None:
    for number in range(2 * key_index._OBJECTS):
        put(bench, range(number, number + 1), version=number + 2)
        bench.run()
    assert len(hashes(bench)) <= key_index._OBJECTS
    index = key_index.KeyIndex(bench.start()._storage, bench.dataset)
    index.refer(bench.silver.history())
    live = {task.file.file_path for task in bench.silver.tasks()}
    assert len(index._known().keys() - live) < 2 * key_index._OBJECTS
    assert {uri.name for uri in hashes(bench)} <= {
        uri.rpartition("/")[2] for uri in named_states(bench.silver)
    }


def test_no_more_keys_are_remembered_than_agreed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, compared: list[str]
) -> None:
    monkeypatch.setattr(key_index, "_MOST", 25)
    for path in hashes(bench):
        path.unlink()
    put(bench, range(2000, 2120, DAYS))
    bench.run()
    compared.clear()
    put(bench, range(3000, 3120, DAYS))
    bench.run()
    assert len(compared) > DAYS - 3


def test_hashes_of_another_key_count_for_nothing(bench: Bench) -> None:
    bench.contract(key=["id", "version"])
    put(bench, range(20))
    assert bench.run().counts.superseded == 20
    bench.contract(key=["id"])
    put(bench, range(20), version=2)
    bench.run()
    assert len(bench.rows()) == 80
