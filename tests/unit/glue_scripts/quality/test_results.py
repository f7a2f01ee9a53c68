"""The results table takes what datasets of one run append at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from lakehouse_etl.quality.results import Results
from lakehouse_etl.quality.rows import Row
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.bench import RESULTS

pytestmark = pytest.mark.spark
DATASETS = 4
ROUNDS = 3


def test_datasets_append_at_the_same_time(spark: SparkSession) -> None:
    spark.sql(f"CREATE TABLE glue_catalog.results.crowded ({RESULTS}) USING iceberg")
    barrier = Barrier(DATASETS)

    def append(number: int) -> None:
        results = Results(spark.newSession(), "results.crowded", f"d/{number}", "run")
        results.check()
        for _ in range(ROUNDS):
            barrier.wait()
            results.append([Row("r", "gate", "error", "passed", 0.0, "≤ 1")])

    with ThreadPoolExecutor(DATASETS) as pool:
        list(pool.map(append, range(DATASETS)))
    counted = spark.newSession().table("glue_catalog.results.crowded").groupBy("dataset").count().collect()
    assert {row["dataset"]: row["count"] for row in counted} == {f"d/{n}": ROUNDS for n in range(DATASETS)}
