"""Records that are processed again by request replace their own rows, and no other row of their object."""

import json
from typing import Any

import pytest

from tests.unit.glue_scripts.carriers import Carrier, Native, deploy, run
from tests.unit.glue_scripts.datasets import PLAIN
from tests.unit.glue_scripts.reprocessing import request

Row = dict[str, Any]


def _fields(**rules: Row) -> list[Row]:
    kinds = {"id": "string", "version": "int", "amount": "int", "email": "string"}
    return [{**PLAIN, "name": name, "type": kind, **rules.get(name, {})} for name, kind in kinds.items()]


def _make(carrier: Carrier, **options: Any) -> Any:
    bench = carrier.make(order_by=[], **options)
    deploy(carrier, bench, {"fields": _fields(), "order_by": ["version"] if bench.dataset.key else []})
    return bench


def _order(key: str, version: int = 1, amount: int = 1) -> Row:
    return {"id": key, "version": version, "amount": amount, "email": f"{key}@example.com"}


def _silver(carrier: Carrier, bench: Any) -> list[Row]:
    rows = carrier.content(bench, bench.dataset.silver_table)
    return sorted(rows, key=lambda row: (row["id"], row["_source_object"]))


def _ask(carrier: Carrier, bench: Any, *keys: str, name: str = "r") -> None:
    """Ask for the records that the rows of some keys were made of."""
    start = bench.dataset.bronze.location
    asked: dict[str, list[int]] = {}
    for row in _silver(carrier, bench):
        if row["id"] in keys:
            asked.setdefault(row["_source_object"].removeprefix(start), []).append(row["_record_hash"])
    request(bench, name=name).write_text(json.dumps({"records": asked}))


def _mended(carrier: Carrier, bench: Any, **rules: Row) -> None:
    deploy(carrier, bench, {"fields": _fields(**(rules or {"email": {"masking": "redact"}}))})


def test_rows_of_requested_records_follow_the_contract_and_all_others_stay(carrier: Carrier) -> None:
    bench = _make(carrier)
    bench.put_json(*map(_order, "abcd"), {"id": "e", "amount": "many"})
    bench.put_json(*map(_order, "fg"))
    bench.run()
    before, rejected = _silver(carrier, bench), bench.rejected()
    _mended(carrier, bench)
    _ask(carrier, bench, "b", "c", "g")
    result = bench.run()
    expected = [{**row, "email": None} if row["id"] in "bcg" else row for row in before]
    assert _silver(carrier, bench) == expected
    assert bench.rejected() == rejected
    assert vars(result.counts) == {"records_in": 3, "accepted": 3, "rejected": 0, "superseded": 0}
    bench.put_json(_order("h"))
    bench.run()
    assert [row["id"] for row in bench.rows()] == [*"abcdfgh"]


def test_newer_version_of_another_object_stays_when_the_record_that_it_outdid_is_requested(
    carrier: Carrier,
) -> None:
    bench = _make(carrier)
    bench.put_json(_order("a"), _order("b"))
    bench.run()
    _ask(carrier, bench, "a", "b")
    bench.put_json(_order("a", version=2))
    result = bench.run()
    assert [(row["id"], row["version"]) for row in bench.rows()] == [("a", 2), ("b", 1)]
    assert (result.counts.accepted, result.counts.superseded) == (2, 1)


def test_equal_records_without_a_key_stay_as_many_when_they_are_requested(carrier: Carrier) -> None:
    bench = _make(carrier, key=[], write="append")
    bench.put_json(_order("a"), _order("a"), _order("b"))
    bench.put_json(_order("a"))
    bench.run()
    _mended(carrier, bench)
    _ask(carrier, bench, "a")
    bench.run()
    rows = sorted((row["id"], row["email"]) for row in _silver(carrier, bench))
    assert rows == [("a", None), ("a", None), ("a", None), ("b", "b@example.com")]


def test_object_counts_as_a_whole_when_a_requested_record_is_rejected_now(carrier: Carrier) -> None:
    bench = _make(carrier)
    bench.put_json(_order("a", amount=-1), _order("b", amount=-1), _order("c"))
    bench.put_json(_order("d", amount=-1), _order("e"))
    bench.run()
    _mended(carrier, bench, amount={"checks": {"minimum": 0}})
    _ask(carrier, bench, "a", "e")
    bench.run()
    assert [row["id"] for row in bench.rows()] == [*"cde"]
    assert [json.loads(row["raw"])["id"] for row in bench.rejected()] == [*"ab"]


def test_object_counts_as_a_whole_when_another_request_is_about_it(carrier: Carrier) -> None:
    bench = _make(carrier)
    path = bench.put_json(_order("a"), _order("b"))
    bench.run()
    _mended(carrier, bench)
    _ask(carrier, bench, "a", name="some")
    request(bench, path, name="whole")
    bench.run()
    assert [row["email"] for row in bench.rows()] == [None, None]


def test_object_stays_new_when_only_some_of_its_records_were_requested(carrier: Carrier) -> None:
    bench = _make(carrier)
    bench.put_json(_order("a"))
    bench.run()
    late = bench.put_json(_order("b"), _order("c"))
    start = bench.dataset.bronze.location.removeprefix("file:")
    request(bench).write_text(json.dumps({"records": {str(late).removeprefix(start): [1]}}))
    bench.run(repair=True)
    bench.run()
    assert [row["id"] for row in bench.rows()] == [*"abc"]


def test_repair_leaves_to_the_next_run_what_is_new(carrier: Carrier) -> None:
    bench = _make(carrier)
    bench.put_json(_order("a"))
    bench.run()
    _mended(carrier, bench)
    _ask(carrier, bench, "a")
    bench.put_json(_order("b"))
    assert bench.run(repair=True).objects == 1
    assert [(row["id"], row["email"]) for row in bench.rows()] == [("a", None)]
    assert bench.run(repair=True).objects == 0
    assert bench.run().objects == 1
    assert [row["id"] for row in bench.rows()] == [*"ab"]


@pytest.mark.parametrize("killed_before", range(1, 12, 2))
def test_rows_are_the_same_when_the_run_is_killed_and_repeated(carrier: Carrier, killed_before: int) -> None:
    bench = _make(carrier)
    bench.put_json(*map(_order, "abc"), {"id": "d", "amount": "many"})
    bench.run()
    before = _silver(carrier, bench)
    _mended(carrier, bench)
    _ask(carrier, bench, "b")
    run(carrier, bench, killed_before)
    bench.run()
    expected = [{**row, "email": None} if row["id"] == "b" else row for row in before]
    assert _silver(carrier, bench) == expected


def test_records_are_replaced_once_when_each_object_is_a_commit(make_native: Any) -> None:
    carrier = Native(make_native)
    bench = _make(carrier, run={"chunk_bytes": 1}, partition={"id": "bucket[2]"})
    for keys in ("ab", "cd", "ef"):
        bench.put_json(*map(_order, keys))
    bench.run()
    before, commits = _silver(carrier, bench), bench.snapshots()
    _mended(carrier, bench)
    _ask(carrier, bench, "a", "d", "e")
    bench.run()
    expected = [{**row, "email": None} if row["id"] in "ade" else row for row in before]
    assert _silver(carrier, bench) == expected
    assert bench.snapshots() == commits + 3


def test_files_without_requested_records_stay_as_they_are(make_native: Any) -> None:
    carrier = Native(make_native)
    bench = _make(carrier, partition={"id": "identity"})
    bench.put_json(*map(_order, "abcd"))
    bench.run()
    before = {task.file.file_path for task in bench.silver.tasks()}
    _mended(carrier, bench)
    _ask(carrier, bench, "b")
    bench.run()
    after = {task.file.file_path for task in bench.silver.tasks()}
    assert (len(before & after), len(after)) == (3, 4)


def test_request_for_records_is_about_the_version_where_each_is_the_whole_content(make_native: Any) -> None:
    carrier = Native(make_native)
    bench = _make(carrier, write="overwrite")
    bench.put_json(*map(_order, "ab"))
    bench.run()
    _mended(carrier, bench)
    _ask(carrier, bench, "a")
    bench.run()
    assert [row["email"] for row in bench.rows()] == [None, None]
