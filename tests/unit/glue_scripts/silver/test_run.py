"""Runs of a dataset: what wins, what is counted, and that a run may be killed and repeated."""

import hashlib
import hmac
import itertools
import json
import random
from typing import Any

import pytest
from lakehouse_etl.bronze.state import StateError
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.silver.outcome import RejectedError
from lakehouse_etl.tables.history import TableError
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.bench import Bench, MakeBench

pytestmark = pytest.mark.spark
ORDER = {"id": "string", "version": "long", "note": "string"}
KEY = b"masking key"


def _orders(make_bench: MakeBench, **options: Any) -> Bench:
    return make_bench(ORDER, rules={"id": {"required": True}}, **{"order_by": ["version"], **options})


def _order(key: str, version: int, note: str = "") -> dict[str, Any]:
    return {"id": key, "version": version, "note": note}


def test_newest_version_wins_in_whatever_order_records_come(make_bench: MakeBench) -> None:
    records = [_order(key, version, f"{key}{version}") for key in "abc" for version in range(4)]
    outcomes = []
    for seed in range(3):
        shuffled = random.Random(seed).sample(records * 2, len(records) * 2)  # noqa: S311 (a shuffle)
        bench = _orders(make_bench)
        for start in range(0, len(shuffled), 8):
            bench.put_json(*shuffled[start : start + 8])
            bench.run()
        outcomes.append(bench.rows())
    assert outcomes[0] == outcomes[1] == outcomes[2] == [_order(key, 3, f"{key}3") for key in "abc"]


def test_versions_that_tie_are_decided_by_content_not_by_arrival(make_bench: MakeBench) -> None:
    twins = [_order("a", 1, "left"), _order("a", 1, "right")]
    outcomes = []
    for order in itertools.permutations(twins):
        bench = _orders(make_bench)
        for record in order:
            bench.put_json(record)
            bench.run()
        outcomes.append(bench.rows())
    assert outcomes[0] == outcomes[1]


def test_every_record_is_accepted_rejected_or_superseded(make_bench: MakeBench) -> None:
    bench = _orders(make_bench)
    bench.put_json(_order("a", 1), _order("a", 2), _order("b", 1), _order("b", 1), {"version": 1})
    assert bench.run().counts == Counts(records_in=5, accepted=2, rejected=1, superseded=2)
    bench.put_json(_order("a", 1), _order("b", 5), _order("c", 1))
    assert bench.run().counts == Counts(records_in=3, accepted=2, rejected=0, superseded=1)
    assert bench.rows() == [_order("a", 2), _order("b", 5), _order("c", 1)]


def test_counts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ArithmeticError, match="nothing was committed"):
        Counts(records_in=3, accepted=1, rejected=1, superseded=0)


def test_first_version_stays_when_appending(make_bench: MakeBench) -> None:
    bench = _orders(make_bench, write="append")
    bench.put_json(_order("a", 2, "first"))
    bench.run()
    bench.put_json(_order("a", 9, "later"), _order("b", 1))
    assert bench.run().counts.superseded == 1
    assert bench.rows() == [_order("a", 2, "first"), _order("b", 1)]


def test_whole_content_is_replaced_when_overwriting(make_bench: MakeBench) -> None:
    bench = _orders(make_bench, write="overwrite")
    bench.put_json(_order("a", 1), _order("b", 1))
    bench.run()
    bench.put_json(_order("c", 1))
    bench.run()
    assert bench.rows() == [_order("c", 1)]


def test_run_without_new_objects_commits_nothing(make_bench: MakeBench) -> None:
    bench = _orders(make_bench)
    bench.put_json(_order("a", 1))
    bench.run()
    before = bench.snapshots()
    assert bench.run().objects == 0
    assert bench.snapshots() == before


@pytest.mark.parametrize("content", [b"", b"\n\n", b"no json\n"], ids=["empty", "blank", "rejected"])
def test_objects_without_good_records_are_done_once(make_bench: MakeBench, content: bytes) -> None:
    bench = _orders(make_bench)
    bench.put(content)
    assert bench.run().objects == 1
    assert bench.run().objects == 0
    assert bench.rows() == []


def test_late_object_of_an_open_hour_is_found(make_bench: MakeBench) -> None:
    bench = _orders(make_bench)
    bench.put(json.dumps(_order("a", 1)).encode(), "a.json", hour=30)
    bench.run()
    bench.put(json.dumps(_order("b", 1)).encode(), "late.json", hour=10)
    bench.put(json.dumps(_order("c", 1)).encode(), "too-late.json", hour=1)
    bench.run()
    assert [row["id"] for row in bench.rows()] == ["a", "b"]


def test_good_records_stay_when_the_gate_closes(make_bench: MakeBench) -> None:
    bench = _orders(make_bench, max_rejected_ratio=0.4)
    bench.put_json(_order("a", 1), {"version": 1})
    with pytest.raises(RejectedError, match=r"1 of 2 records rejected \(50.0%\).*missing_required 1"):
        bench.run()
    assert bench.rows() == [_order("a", 1)]
    assert len(bench.rejected()) == 1


def test_run_is_refused_when_the_table_lacks_a_column(make_bench: MakeBench, spark: SparkSession) -> None:
    bench = _orders(make_bench)
    spark.sql(f"ALTER TABLE glue_catalog.{bench.dataset.silver_table} DROP COLUMN note")
    bench.put_json(_order("a", 1))
    with pytest.raises(TableError, match=r"note: got no column; expected string.*fix: deploy"):
        bench.run()


def test_run_is_refused_when_the_table_does_not_exist(make_bench: MakeBench, spark: SparkSession) -> None:
    bench = _orders(make_bench)
    spark.sql(f"DROP TABLE glue_catalog.{bench.dataset.silver_table}")
    with pytest.raises(TableError, match="not in the catalog"):
        bench.run()


def test_run_is_refused_when_the_state_is_gone(make_bench: MakeBench) -> None:
    bench = _orders(make_bench)
    bench.put_json(_order("a", 1))
    bench.run()
    for file in (bench.folder / "_state").rglob("*.json"):
        file.unlink()
    with pytest.raises(StateError, match="fix: restore"):
        bench.run()


def test_extra_columns_of_the_table_stay_null(make_bench: MakeBench, spark: SparkSession) -> None:
    bench = _orders(make_bench)
    spark.sql(f"ALTER TABLE glue_catalog.{bench.dataset.silver_table} ADD COLUMN extra int FIRST")
    bench.put_json(_order("a", 1, "x"))
    bench.run()
    assert bench.rows() == [_order("a", 1, "x")]


def test_masked_values_are_hmacs_or_nothing(make_bench: MakeBench) -> None:
    bench = make_bench(
        {"id": "string", "email": "string", "phone": "string"},
        rules={"email": {"masking": "hash"}, "phone": {"masking": "redact"}},
    )
    bench.put_json({"id": "a", "email": "ada@example.com", "phone": "1"}, {"id": "b", "phone": "2"})
    bench.run()
    digest = hmac.new(KEY, b"ada@example.com", hashlib.sha256).hexdigest()
    assert [row["email"] for row in bench.rows()] == [digest, None]
    assert [row["phone"] for row in bench.rows()] == [None, None]
