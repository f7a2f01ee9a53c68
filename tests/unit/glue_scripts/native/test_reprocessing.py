"""Tables equal a fresh build once everything is processed again, without Spark."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import event, given

from tests.unit.glue_scripts.carriers import Native, deploy, run, tables
from tests.unit.glue_scripts.native.bench import Bench, MakeBench
from tests.unit.glue_scripts.reprocessing import (
    FORMATS,
    Contract,
    History,
    examples,
    histories,
    replay,
    request,
)

LEAST_EFFECTS = 8
"""Fewer mean that the doors are not watched any more."""


@pytest.mark.parametrize("kind", FORMATS)
def test_tables_equal_a_fresh_build_once_everything_is_processed_again(
    make_native: MakeBench, kind: str
) -> None:
    carrier = Native(make_native)

    @examples(30)
    @given(history=histories(6))
    def holds(history: History) -> None:
        options: dict[str, Any] = {
            "bronze": {"format": kind}, "write": history.write, "run": {"chunk_bytes": history.chunk_bytes}
        }  # fmt: skip
        replayed, fresh = carrier.make(**options), carrier.make(**options)
        deploy(carrier, replayed, Contract().document(replayed.document["bronze"]))
        for contract in replay(history, kind, carrier, replayed):
            deploy(carrier, fresh, contract.document(replayed.document["bronze"]))
        fresh.run()
        assert tables(carrier, replayed) == tables(carrier, fresh)
        event(f"{history.write}: {len(replayed.rows())} rows, {len(replayed.rejected())} rejected")

    holds()


def test_tables_are_those_of_one_run_wherever_a_run_that_processes_everything_again_was_killed(
    make_native: MakeBench,
) -> None:
    carrier = Native(make_native)
    bronze: dict[str, Any] = {}

    def prepared() -> Bench:
        """Each of two objects outdoes the other under one of the orders, in a commit of its own."""
        bench = carrier.make(run={"chunk_bytes": 1})
        bench.contract(bronze=bronze or bench.document["bronze"])
        deploy(carrier, bench, Contract().document(bench.document["bronze"]))
        if not bronze:
            bronze.update(bench.document["bronze"])
            bench.put_json(_record("a", 2, 1), _record("b", 1, 2), _record("c", 1, 1), _record("d", 1, -1))
            bench.put_json(_record("a", 1, 2), _record("b", 2, 1), _record("e", 1, 1))
        bench.run()
        last = Contract(masking="hash", order_by=("amount",), minimum=0)
        deploy(carrier, bench, last.document(bronze))
        request(bench, everything=True)
        return bench

    calm = prepared()
    calm.run()
    assert [(row["id"], row["amount"]) for row in calm.rows()] == [("a", 2), ("b", 2), ("c", 1), ("e", 1)]
    assert [(row["id"], row["version"]) for row in prepared().rows()][:2] == [("a", 2), ("b", 2)]
    number, killed = 0, True
    while killed:
        number += 1
        bench = prepared()
        killed = run(carrier, bench, number)
        bench.run()
        assert tables(carrier, bench) == tables(carrier, calm), f"effect {number}"
    assert number > LEAST_EFFECTS


def _record(key: str, version: int, amount: int) -> dict[str, Any]:
    return {
        "id": key, "part": 0, "version": version, "amount": amount, "email": f"{key}@example.com",
        "state": "new",
    }  # fmt: skip


def test_nothing_clear_is_left_of_a_column_that_was_masked_later_once_old_snapshots_have_expired(
    make_native: MakeBench,
) -> None:
    bench = make_native({"id": "string", "email": "string"}, partition={"id": "bucket[4]"})
    for number in range(3):
        people = (f"{number}-{at}" for at in range(20))
        bench.put_json(*({"id": name, "email": f"{name}@example.com"} for name in people))
        bench.run()
    assert "@example.com" in _readable(bench)
    [key, email] = bench.document["fields"]
    bench.contract(fields=[key, {**email, "masking": "hash"}])
    request(bench, everything=True)
    bench.run()
    assert len(bench.rows()) == 60
    assert all(len(row["email"]) == 64 for row in bench.rows())
    expiry = bench.silver.iceberg.maintenance.expire_snapshots()
    for snapshot in bench.silver.history()[1:]:
        expiry = expiry.by_id(snapshot.id)
    expiry.commit()
    assert "@" not in _readable(bench)


def _readable(bench: Bench) -> str:
    """All values in the files that any snapshot names, and the bounds that it tells of them."""
    table = bench.silver.iceberg
    scans = (table.scan(snapshot_id=snapshot.snapshot_id) for snapshot in table.snapshots())
    files = [task.file for scan in scans for task in scan.plan_files()]
    values = [pq.read_table(Path(file.file_path.removeprefix("file://"))).to_pylist() for file in files]
    return f"{values}{[(file.lower_bounds, file.upper_bounds) for file in files]}"
