"""A bench on which one dataset is worked, with the tables and the bronze folder that it needs."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.silver.outcome import Result
from lakehouse_etl.silver.run import SilverRun
from lakehouse_etl.tables.spark_types import spark_type
from lakehouse_etl.tables.table import Table
from pyspark.sql import DataFrame, SparkSession

from tests.unit.glue_scripts.datasets import whole

KEYS = Keys(b"masking key", b"token key")
QUARANTINE = (
    "source_object string, position bigint, block_start bigint, reason string, detail string, raw string, "
    "ingest_date date, run_id string, shape string"
)
RESULTS = (
    "dataset string, run_id string, measured_at timestamp, rule string, scope string, severity string, "
    "outcome string, value double, threshold string, snapshot_id bigint"
)


@dataclass
class Bench:
    """One dataset with its tables and bronze folder; every call of `run` is a job run of its own."""

    spark: SparkSession
    folder: Path
    document: dict[str, Any]
    runs: int = 0
    hours: int = 0
    dataset: Dataset = field(init=False)

    def __post_init__(self) -> None:
        self.contract()
        fields = self.dataset.fields
        columns = ", ".join(f"{member.name} {spark_type(member.type).simpleString()}" for member in fields)
        rescued = ", _rescued string" if self.document["unknown_fields"] == "rescue" else ""
        self.spark.sql(
            f"CREATE TABLE glue_catalog.{self.dataset.silver_table} "
            f"({columns}, _source_object string, _record_hash bigint{rescued}) USING iceberg "
            "TBLPROPERTIES ('write.merge.mode'='copy-on-write', 'format-version'='2')"
        )
        self.spark.sql(
            f"CREATE TABLE IF NOT EXISTS glue_catalog.{self.dataset.results_table} ({RESULTS}) USING iceberg"
        )
        self.spark.sql(
            f"CREATE TABLE glue_catalog.{self.dataset.quarantine_table} ({QUARANTINE}) USING iceberg "
            "PARTITIONED BY (ingest_date)"
        )

    def contract(self, **changes: Any) -> None:
        """Deploy a contract with these changes; tables stay as they are."""
        self.document.update(changes)
        [self.dataset] = manifest.decode(json.dumps(self.manifest()).encode(), "bench").datasets

    def manifest(self) -> dict[str, Any]:
        """What the job reads."""
        return whole(self.document)

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

    def put_json(self, *records: dict[str, Any]) -> Path:
        """Add an object of JSON lines."""
        return self.put("".join(json.dumps(record) + "\n" for record in records).encode())

    def run(self, *, repair: bool = False) -> Result:
        """Run the job over what is new, or a repair."""
        self.runs += 1
        own = self.spark.newSession()
        run = SilverRun(own, LocalStorage(), self.dataset, f"run-{self.runs}", repair=repair)
        return run.run(lambda: KEYS)

    def table(self, name: str) -> DataFrame:
        """A table as a session sees it that has cached nothing."""
        return self.spark.newSession().table(f"glue_catalog.{name}")

    def rows(self) -> list[dict[str, Any]]:
        """Contract columns of silver, in the order of the key."""
        names = [member.name for member in self.dataset.fields]
        order = self.dataset.key or names
        table = self.table(self.dataset.silver_table).select(*names).orderBy(*order)
        return [row.asDict(recursive=True) for row in table.collect()]

    def rejected(self) -> list[dict[str, Any]]:
        """Quarantine, without the run ids."""
        table = self.table(self.dataset.quarantine_table).drop("run_id")
        return [row.asDict() for row in table.orderBy("source_object", "position").collect()]

    def results(self, *scopes: str) -> list[dict[str, Any]]:
        """Results in the order of runs and rules, of some scopes or of all."""
        table = self.table(self.dataset.results_table).orderBy("measured_at", "rule")
        rows = [row.asDict() for row in table.collect()]
        return [row for row in rows if not scopes or row["scope"] in scopes]

    def head(self) -> int | None:
        """Current snapshot of silver."""
        return Table(self.spark.newSession(), self.dataset.silver_table).head()

    def snapshots(self) -> int:
        """Commits to silver so far."""
        count: int = self.table(f"{self.dataset.silver_table}.snapshots").count()
        return count


class MakeBench(Protocol):
    """Makes benches."""

    def __call__(
        self,
        fields: Mapping[str, Any],
        *,
        rules: Mapping[str, dict[str, Any]] | None = None,
        bronze: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Bench:
        """Make a bench; `fields` are names with types, `rules` adds to them, `options` to the dataset."""
        ...
