"""Runs products of the lake on Spark; a program of its own, as a JVM keeps its first Spark settings.

Reads `<folder>/silver/<domain>.<dataset>.parquet`, writes `<folder>/gold/<domain>.<product>` as Parquet, and
prints the columns of each product as Spark names their types.
"""

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

from config.load import PROJECT_ROOT
from lakehouse.odcs.lake.load import load_lake


def main(folder: Path, products: list[str]) -> None:
    """Build products, by their ids, from the silver files below the folder."""
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    for path in sorted((folder / "silver").iterdir()):
        domain, name, _ = path.name.split(".")
        spark.sql(f"CREATE DATABASE IF NOT EXISTS silver_{domain}")
        spark.sql(f"CREATE TABLE silver_{domain}.{name} USING parquet LOCATION '{path}'")
    columns = {}
    for dataset in load_lake(PROJECT_ROOT).datasets:
        if dataset.sql is not None and dataset.id in products:
            frame = spark.sql(dataset.sql)
            path = folder / "gold" / f"{dataset.domain}.{dataset.name}"
            frame.write.parquet(str(path))
            spark.sql(f"CREATE DATABASE IF NOT EXISTS gold_{dataset.domain}")
            spark.sql(f"CREATE TABLE gold_{dataset.domain}.{dataset.name} USING parquet LOCATION '{path}'")
            columns[dataset.id] = frame.dtypes
    spark.stop()
    print(json.dumps(columns))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
