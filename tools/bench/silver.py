"""The whole silver job, by both carriers, against the least that Spark, and DuckDB, need for the same events.

The table holds a tenth as many orders already, some of which the events update, so the job has to merge.
"""

import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
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
from tools.bench.native.lake import Done
from tools.bench.orders import ORDERS, Batch
from tools.bench.tables import create_table

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


NATIVE, CARRIER, PLAIN, DUCKDB = "native", "Spark", "PySpark", "DuckDB"
"""Contestants: the job without Spark, the job on Spark, and those who do less."""


@dataclass(frozen=True)
class Race:
    """Median seconds for the same events, by contestant."""

    seconds: Mapping[str, float]
    peak_mib: float
    """The most memory that the job without Spark took."""

    def ratio(self, one: str, other: str) -> float:
        """Return how many times as long one took as another."""
        return self.seconds[one] / self.seconds[other]

    def __str__(self) -> str:
        """Tell what each took."""
        return ", ".join(f"{name} {seconds:.2f} s" for name, seconds in self.seconds.items())


def race(laptop: Laptop, events: int, repeats: int, names: Collection[str]) -> Race:
    """Let contestants work on the same events, in turns."""
    base, batch = Batch(0, events // 10), Batch(events // 10, events)
    folder = laptop.bronze(ORDERS, hour=1)
    native: list[Done] = []
    contestants: Mapping[str, Callable[[], float]] = {
        NATIVE: lambda: _native(laptop, base, events, native),
        CARRIER: lambda: _carrier(laptop, base, events),
        PLAIN: lambda: _spark(laptop, folder),
        DUCKDB: lambda: _duckdb(folder, laptop.folder / "duckdb"),
    }
    shutil.rmtree(laptop.bronze(ORDERS).parents[1], ignore_errors=True)
    orders.write(folder, batch)
    seconds: dict[str, list[float]] = {name: [] for name in contestants if name in names}
    for _ in range(repeats):
        for name, found in seconds.items():
            found.append(contestants[name]())
    peak = max((each.peak_mib for each in native), default=0)
    return Race({name: median(each) for name, each in seconds.items()}, peak)


def _native(laptop: Laptop, base: Batch, events: int, done: list[Done]) -> float:
    """Seconds of the shipped job without Spark."""
    laptop.native.create(laptop.tables(ORDERS))
    with _apart(laptop, base):
        laptop.native.run()
    found = laptop.native.run()
    _check(found.records_in, found.rejected, events)
    done.append(found)
    return found.seconds


def _carrier(laptop: Laptop, base: Batch, events: int) -> float:
    """Seconds of the shipped job: it accounts, quarantines, masks, merges and measures."""
    laptop.create(ORDERS)
    with _apart(laptop, base):
        laptop.to_silver(ORDERS)
    started = time.perf_counter()
    counts = laptop.to_silver(ORDERS).counts
    seconds = time.perf_counter() - started
    _check(counts.records_in, counts.rejected, events)
    return seconds


@contextmanager
def _apart(laptop: Laptop, base: Batch) -> Iterator[None]:
    """Have only the events of a batch in bronze, which went before those that are there."""
    new = laptop.bronze(ORDERS, hour=1)
    hidden = new.rename(laptop.folder / "apart")
    before = laptop.bronze(ORDERS, hour=0)
    if not before.exists():
        orders.write(before, base)
    yield
    hidden.rename(new)


def _check(records_in: int, rejected: int, events: int) -> None:
    if records_in != events or not rejected:
        raise RuntimeError(f"the job found {records_in} records, {rejected} at fault, where {events} lie")


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
