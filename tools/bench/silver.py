"""The whole silver job against the least that Spark, and DuckDB, need for the same events.

The table holds a tenth as many orders already, some of which the events update, so the job has to merge.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb
from pyspark.sql import Window
from pyspark.sql import functions as F

from lakehouse.model.dataset import Layer
from lakehouse.targets import iceberg
from tools.bench import orders
from tools.bench.laptop import Laptop
from tools.bench.orders import Batch
from tools.bench.tables import create_table

ORDERS = "bench/orders"

_COLUMNS = {
    "order_id": "string",
    "customer_id": "string",
    "customer_email": "string",
    "status": "string",
    "currency": "string",
    "amount": "decimal(12,2)",
    "item_count": "int",
    "ordered_at": "timestamp",
    "updated_at": "timestamp",
}
_PLAIN = "plain.orders"


@dataclass(frozen=True)
class Race:
    """Median seconds for the same events."""

    events: int
    silver: float
    spark: float
    duckdb: float


def race(laptop: Laptop, events: int, repeats: int) -> Race:
    """Let the three work on the same events, in turns."""
    base, batch = Batch(0, events // 10), Batch(events // 10, events)
    folder = laptop.bronze(ORDERS, hour=1)
    contestants: Mapping[str, Callable[[], float]] = {
        "silver": lambda: _silver(laptop, base, events),
        "spark": lambda: _spark(laptop, folder),
        "duckdb": lambda: _duckdb(folder, laptop.folder / "duckdb"),
    }
    shutil.rmtree(laptop.bronze(ORDERS).parents[1], ignore_errors=True)
    orders.write(folder, batch)
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(repeats):
        for name, run in contestants.items():
            seconds[name].append(run())
    return Race(events, **{name: median(each) for name, each in seconds.items()})


def _silver(laptop: Laptop, base: Batch, events: int) -> float:
    """Seconds of the shipped job: it accounts, quarantines, masks, merges and measures."""
    laptop.create(ORDERS)
    new = laptop.bronze(ORDERS, hour=1)
    hidden = new.with_name("hidden")
    new.rename(hidden)
    orders.write(laptop.bronze(ORDERS, hour=0), base)
    laptop.to_silver(ORDERS)
    hidden.rename(new)
    started = time.perf_counter()
    result = laptop.to_silver(ORDERS)
    seconds = time.perf_counter() - started
    if result.counts.records_in != events or not result.counts.rejected:
        raise RuntimeError(f"the job found {result.counts}, where {events} events lie")
    return seconds


def _spark(laptop: Laptop, folder: Path) -> float:
    """Seconds of plain PySpark: read typed JSON, keep the newest version of each key, write to Iceberg."""
    [dataset] = [each for each in laptop.lake.datasets if each.id == ORDERS]
    definition = iceberg.table(dataset, Layer.SILVER, laptop.naming)
    database, table = _PLAIN.split(".")
    create_table(laptop.spark, {**definition, "Database": database, "Table": table})
    laptop.spark.sql(f"ALTER TABLE glue_catalog.{_PLAIN} DROP COLUMNS (_source_object, _record_hash)")
    schema = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    started = time.perf_counter()
    events = laptop.spark.newSession().read.schema(schema).json(str(folder))
    newest = Window.partitionBy("order_id").orderBy(F.desc("updated_at"))
    ranked = events.withColumn("rank", F.row_number().over(newest)).where("rank = 1").drop("rank")
    ranked.writeTo(f"glue_catalog.{_PLAIN}").append()
    return time.perf_counter() - started


def _duckdb(folder: Path, target: Path) -> float:
    """Seconds of DuckDB: read typed JSON, keep the newest version of each key, write Parquet."""
    types = ", ".join(f"{name}: '{_DUCK.get(kind, kind)}'" for name, kind in _COLUMNS.items())
    target.mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        started = time.perf_counter()
        connection.execute(f"""
            COPY (
                SELECT * FROM read_json('{folder}/*', format = 'newline_delimited', columns = {{{types}}})
                QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY updated_at DESC) = 1
            ) TO '{target}/orders.parquet' (FORMAT parquet, COMPRESSION zstd)
        """)  # noqa: S608 (our own names)
        return time.perf_counter() - started


_DUCK = {"string": "VARCHAR", "timestamp": "TIMESTAMPTZ"}
