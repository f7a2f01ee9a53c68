"""Datasets of every way to write, fed in the same batches and compared cell by cell."""

import itertools
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from lakehouse_etl.tables.history import Snapshot
from lakehouse_etl.tables.table import Table
from pyspark.sql import SparkSession

from lakehouse.model.fields import Field, Scalar
from tests.unit.glue_scripts.silver.replica_bench import ReplicaBench, replicated
from tools.records.source_table import Change

FILLED = {
    "name": "filled", "kind": "aggregate", "sql": "count(*)", "operator": "mustBeGreaterThan", "values": [0],
    "severity": "error",
}  # fmt: skip
ORDER = {"id": "string", "version": "long", "note": "string"}
STATUS = (
    Field("id", Scalar.LONG, True, ""),
    Field("status", Scalar.STRING, False, ""),
)

Cells = dict[str, list[tuple[Any, ...]]]


class Subject(Protocol):
    """One dataset with its tables."""

    def put(self, batch: int) -> None:
        """Add the objects of a batch, the same whenever it is asked for."""
        ...

    def run(self) -> Any:
        """Run the job over what is new."""
        ...

    def cells(self) -> Cells:
        """All tables, without what differs between two runs that did the same."""
        ...

    def compact(self) -> None:
        """Rewrite the files of all tables, as an optimizer does."""
        ...


class Orders:
    """Records in JSON, some of them faulty, repeated or outdated."""

    def __init__(self, make_bench: Callable[..., Any], write: str) -> None:
        self.bench = make_bench(
            ORDER, rules={"id": {"required": True}}, order_by=["version"], write=write, table_rules=[FILLED]
        )

    def put(self, batch: int) -> None:
        """Add the objects of a batch."""
        rng = random.Random(batch)  # noqa: S311 (the same each time)
        for number in range(2):
            orders = [
                {"id": f"o{rng.randrange(6 * (batch + 1))}", "version": rng.randrange(9), "note": f"{batch}"}
                for _ in range(6)
            ]
            lines = [*orders, orders[0], {"version": batch}]
            rng.shuffle(lines)
            self.bench.put_json(*lines) if number else self.bench.put_json(*lines, {"id": None})

    def run(self) -> Any:
        """Run the job."""
        return self.bench.run()

    def cells(self) -> Cells:
        """All tables, comparable."""
        return _cells(self.bench.spark, self.bench.dataset, self.bench.results)

    def compact(self) -> None:
        """Rewrite the files of all tables."""
        _compact(self.bench.spark, self.bench.dataset)


class Replicated:
    """Changes of a database table: rows come, change, go, and change their keys."""

    def __init__(self, spark: SparkSession, folder: Path, name: str) -> None:
        dataset = replicated(name, STATUS, ("id",))
        self.bench = ReplicaBench(spark, folder, dataset)

    def put(self, batch: int) -> None:
        """Add a file of changes."""
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=batch)
        base = batch * 3
        self.bench.put(
            [
                Change("I", {"id": base, "status": "new"}, at, f"{1:035}"),
                Change("I", {"id": base + 1, "status": "new"}, at, f"{2:035}"),
                Change("U", {"id": max(0, base - 3), "status": f"{batch}"}, at, f"{3:035}", {"id": base + 2}),
                Change("D", {"id": max(0, base - 2)}, at, f"{4:035}"),
                Change("U", {"id": None, "status": "faulty"}, at, f"{5:035}"),
            ]
        )

    def run(self) -> Any:
        """Run the job."""
        return self.bench.run()

    def cells(self) -> Cells:
        """All tables, comparable."""
        return _cells(self.bench.spark, self.bench.job, None)

    def compact(self) -> None:
        """Rewrite the files of all tables."""
        _compact(self.bench.spark, self.bench.job)


def _names(dataset: Any) -> list[str]:
    deleted = [dataset.changes.deleted_table] if dataset.changes else []
    return [dataset.silver_table, dataset.quarantine_table, *deleted]


def _cells(spark: SparkSession, dataset: Any, results: Callable[..., Any] | None) -> Cells:
    found: Cells = {}
    session = spark.newSession()
    for kind, name in zip(("silver", "quarantine", "deleted"), _names(dataset), strict=False):
        rows = session.table(f"glue_catalog.{name}").drop("run_id").collect()
        found[kind] = sorted((tuple(map(_cell, row)) for row in rows), key=repr)
    if results is not None:
        same = _snapshots_of_these_rows(Table(session, dataset.silver_table).history())
        rows = (row for row in results("table") if row["snapshot_id"] in same)
        found["measured"] = sorted({(row["rule"], row["outcome"], row["value"]) for row in rows})
    return found


def _snapshots_of_these_rows(history: Sequence[Snapshot]) -> set[int]:
    """Return the snapshot that wrote the current rows, and those after it that only moved them."""
    moved = list(itertools.takewhile(lambda snapshot: snapshot.operation == "replace", history))
    return {snapshot.id for snapshot in history[: len(moved) + 1]}


def _cell(value: Any) -> Any:
    """Leave out of a URI what differs between two benches."""
    if isinstance(value, str) and value.startswith("file:"):
        return value[value.index("/ingest_date=") :]
    return value


def _compact(spark: SparkSession, dataset: Any) -> None:
    session = spark.newSession()
    for name in _names(dataset):
        if Table(session, name).head() is not None:
            session.sql(
                f"CALL glue_catalog.system.rewrite_data_files(table => '{name}', "
                "options => map('rewrite-all', 'true'))"
            )
