"""What the datasets of a Spark job measured side by side is recorded in one commit."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from lakehouse_etl.quality.ledger import Ledger
from lakehouse_etl.quality.results import Results, write
from lakehouse_etl.quality.rows import Row
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.bench import RESULTS

pytestmark = pytest.mark.spark
DATASETS = 4
ROUNDS = 3
GATE = Row("r", "gate", "error", "passed", 0.0, "≤ 1")


def test_datasets_that_measure_at_the_same_time_are_recorded_in_one_commit(spark: SparkSession) -> None:
    spark.sql(f"CREATE TABLE glue_catalog.results.crowded ({RESULTS}) USING iceberg")

    def measure(number: int) -> None:
        results = Results(spark.newSession(), "results.crowded", f"d/{number}", "run", ledger)
        results.check()
        for _ in range(ROUNDS):
            results.append_passed([GATE], number, ())

    with Ledger("run", partial(write, spark.newSession())) as ledger, ThreadPoolExecutor(DATASETS) as pool:
        list(pool.map(measure, range(DATASETS)))
    session = spark.newSession()
    counted = session.table("glue_catalog.results.crowded").groupBy("dataset").count().collect()
    assert {row["dataset"]: row["count"] for row in counted} == {f"d/{n}": ROUNDS for n in range(DATASETS)}
    assert session.table("glue_catalog.results.crowded.snapshots").count() == 1
    assert Results(session, "results.crowded", "d/3", "x").have_passed(3, ())
    assert not Results(session, "results.crowded", "d/3", "x").have_passed(2, ())
