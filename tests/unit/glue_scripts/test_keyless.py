"""Without a key every good record is a row: objects alone tell a repetition, on both carriers."""

from collections import Counter
from typing import Any

from tests.unit.glue_scripts.carriers import Carrier, Native, run
from tests.unit.glue_scripts.datasets import PLAIN
from tests.unit.glue_scripts.native.bench import MakeBench as MakeNative
from tests.unit.glue_scripts.reprocessing import request

KEYLESS: dict[str, Any] = {"key": [], "write": "append"}


def _click(page: str | None) -> dict[str, Any]:
    return {"id": page}


def _pages(bench: Any) -> dict[str, int]:
    return dict(Counter(row["id"] for row in bench.rows()))


def test_equal_records_are_rows_of_their_own_in_one_object_and_in_several(carrier: Carrier) -> None:
    bench = carrier.make(**KEYLESS)
    bench.put_json(_click("a"), _click("a"), _click("b"))
    assert vars(bench.run().counts) == {"records_in": 3, "accepted": 3, "rejected": 0, "superseded": 0}
    bench.put_json(_click("a"), _click(None))
    assert vars(bench.run().counts) == {"records_in": 2, "accepted": 2, "rejected": 0, "superseded": 0}
    assert _pages(bench) == {"a": 3, "b": 1, None: 1}


def test_object_that_comes_again_adds_nothing(carrier: Carrier) -> None:
    bench = carrier.make(**KEYLESS)
    path = bench.put_json(_click("a"), _click("a"))
    bench.run()
    path.write_bytes(path.read_bytes())  # as a repeated event of it makes the router do
    assert bench.run().objects == 0
    assert _pages(bench) == {"a": 2}


def test_object_that_is_processed_again_replaces_its_own_rows_alone(carrier: Carrier) -> None:
    bench = carrier.make(**KEYLESS)
    path = bench.put_json(_click("a"), _click("a"), _click("bad"))
    bench.put_json(_click("a"), _click("bad"))
    bench.run()
    [field] = bench.document["fields"]
    bench.contract(fields=[{**field, "checks": {"allowed": ["a"]}}])
    request(bench, path)
    result = bench.run()
    assert (result.counts.accepted, result.counts.rejected, result.counts.superseded) == (2, 1, 0)
    assert _pages(bench) == {"a": 3, "bad": 1}
    assert [row["reason"] for row in bench.rejected()] == ["not_allowed"]


def test_rows_of_an_object_go_when_all_its_records_are_rejected_now(carrier: Carrier) -> None:
    bench = carrier.make(**KEYLESS)
    path = bench.put_json(_click("bad"), _click("bad"))
    bench.put_json(_click("a"))
    bench.run()
    bench.contract(fields=[{**PLAIN, "name": "id", "type": "string", "checks": {"allowed": ["a"]}}])
    request(bench, path)
    bench.run()
    assert _pages(bench) == {"a": 1}


def test_run_that_was_killed_anywhere_leaves_no_record_twice(make_native: MakeNative) -> None:
    carrier, number, killed = Native(make_native), 0, True
    while killed:
        number += 1
        bench = carrier.make(**KEYLESS, run={"chunk_bytes": 1})
        bench.put_json(_click("a"), _click("a"))
        bench.put_json(_click("a"), _click("b"))
        bench.run()
        bench.put_json(_click("b"))
        request(bench, everything=True)
        killed = run(carrier, bench, number)
        bench.run()
        assert _pages(bench) == {"a": 3, "b": 2}, f"effect {number}"
    assert number > 4  # fewer mean that the effects are not watched any more


def test_whole_content_without_a_key_has_all_records_of_the_newest_version(carrier: Carrier) -> None:
    bench = carrier.make(key=[], write="overwrite")
    bench.put_json(_click("old"))
    bench.run()
    bench.put_json(_click("a"), _click("a"))
    assert bench.run().counts.accepted == 2
    assert _pages(bench) == {"a": 2}
