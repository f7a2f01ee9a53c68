"""Tables equal a fresh build once everything is processed again, without Spark."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import event, given

from tests.unit.glue_scripts.carriers import Native, deploy, tables
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
        contract = replay(history, kind, carrier, replayed)
        deploy(carrier, fresh, contract.document(replayed.document["bronze"]))
        fresh.run()
        assert tables(carrier, replayed) == tables(carrier, fresh)
        event(f"{history.write}: {len(replayed.rows())} rows, {len(replayed.rejected())} rejected")

    holds()


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
