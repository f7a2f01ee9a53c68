"""Times runs without Spark on local files: `python -m tests.unit.glue_scripts.native.measured [ROWS]`."""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.native.run import NativeRun
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema

from lakehouse.model.dataset import Layer
from lakehouse.targets import iceberg
from tests.unit.glue_scripts.native.file_catalog import FileCatalog
from tools.bench import orders
from tools.bench.laptop import Laptop

_MIX = 0x9E3779B97F4A7C15F39CC0605CEDC835
"""An odd number: times a running number it looks random, and no two are alike."""


Spent = tuple[float, float]
"""Seconds on the wall, and of processors."""


def _busy() -> float:
    every = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, every))


class Orders:
    """The bench's orders, with the tables that they need."""

    def __init__(self, folder: Path, processes: int = 2) -> None:
        """Make the tables below a folder."""
        self.lake = Laptop(None, folder)  # nothing here asks it for a session
        self.catalog = FileCatalog(folder / "tables")
        self.processes = processes
        [self.dataset] = [each for each in self.lake.domain("bench").datasets if each.name == "orders"]
        [contract] = [each for each in self.lake.lake.datasets if each.id == "bench/orders"]
        definitions = [
            iceberg.table(contract, layer, self.lake.naming) for layer in (Layer.SILVER, Layer.QUARANTINE)
        ]
        definitions.append(iceberg.results_table("bench", contract.layer, self.lake.naming))
        for each in definitions:
            self.catalog.make_table(
                f"{each['Database']}.{each['Table']}",
                Schema.model_validate_json(each["Schema"]),
                PartitionSpec.model_validate_json(each["PartitionSpec"]),
                **json.loads(each["Properties"]),
            )
        self.runs = 0

    def put(self, batch: orders.Batch, *, random_keys: bool = False) -> None:
        """Add a batch in an hour of its own."""
        self.runs += 1
        day, hour = divmod(self.runs, 24)
        folder = self.lake.bronze("bench/orders", f"2026-01-{day + 1:02}", hour)
        orders.write(folder, batch, compressed=not random_keys)
        if random_keys:
            for path in folder.iterdir():
                path.write_text("".join(map(_scattered, path.read_text().splitlines(keepends=True))))

    def run(self) -> tuple[Spent, Any]:
        """Run the job, and return what it took and its counts."""
        start, busy = time.perf_counter(), _busy()
        run = NativeRun(
            self.catalog, LocalStorage(), self.dataset, f"run-{self.runs}", processes=self.processes
        )
        result = run.run(lambda: b"a key that nobody else uses")
        return (time.perf_counter() - start, _busy() - busy), result.counts


def _scattered(line: str) -> str:
    record = json.loads(line)
    number = int(record["order_id"].partition("-")[2])
    record["order_id"] = str(UUID(int=(number * _MIX + _MIX) % 2**128))
    return f"{json.dumps(record)}\n"


def _figures(rows: int) -> Iterator[tuple[str, Callable[[Path], tuple[Spent, Any]]]]:
    def first(folder: Path) -> tuple[Spent, Any]:
        bench = Orders(folder)
        bench.put(orders.Batch(0, rows // 10))
        return bench.run()

    def small(folder: Path, *, random_keys: bool = False, days: int = 30) -> tuple[Spent, Any]:
        bench = Orders(folder)
        bench.put(orders.Batch(0, rows, days=days), random_keys=random_keys)
        bench.run()
        seconds = []
        for number in range(3):
            bench.put(orders.Batch(rows + number * 1000, 1000, days=days), random_keys=random_keys)
            found = bench.run()
            seconds.append(found[0])
        return sorted(seconds)[1], found[1]

    yield f"first run of {rows // 10:,} records", first
    yield f"1,000 records onto {rows:,}", small
    yield f"1,000 records onto {rows:,}, random keys", lambda folder: small(folder, random_keys=True)


def main(rows: int) -> None:
    """Print a line for each figure."""
    for name, measure in _figures(rows):
        with tempfile.TemporaryDirectory() as folder:
            (wall, busy), counts = measure(Path(folder))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        figures = f"{wall:.2f} s, {busy:.2f} s of processors, {peak} MiB at most so far"
        print(f"{name}: {figures}, {vars(counts)}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
