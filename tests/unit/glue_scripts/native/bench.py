"""A bench on which one dataset is worked without Spark, with the tables and the folder that it needs."""

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.types import List, Map, Member, Struct, Type
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.native import files
from lakehouse_etl.native.run import NativeRun
from lakehouse_etl.native.table import Table
from lakehouse_etl.silver.outcome import Result
from lakehouse_etl.tables import columns
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionField, PartitionSpec
from pyiceberg.schema import Schema, assign_fresh_schema_ids
from pyiceberg.transforms import IdentityTransform, parse_transform

from tests.unit.glue_scripts.datasets import decoded
from tools.bench.native.file_catalog import FileCatalog

KEYS = Keys(b"masking key", b"token key")
Row = dict[str, Any]


@dataclass
class Bench:
    """One dataset with its tables and bronze folder; every call of `run` is a job run of its own."""

    folder: Path
    document: dict[str, Any]
    partition: dict[str, str] = field(default_factory=dict)
    """Transform by column."""
    options: dict[str, Any] = field(default_factory=dict)
    """How to run."""
    runs: int = 0
    hours: int = 0
    dataset: Dataset = field(init=False)
    catalog: FileCatalog = field(init=False)

    def __post_init__(self) -> None:
        self.contract()
        self.catalog = FileCatalog(self.folder / "warehouse")
        silver = schema_of(self.dataset.columns)
        self.catalog.make_table(self.dataset.silver_table, silver, spec_of(silver, self.partition))
        self.catalog.make_table(self.dataset.results_table, schema_of(columns.RESULTS))
        rejected = schema_of(columns.QUARANTINE)
        days = PartitionSpec(
            PartitionField(
                rejected.find_field("ingest_date").field_id, 1000, IdentityTransform(), "ingest_date"
            )
        )
        self.catalog.make_table(self.dataset.quarantine_table, rejected, days)

    def contract(self, **changes: Any) -> None:
        """Deploy a contract with these changes; tables stay as they are."""
        self.document.update(changes)
        self.dataset = decoded(self.document)

    def put(self, content: bytes, name: str = "", *, hour: int | None = None) -> Path:
        """Add a bronze object, each in the next hour unless told otherwise."""
        if hour is None:
            hour, self.hours = self.hours, self.hours + 1
        day, of_day = divmod(hour, 24)
        partition = f"ingest_date=2026-01-{day + 1:02}/ingest_hour={of_day:02}"
        folder = Path(self.dataset.bronze.location.removeprefix("file:")) / partition
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (name or f"object-{self.hours}.{self.dataset.bronze.format}")
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    def put_json(self, *records: Row, hour: int | None = None) -> Path:
        """Add an object of JSON lines."""
        return self.put("".join(json.dumps(record) + "\n" for record in records).encode(), hour=hour)

    def start(self, **options: Any) -> NativeRun:
        """Return a run over what is new."""
        self.runs += 1
        given = {**self.options, **options}
        return NativeRun(self.catalog, LocalStorage(), self.dataset, f"run-{self.runs}", **given)

    def run(self, **options: Any) -> Result:
        """Run the job over what is new."""
        return self.start(**options).run(lambda: KEYS)

    def table(self, name: str) -> Table:
        """A table as it is now."""
        return Table(self.catalog, name)

    @property
    def silver(self) -> Table:
        """The silver table as it is now."""
        return self.table(self.dataset.silver_table)

    def content(self, name: str) -> list[Row]:
        """All rows of a table."""
        table = self.table(name)
        rows: list[Row] = files.read(table.iceberg, table.tasks()).to_pylist()
        return rows

    def whole(self) -> pa.Table:
        """All rows of silver."""
        return files.read(self.silver.iceberg, self.silver.tasks())

    def rows(self) -> list[Row]:
        """Contract columns of silver, in the order of the key."""
        names = [member.name for member in self.dataset.fields]
        found = [{name: row[name] for name in names} for row in self.content(self.dataset.silver_table)]
        return sorted(found, key=lambda row: [row[name] for name in self.dataset.key])

    def rejected(self) -> list[Row]:
        """Quarantine, without the run ids."""
        found = [
            {name: value for name, value in row.items() if name != "run_id"}
            for row in self.content(self.dataset.quarantine_table)
        ]
        return sorted(found, key=lambda row: (row["source_object"], row["position"]))

    def results(self, *scopes: str) -> list[Row]:
        """Results in the order of runs and rules, of some scopes or of all."""
        rows = sorted(
            self.content(self.dataset.results_table), key=lambda row: (row["measured_at"], row["rule"])
        )
        return [row for row in rows if not scopes or row["scope"] in scopes]

    def head(self) -> int | None:
        """Current snapshot of silver."""
        return self.silver.head()

    def snapshots(self) -> int:
        """Commits to silver so far."""
        return len(self.silver.iceberg.snapshots())


class MakeBench(Protocol):
    """Makes benches."""

    def __call__(
        self,
        fields: dict[str, Any],
        *,
        partition: dict[str, str] | None = None,
        run: dict[str, Any] | None = None,
        **options: Any,
    ) -> Bench:
        """Make a bench; `fields` are types by name, `run` options of its runs, the rest as of `document`."""
        ...


def schema_of(members: tuple[Member, ...]) -> Schema:
    """Return columns as Iceberg has them."""
    fields = [
        {"id": at, "name": each.name, "type": _kind(each.type), "required": each.required}
        for at, each in enumerate(members, 1)
    ]
    return assign_fresh_schema_ids(
        Schema.model_validate(
            {"type": "struct", "schema-id": 0, "identifier-field-ids": [], "fields": fields}
        )
    )


def _kind(kind: Type) -> Any:
    match kind:
        case List():
            return {
                "type": "list", "element-id": 0, "element": _kind(kind.element),
                "element-required": kind.element_required,
            }  # fmt: skip
        case Map():
            return {
                "type": "map", "key-id": 0, "key": _kind(kind.key), "value-id": 0, "value": _kind(kind.value),
                "value-required": kind.value_required,
            }  # fmt: skip
        case Struct():
            members = [
                {"id": 0, "name": each.name, "type": _kind(each.type), "required": each.required}
                for each in kind.members
            ]
            return {"type": "struct", "fields": members}
    return str(kind)


def spec_of(schema: Schema, partition: dict[str, str]) -> PartitionSpec:
    """Return the partitions of a table."""
    if not partition:
        return UNPARTITIONED_PARTITION_SPEC
    return PartitionSpec(
        *(
            PartitionField(schema.find_field(name).field_id, number, parse_transform(way), f"{name}_part")
            for number, (name, way) in enumerate(partition.items(), 1000)
        )
    )
