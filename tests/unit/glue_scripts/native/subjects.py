"""Orders in JSON, some faulty, repeated or outdated, fed in the same batches and compared cell by cell."""

import random
from pathlib import Path
from typing import Any

from lakehouse_etl.native.rewriting import written

from tests.unit.glue_scripts.datasets import PLAIN
from tests.unit.glue_scripts.native.bench import Bench, MakeBench
from tests.unit.glue_scripts.reprocessing import request

FILLED = {
    "name": "filled", "kind": "aggregate", "sql": "count(*)", "operator": "mustBeGreaterThan", "values": [0],
    "severity": "error",
}  # fmt: skip
ORDER = {"id": "string", "version": "long", "note": "string"}

Cells = dict[str, list[tuple[Any, ...]]]


class Orders:
    """One dataset with its tables."""

    OBJECTS = 2
    """Objects of a batch."""

    def __init__(self, make_native: MakeBench, write: str) -> None:
        """Make the tables; each object is a chunk of its own."""
        self.bench: Bench = make_native(
            ORDER, rules={"id": {"required": True}}, order_by=["version"], write=write, table_rules=[FILLED],
            partition={"id": "bucket[2]"}, run={"chunk_bytes": 1},
        )  # fmt: skip

    def put(self, batch: int) -> list[Path]:
        """Add the objects of a batch, the same whenever it is asked for."""
        rng = random.Random(batch)  # noqa: S311 (the same each time)
        paths = []
        for number in range(self.OBJECTS):
            orders: list[dict[str, Any]] = [
                {"id": f"o{rng.randrange(6 * (batch + 1))}", "version": rng.randrange(9), "note": f"{batch}"}
                for _ in range(6)
            ]
            lines = [*orders, orders[0], {"version": batch}]
            rng.shuffle(lines)
            paths.append(self.bench.put_json(*lines, *([] if number else [{"id": None}])))
        return paths

    def run(self) -> Any:
        """Run the job over what is new."""
        return self.bench.run()

    def cells(self) -> Cells:
        """All tables, without what differs between two runs that did the same."""
        dataset = self.bench.dataset
        names = {"silver": dataset.silver_table, "quarantine": dataset.quarantine_table}
        found: Cells = {}
        for kind, name in names.items():
            rows = [{**row, "run_id": None} for row in self.bench.content(name)]
            found[kind] = sorted((tuple(map(_cell, row.values())) for row in rows), key=repr)
        head = self.bench.head()
        measured = (row for row in self.bench.results("table") if row["snapshot_id"] == head)
        found["measured"] = sorted({(row["rule"], row["outcome"], row["value"]) for row in measured})
        found["verdict"] = [(self.bench.silver.properties()["lake.gate"] == f"{head} open",)]
        return found

    def compact(self) -> None:
        """Write all files of silver anew, as an optimizer does."""
        silver = self.bench.silver
        old = [task.file for task in silver.tasks()]
        if old:
            silver.commit(silver.head(), {}, written(silver.iceberg, self.bench.whole()), old)


class Reprocessed(Orders):
    """Orders whose contract changes with each batch, and the objects of the two batches before come again."""

    OBJECTS = 1

    def __init__(self, make_native: MakeBench, write: str) -> None:
        """Make the tables."""
        super().__init__(make_native, write)
        self._former: list[Path] = []

    def put(self, batch: int) -> list[Path]:
        """Deploy a contract, add the objects of a batch, and ask for those of the one before."""
        masking, order_by = (None, ["version"]) if batch % 2 else ("redact", [])
        note = {**PLAIN, "name": "note", "type": "string", "masking": masking}
        self.bench.contract(fields=[*self.bench.document["fields"][:2], note], order_by=order_by)
        if self._former:
            request(self.bench, *self._former, name=f"{batch}")
        self._former = [*self._former[-1:], *super().put(batch)]
        return self._former


SUBJECTS = {"orders": Orders, "reprocessed": Reprocessed}


def _cell(value: Any) -> Any:
    """Leave out of a URI what differs between two benches."""
    if isinstance(value, str) and value.startswith("file:"):
        return value[value.index("/ingest_date=") :]
    return value
