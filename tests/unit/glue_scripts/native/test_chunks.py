"""Backlogs in chunks, and batches that several processes judge."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from lakehouse_etl.bronze import state
from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.bronze.state import read_state
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.native import run as native
from lakehouse_etl.native import workers
from lakehouse_etl.native.batch import chunks
from lakehouse_etl.native.workers import WorkerError
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.silver.outcome import RejectedError

from tests.unit.glue_scripts.native.bench import Bench, MakeBench
from tests.unit.glue_scripts.native.test_requests import request

ORDER = {"id": "string", "version": "long"}
DAYS_LATER = 24 * 5


def _order(key: str, version: int) -> dict[str, Any]:
    return {"id": key, "version": version}


def _bench(make_native: MakeBench, **options: Any) -> Bench:
    return make_native(ORDER, rules={"id": {"required": True}}, order_by=["version"], **options)


def test_chunks_keep_the_order_and_are_no_larger_than_asked_for_unless_an_object_is() -> None:
    sizes = {"a": 4, "b": 5, "c": 2, "d": 20, "e": 1, "f.gz": 1}
    now = datetime.now(UTC)
    objects = [BronzeObject(name, name, size, now) for name, size in sizes.items()]
    found = [[item.name for item in chunk] for chunk in chunks(objects, 10)]
    assert found == [["a", "b"], ["c"], ["d"], ["e"], ["f.gz"]]


def test_each_chunk_is_a_commit_with_its_own_counts_and_the_run_has_the_sum(make_native: MakeBench) -> None:
    bench = _bench(make_native, run={"chunk_bytes": 1})
    bench.put_json(_order("a", 1), _order("b", 1))
    bench.put_json(_order("a", 2), {"version": 1})
    bench.put_json(_order("b", 0))
    result = bench.run()
    assert (result.objects, result.counts) == (3, Counts(5, 3, 1, 1))
    assert bench.rows() == [_order("a", 2), _order("b", 1)]
    told = [snapshot.summary for snapshot in reversed(bench.silver.history())]
    names = ("records-in", "accepted", "rejected", "superseded")
    counted = [tuple(int(summary[f"lake.{name}"]) for name in names) for summary in told]
    assert counted == [(2, 2, 0, 0), (2, 1, 1, 0), (1, 0, 0, 1)]
    assert bench.run().objects == 0


def test_run_that_ends_half_way_is_followed_by_one_that_does_the_rest(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = _bench(make_native, run={"chunk_bytes": 1})
    for key in "abc":
        bench.put_json(_order(key, 1))
    written: list[Any] = []
    with monkeypatch.context() as patch:
        original = state.write_state

        def write_state(*args: Any) -> str:
            if len(written) == 2:
                raise KeyboardInterrupt
            written.append(args)
            return original(*args)

        patch.setattr(native, "write_state", write_state)
        with pytest.raises(KeyboardInterrupt):
            bench.run()
    assert [row["id"] for row in bench.rows()] == ["a", "b"]
    assert bench.run().objects == 1
    assert [row["id"] for row in bench.rows()] == ["a", "b", "c"]


def test_gate_judges_all_chunks_of_a_run_together_now_and_later(make_native: MakeBench) -> None:
    bench = _bench(make_native, max_rejected_ratio=0.3, run={"chunk_bytes": 1})
    bench.put_json({"version": 1})
    bench.put_json(_order("a", 1))
    for _ in range(2):
        with pytest.raises(RejectedError, match="1 of 2 records rejected"):
            bench.run()
    bench.contract(max_rejected_ratio=0.5)
    bench.run()


def test_request_is_answered_when_its_last_object_is_done(make_native: MakeBench) -> None:
    bench = _bench(make_native, run={"chunk_bytes": 1})
    bench.put_json(_order("a", 1), hour=DAYS_LATER)
    bench.run()
    late = [bench.put(json.dumps(_order(key, 1)).encode(), f"{key}.json", hour=1) for key in "bc"]
    request(bench, *late, hour=DAYS_LATER + 1)
    assert bench.run().objects == 2
    states = [
        read_state(LocalStorage(), snapshot.summary["lake.state"]).requests
        for snapshot in bench.silver.history()
    ]
    assert [len(requests) for requests in states] == [1, 0, 0]
    assert bench.run().objects == 0


@pytest.fixture
def busy(make_native: MakeBench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Three objects that are worth two processes."""
    monkeypatch.setattr(workers, "WORTH_A_PROCESS", 1)
    bench = _bench(make_native, run={"processes": 2})
    bench.put_json(_order("a", 1), {"version": 1}, _order("b", 1))
    bench.put(gzip.compress(json.dumps(_order("a", 3)).encode()) + b"x", "cut.json.gz")
    bench.put_json(_order("a", 2))
    return bench


def test_processes_find_what_one_process_finds(busy: Bench, make_native: MakeBench) -> None:
    alone = _bench(make_native)
    alone.contract(bronze=busy.document["bronze"])
    results = [bench.run() for bench in (alone, busy)]
    assert (results[0].counts, results[0].broken) == (results[1].counts, results[1].broken)
    assert alone.rows() == busy.rows() == [_order("a", 2), _order("b", 1)]
    assert alone.rejected() == busy.rejected()


def test_run_fails_when_a_process_ends(busy: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    original = workers._ask

    def ask(pipe: Any, uri: str, content: bytes) -> Any:
        pipe.close()
        return original(pipe, uri, content)

    monkeypatch.setattr(workers, "_ask", ask)
    with pytest.raises(WorkerError, match="the process that judged it has ended"):
        busy.run()
    assert busy.snapshots() == 0
