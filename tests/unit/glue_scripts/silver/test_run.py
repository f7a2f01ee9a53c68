"""Runs of a dataset: what wins, what is counted, and that a run may be killed and repeated."""

import itertools
from typing import Any

import pytest
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


def test_counts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ArithmeticError, match="nothing was committed"):
        Counts(records_in=3, accepted=1, rejected=1, superseded=0)


def test_objects_without_good_records_are_done_once(make_bench: MakeBench) -> None:
    bench = _orders(make_bench)
    bench.put(b"")
    bench.put(b"no json\n")
    assert bench.run().objects == 2
    assert bench.run().objects == 0
    assert bench.rows() == []


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


def test_extra_columns_of_the_table_stay_null(make_bench: MakeBench, spark: SparkSession) -> None:
    bench = _orders(make_bench)
    spark.sql(f"ALTER TABLE glue_catalog.{bench.dataset.silver_table} ADD COLUMN extra int FIRST")
    bench.put_json(_order("a", 1, "x"))
    bench.run()
    assert bench.rows() == [_order("a", 1, "x")]
