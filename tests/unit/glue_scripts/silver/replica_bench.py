"""A source table with its history beside the silver table that a job keeps equal to it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.model import Dataset as JobDataset
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.silver.outcome import Result
from lakehouse_etl.silver.run import SilverRun
from pyspark.sql import DataFrame, SparkSession

from lakehouse.layout import cdc
from lakehouse.model.dataset import Content, Dataset, Format, Ingestion, Lake, Layer, Mode, Write
from lakehouse.model.fields import Field
from lakehouse.targets.glue import hive_type
from lakehouse.targets.iceberg import QUARANTINE_FIELDS, RESULT_FIELDS
from lakehouse.targets.iceberg import columns as stored_columns
from lakehouse.targets.manifest import compile_domain
from tests.unit.lakehouse.datasets import NAMING
from tools.records.files import dms_files
from tools.records.source_table import Change

KEY = b"masking key"


def replicated(name: str, fields: tuple[Field, ...], key: tuple[str, ...], **more: Any) -> Dataset:
    """Return a dataset that is kept equal to a source table."""
    values: dict[str, Any] = {
        "domain": "d",
        "name": name,
        "version": "1.0.0",
        "layer": Layer.SILVER,
        "description": "A table.",
        "owner": "team",
        "fields": fields,
        "key": key,
        "order_by": (),
        "partition": (),
        "write": Write.MERGE,
        "ingestion": Ingestion(Mode.FILES, Format.PARQUET, content=Content.CHANGES),
        "sql": None,
        "inputs": (),
        "max_rejected_ratio": 1.0,
        "source": "",
        **more,
    }
    return Dataset(**values)


def _in_utc(value: Any) -> Any:
    """An instant with its zone: Spark hands it over in that of this machine."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


@dataclass
class ReplicaBench:
    """Each call of `run` is a job run of its own over the files that were put before it."""

    spark: SparkSession
    folder: Path
    dataset: Dataset
    runs: int = 0
    files: int = 0
    job: JobDataset = field(init=False)

    def __post_init__(self) -> None:
        self.deploy(self.dataset)
        self._create(self.job.silver_table, stored_columns(self.dataset), merges=True)
        assert self.job.changes
        self._create(self.job.changes.deleted_table, cdc.deleted_fields(self.dataset), merges=True)
        self._create(self.job.quarantine_table, QUARANTINE_FIELDS)
        self._create(self.job.results_table, RESULT_FIELDS)

    def deploy(self, dataset: Dataset) -> None:
        """Deploy a contract; tables stay as they are."""
        self.dataset = dataset
        document = compile_domain(Lake((dataset,)), "d", NAMING)
        [entry] = document["datasets"]
        base = f"{self.folder}/{dataset.name}"
        entry["bronze"]["location"] = f"file:{base}/bronze/"
        entry |= {
            name: f"file:{base}/{name}/" for name in ("state_location", "requests_location") if name in entry
        }
        [self.job] = manifest.decode(json.dumps(document).encode(), "bench").datasets

    def _create(self, name: str, fields: tuple[Field, ...], *, merges: bool = False) -> None:
        columns = ", ".join(
            f"`{each.name}` {hive_type(each.type)}{' NOT NULL' if each.required else ''}" for each in fields
        )
        modes = (f"'write.{name}.mode'='copy-on-write'" for name in ("merge", "delete", "update"))
        self.spark.sql(
            f"CREATE TABLE IF NOT EXISTS glue_catalog.{name} ({columns}) USING iceberg "
            f"TBLPROPERTIES ('format-version'='2'{''.join(f', {mode}' for mode in modes)})"
        )

    def put(self, changes: list[Change], name: str = "", *, hour: int = 0, fields: Any = None) -> Path:
        """Add a file of changes, under a name of its own."""
        self.files += 1
        stem = name or f"20260101-{self.files:09}"
        partition = f"ingest_date=2026-01-01/ingest_hour={hour:02}"
        path = self.folder / self.dataset.name / "bronze" / partition / f"{stem}-{self.files:016x}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dms_files.parquet(changes, fields or self.dataset.fields, self.dataset.key))
        return path

    def put_load(self, changes: list[Change], number: int = 1, **more: Any) -> Path:
        """Add a file of a full load."""
        return self.put(changes, dms_files.load_name(number).removesuffix(".parquet"), **more)

    def run(self) -> Result:
        """Run the job over what is new."""
        self.runs += 1
        run = SilverRun(self.spark.newSession(), LocalStorage(), self.job, f"run-{self.runs}")
        return run.run(lambda: Keys(KEY))

    def table(self, name: str) -> DataFrame:
        """A table as a session sees it that has cached nothing."""
        return self.spark.newSession().table(f"glue_catalog.{name}")

    def rows(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        """Contract columns of silver, by key."""
        names = [member.name for member in self.dataset.fields]
        table = self.table(self.job.silver_table).select(*names)
        rows = [{name: _in_utc(value) for name, value in row.asDict().items()} for row in table.collect()]
        found = {tuple(row[name] for name in self.dataset.key): row for row in rows}
        assert len(found) == len(rows), "silver has a key twice"
        return found

    def rejected(self) -> list[dict[str, Any]]:
        """Quarantine, without the run ids."""
        table = self.table(self.job.quarantine_table).drop("run_id")
        return [row.asDict() for row in table.orderBy("source_object", "position").collect()]

    def deleted(self) -> int:
        """Number of deleted keys that are remembered."""
        assert self.job.changes
        count: int = self.table(self.job.changes.deleted_table).count()
        return count
