"""Runs without Spark: what wins, what is counted, and what is refused."""

import hashlib
import hmac
import io
import itertools
import json
import random
import shutil
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lakehouse_etl.bronze.state import StateError
from lakehouse_etl.native.fitness import UnfitError
from lakehouse_etl.native.rewriting import written
from lakehouse_etl.native.table import Table
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.silver.outcome import RejectedError
from lakehouse_etl.tables.history import TableError
from pyiceberg.manifest import ManifestContent, ManifestFile
from pyiceberg.types import IcebergType, IntegerType, LongType, StringType

from tests.local.lake.searching import decoded
from tests.unit.glue_scripts.native.bench import Bench, MakeBench

ORDER = {"id": "string", "version": "long", "note": "string"}
KEY = b"masking key"


def _orders(make_native: MakeBench, **options: Any) -> Bench:
    return make_native(ORDER, rules={"id": {"required": True}}, **{"order_by": ["version"], **options})


def _alter(bench: Bench, column: str, kind: IcebergType | None) -> None:
    """Drop a column, or add one of a type."""
    with bench.silver.iceberg.update_schema(allow_incompatible_changes=True) as change:
        if kind is None:
            change.delete_column(column)
        else:
            change.add_column(column, kind)


def _order(key: str, version: int, note: str = "") -> dict[str, Any]:
    return {"id": key, "version": version, "note": note}


def test_newest_version_wins_in_whatever_order_records_come(make_native: MakeBench) -> None:
    records = [_order(key, version, f"{key}{version}") for key in "abc" for version in range(4)]
    outcomes = []
    for seed in range(3):
        shuffled = random.Random(seed).sample(records * 2, len(records) * 2)  # noqa: S311 (a shuffle)
        bench = _orders(make_native)
        for start in range(0, len(shuffled), 8):
            bench.put_json(*shuffled[start : start + 8])
            bench.run()
        outcomes.append(bench.rows())
    assert outcomes[0] == outcomes[1] == outcomes[2] == [_order(key, 3, f"{key}3") for key in "abc"]


def test_versions_that_tie_are_decided_by_content_not_by_arrival(make_native: MakeBench) -> None:
    twins = [_order("a", 1, "left"), _order("a", 1, "right")]
    outcomes = []
    for order in itertools.permutations(twins):
        bench = _orders(make_native)
        for record in order:
            bench.put_json(record)
            bench.run()
        outcomes.append(bench.rows())
    assert outcomes[0] == outcomes[1]


def test_every_record_is_accepted_rejected_or_superseded(make_native: MakeBench) -> None:
    bench = _orders(make_native)
    bench.put_json(_order("a", 1), _order("a", 2), _order("b", 1), _order("b", 1), {"version": 1})
    assert bench.run().counts == Counts(records_in=5, accepted=2, rejected=1, superseded=2)
    bench.put_json(_order("a", 1), _order("b", 5), _order("c", 1))
    assert bench.run().counts == Counts(records_in=3, accepted=2, rejected=0, superseded=1)
    assert bench.rows() == [_order("a", 2), _order("b", 5), _order("c", 1)]


def test_first_version_stays_when_appending(make_native: MakeBench) -> None:
    bench = _orders(make_native, write="append")
    bench.put_json(_order("a", 2, "first"))
    bench.run()
    bench.put_json(_order("a", 9, "later"), _order("b", 1))
    assert bench.run().counts.superseded == 1
    assert bench.rows() == [_order("a", 2, "first"), _order("b", 1)]


def test_whole_content_is_replaced_when_overwriting(make_native: MakeBench) -> None:
    bench = _orders(make_native, write="overwrite")
    bench.put_json(_order("a", 1), _order("b", 1))
    bench.run()
    bench.put_json(_order("c", 1))
    bench.run()
    assert bench.rows() == [_order("c", 1)]


def test_run_without_new_objects_commits_nothing(make_native: MakeBench) -> None:
    bench = _orders(make_native)
    bench.put_json(_order("a", 1))
    bench.run()
    before = bench.snapshots()
    assert bench.run().objects == 0
    assert bench.snapshots() == before


@pytest.mark.parametrize("content", [b"", b"\n\n", b"no json\n"], ids=["empty", "blank", "rejected"])
def test_objects_without_good_records_are_done_once(make_native: MakeBench, content: bytes) -> None:
    bench = _orders(make_native)
    bench.put(content)
    assert bench.run().objects == 1
    assert bench.run().objects == 0
    assert bench.rows() == []


def test_late_object_of_an_open_hour_is_found(make_native: MakeBench) -> None:
    bench = _orders(make_native)
    bench.put(json.dumps(_order("a", 1)).encode(), "a.json", hour=30)
    bench.run()
    bench.put(json.dumps(_order("b", 1)).encode(), "late.json", hour=10)
    bench.put(json.dumps(_order("c", 1)).encode(), "too-late.json", hour=1)
    bench.run()
    assert [row["id"] for row in bench.rows()] == ["a", "b"]


def test_good_records_stay_when_the_gate_closes(make_native: MakeBench) -> None:
    bench = _orders(make_native, max_rejected_ratio=0.4)
    bench.put_json(_order("a", 1), {"version": 1})
    with pytest.raises(RejectedError, match=r"1 of 2 records rejected \(50.0%\).*missing_required 1"):
        bench.run()
    assert bench.rows() == [_order("a", 1)]
    assert len(bench.rejected()) == 1


def test_run_is_refused_when_the_table_lacks_a_column(make_native: MakeBench) -> None:
    bench = _orders(make_native)
    _alter(bench, "note", None)
    bench.put_json(_order("a", 1))
    with pytest.raises(TableError, match=r"note: got no column; expected string.*fix: deploy"):
        bench.run()


def test_run_is_refused_when_the_table_does_not_exist(make_native: MakeBench) -> None:
    bench = _orders(make_native)
    shutil.rmtree(bench.catalog.folder / "silver")
    with pytest.raises(TableError, match="not in the catalog"):
        bench.run()


def test_run_is_refused_when_the_state_is_gone(make_native: MakeBench) -> None:
    bench = _orders(make_native)
    bench.put_json(_order("a", 1))
    bench.run()
    for file in (bench.folder / "_state").rglob("*.json"):
        file.unlink()
    with pytest.raises(StateError, match="fix: restore"):
        bench.run()


def test_extra_columns_of_the_table_stay_null(make_native: MakeBench) -> None:
    bench = _orders(make_native)
    _alter(bench, "extra", IntegerType())
    bench.put_json(_order("a", 1, "x"))
    bench.run()
    assert bench.rows() == [_order("a", 1, "x")]


def test_masked_values_are_hmacs_or_nothing(make_native: MakeBench) -> None:
    bench = make_native(
        {"id": "string", "email": "string", "phone": "string"},
        rules={"email": {"masking": "hash"}, "phone": {"masking": "redact"}},
    )
    bench.put_json({"id": "a", "email": "ada@example.com", "phone": "1"}, {"id": "b", "phone": "2"})
    bench.run()
    digest = hmac.new(KEY, b"ada@example.com", hashlib.sha256).hexdigest()
    assert [row["email"] for row in bench.rows()] == [digest, None]
    assert [row["phone"] for row in bench.rows()] == [None, None]


NEEDLE = "zqx"


def test_no_clear_value_is_left_in_data_files_bounds_and_states(make_native: MakeBench) -> None:
    cut = {"method": "truncate", "first": 2}
    street = {"name": "street", "type": "string", "required": False, "masking": "tokenize"}
    bench = make_native(
        {
            "id": "string", "email": "string", "phone": "string", "postcode": "string", "amount": "int",
            "place": {"type": "struct", "fields": [street]}, "names": {"type": "list", "element": "string"},
        },
        rules={
            "id": {"masking": "hash"}, "email": {"masking": "tokenize"}, "phone": {"masking": "redact"},
            "postcode": {"masking": cut}, "names": {"masking": "hash"},
        },
    )  # fmt: skip
    key = f"{NEEDLE}1"
    record = {
        "id": key, "email": f"{NEEDLE}@example.com", "phone": NEEDLE, "postcode": f"10{NEEDLE}",
        "place": {"street": NEEDLE}, "names": [NEEDLE],
    }  # fmt: skip
    bench.put_json(record, {**record, "amount": "none"})
    assert bench.run().counts == Counts(2, 1, 1, 0)
    [rejected] = bench.content(bench.dataset.quarantine_table)
    assert NEEDLE in rejected.pop("raw")
    assert NEEDLE not in str(rejected)
    files = [
        path for path in bench.catalog.folder.rglob("*") if path.is_file() and "quarantine" not in str(path)
    ]
    texts = {path: decoded(path.read_bytes()) for path in files}
    hashed = hmac.new(KEY, key.encode(), hashlib.sha256).hexdigest()
    assert {path.suffix for path, text in texts.items() if hashed[:12] in text} >= {".parquet", ".avro"}
    assert [path for path, text in texts.items() if NEEDLE in text] == []


def test_rows_that_nobody_replaced_stay_as_they_were_in_every_column(make_native: MakeBench) -> None:
    bench = make_native(
        {
            **ORDER, "at": "timestamptz", "price": "decimal(9, 2)",
            "tags": {"type": "list", "element": "string"},
            "marks": {"type": "map", "key": "string", "value": "long"},
        },
        partition={"at": "day"}, order_by=["version"],
    )  # fmt: skip
    day = {"at": "2026-01-01T10:00:00Z", "price": 1.25, "tags": ["x", None], "marks": {"x": 1, "y": None}}
    bench.put_json({**_order("a", 1), **day}, {**_order("b", 1), **day}, {**_order("c", 1), "at": None})
    bench.put_json({**_order("c", 0), "at": None, "marks": {}}, {**_order("d", 1), "at": day["at"]})
    bench.run()
    before = {row["id"]: row for row in bench.content(bench.dataset.silver_table)}
    bench.put_json({**_order("b", 2), **day}, {**_order("b", 1), **day, "price": 7})
    assert bench.run().counts == Counts(2, 1, 0, 1)
    after = {row["id"]: row for row in bench.content(bench.dataset.silver_table)}
    assert [after[key] for key in "acd"] == [before[key] for key in "acd"]
    assert after["b"] == {**before["b"], "version": 2} | {
        name: after["b"][name] for name in ("_source_object", "_record_hash")
    }
    assert len(bench.silver.tasks()) == 2


def test_row_moves_to_another_partition_when_its_winner_lies_there(make_native: MakeBench) -> None:
    bench = make_native({**ORDER, "day": "date"}, partition={"day": "identity"}, order_by=["version"])
    bench.put_json({**_order("a", 1), "day": "2026-01-01"}, {**_order("b", 1), "day": "2026-01-01"})
    bench.run()
    bench.put_json({**_order("a", 2), "day": "2026-01-02"})
    bench.run()
    assert [row["version"] for row in bench.rows()] == [2, 1]
    assert sorted(str(task.file.partition[0]) for task in bench.silver.tasks()) == ["20454", "20455"]


def test_files_of_older_columns_are_compared_and_rewritten_under_the_new_ones(make_native: MakeBench) -> None:
    bench = make_native({"id": "int", "version": "int"}, order_by=["version"])
    for key in (1, 2):
        bench.put_json({"id": key, "version": 1})
        bench.run()
    with bench.silver.iceberg.update_schema() as change:
        change.update_column("id", LongType())
        change.add_column("note", StringType())
    bench.contract(
        fields=[{**bench.document["fields"][0], "type": "long"}, bench.document["fields"][1],
                {**bench.document["fields"][1], "name": "note", "type": "string"}],
    )  # fmt: skip
    bench.put_json({"id": 1, "version": 2, "note": "x"}, {"id": 2**40, "version": 1})
    assert bench.run().counts.accepted == 2
    assert [tuple(row.values()) for row in bench.rows()] == [(1, 2, "x"), (2, 1, None), (2**40, 1, None)]


def test_table_is_refused_when_it_has_files_that_delete_rows(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = _orders(make_native)
    bench.put_json(_order("a", 1))
    bench.run()
    monkeypatch.setattr(ManifestFile, "content", ManifestContent.DELETES)
    with pytest.raises(TableError, match=r"silver\.t0: has files that delete rows.*fix: rewrite"):
        bench.run()


def test_dataset_of_changes_is_refused(make_native: MakeBench) -> None:
    changes = {
        "operation": "Op", "changed_at": "changed", "sequence": "seq", "before": "BI_",
        "deleted_table": "silver.d",
    }  # fmt: skip
    bench = make_native(ORDER, changes=changes)
    with pytest.raises(UnfitError, match="run it on Spark"):
        bench.run()


def test_state_of_the_other_carrier_is_taken_over_when_only_a_note_tells_of_it(
    make_native: MakeBench,
) -> None:
    bench = _orders(make_native)
    bench.put_json(_order("a", 1))
    bench.run()
    silver = bench.silver
    state = silver.history()[0].summary["lake.state"]
    moved = written(silver.iceberg, bench.whole())
    silver.commit(silver.head(), {}, moved, [task.file for task in silver.tasks()])
    silver.set_properties({"lake.state-anchor": f"{silver.head()} {state}"})
    parent = silver.history()[1].id
    silver.iceberg.maintenance.expire_snapshots().by_id(parent).commit()
    assert bench.run().objects == 0


def test_csv_is_worked_as_json_is(make_native: MakeBench) -> None:
    bench = make_native(
        ORDER, rules={"id": {"required": True}}, order_by=["version"], bronze={"format": "csv"}
    )
    bench.put(b"id,version,note\na,1,\n,2,x\nb,1,y\n")
    bench.put(b"version,id\n2,a\ntwo,b\n")
    assert bench.run().counts == Counts(records_in=5, accepted=2, rejected=2, superseded=1)
    assert bench.rows() == [{**_order("a", 2), "note": None}, _order("b", 1, "y")]
    assert [(row["position"], row["reason"]) for row in bench.rejected()] == [
        (2, "missing_required"), (2, "wrong_type"),
    ]  # fmt: skip


def test_parquet_is_worked_as_json_is(make_native: MakeBench) -> None:
    bench = make_native(
        ORDER, rules={"id": {"required": True}}, order_by=["version"], bronze={"format": "parquet"}
    )
    bench.put(_parquet(id=["a", None, "b"], version=[1, 2, 1], note=[None, "x", "y"]))
    bench.put(_parquet(version=["2", "two"], id=["a", "b"]))
    bench.put(b"no Parquet")
    assert bench.run().counts == Counts(records_in=6, accepted=2, rejected=3, superseded=1)
    assert bench.rows() == [{**_order("a", 2), "note": None}, _order("b", 1, "y")]
    assert sorted((row["position"], row["reason"]) for row in bench.rejected()) == [
        (1, "unreadable_file"), (2, "missing_required"), (2, "wrong_type"),
    ]  # fmt: skip


def _parquet(**columns: Any) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


def test_objects_are_read_once_each_when_a_run_is_overtaken_half_way(
    make_native: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = _orders(make_native, run={"chunk_bytes": 1})
    for key in "abc":
        bench.put_json(_order(key, 1), {"version": 1})
    original, calls = Table.commit, []

    def commit(table: Table, *args: Any) -> None:
        calls.append(table.name)
        if calls.count(bench.dataset.silver_table) == 2 and table.name == bench.dataset.silver_table:
            other = bench.silver
            original(other, other.head(), {})
        original(table, *args)

    monkeypatch.setattr(Table, "commit", commit)
    result = bench.run()
    assert (result.objects, result.counts) == (3, Counts(6, 3, 3, 0))
    assert [row["id"] for row in bench.rows()] == ["a", "b", "c"]
    assert len(bench.rejected()) == 3
