"""The example `gaming`, from log files to products, by the contracts as they are deployed."""

import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.model import Product
from lakehouse_etl.gold import build as gold
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.silver.run import SilverRun
from lakehouse_etl.tables.spark_types import columns, silver_columns
from pyspark.sql import SparkSession
from pyspark.sql.types import StructType

from config.load import PROJECT_ROOT, load_settings
from lakehouse.odcs.lake.load import load_lake
from lakehouse.targets.manifest import compile_domain
from local.samples import gaming as gaming_logs
from local.samples.gaming import LogFile
from tests.unit.glue_scripts.bench import QUARANTINE, RESULTS
from tests.unit.glue_scripts.conftest import spark  # noqa: F401 (a fixture)

pytestmark = pytest.mark.spark


class Gaming:
    """The domain with its bronze on disk."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:  # noqa: F811 (no fixture)
        naming = load_settings("local").naming
        text = json.dumps(compile_domain(load_lake(PROJECT_ROOT), "gaming", naming))
        for role in ("bronze", "silver"):
            text = text.replace(f"s3://{naming.bucket(role)}", f"file:{folder}/{role}")
        self.spark = spark
        domain = manifest.decode(text.encode(), "gaming")
        [self.logs] = domain.datasets
        self.minutes, self.days = domain.products
        self._make(self.logs.silver_table, silver_columns(self.logs), "played_on")
        self._create(self.logs.quarantine_table, QUARANTINE, "ingest_date")
        self._create(self.logs.results_table, RESULTS, "dataset")
        self._create(self.minutes.results_table, RESULTS, "dataset")
        self._make(self.minutes.table, columns(self.minutes.fields), "played_on")
        self._make(self.days.table, columns(self.days.fields), "month(played_on)")

    def _make(self, table: str, schema: StructType, partition: str) -> None:
        kinds = [f"{column.name} {column.dataType.simpleString()}" for column in schema]
        self._create(table, ", ".join(kinds), partition)

    def _create(self, table: str, schema: str, partition: str) -> None:
        modes = ", ".join(f"'write.{verb}.mode'='copy-on-write'" for verb in ("delete", "update", "merge"))
        self.spark.sql(
            f"CREATE TABLE glue_catalog.{table} ({schema}) USING iceberg PARTITIONED BY ({partition}) "
            f"TBLPROPERTIES ({modes})"
        )

    def run(self, files: Iterable[LogFile], run_id: str) -> tuple[str, str]:
        """Let files arrive and the pipeline run; returns how much of each product was made anew."""
        folder = (
            Path(self.logs.bronze.location.removeprefix("file:")) / "ingest_date=2026-01-07/ingest_hour=00"
        )
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            (folder / f"{file.name}.json").write_bytes(file.body)
        silver = SilverRun(self.spark.newSession(), LocalStorage(), self.logs, run_id)
        assert silver.run(lambda: Keys(b"")).counts.rejected == 0
        minutes, days = (
            gold.build(self.spark.newSession(), product, run_id) for product in (self.minutes, self.days)
        )
        assert isinstance(minutes, gold.Built)
        assert isinstance(days, gold.Built)
        return minutes.refreshed, days.refreshed

    def rows(self, product: Product) -> list[tuple[Any, ...]]:
        """What readers see; instants as seconds since 1970."""
        session = self.spark.newSession()
        table = session.table(f"glue_catalog.{product.table}")
        names = [f"bigint({name}) {name}" if kind == "timestamp" else name for name, kind in table.dtypes]
        return sorted(tuple(row) for row in table.selectExpr(*names).collect())

    def files(self, product: Product) -> dict[str, set[str]]:
        """Data files that readers see, by day."""
        table = self.spark.newSession().table(f"glue_catalog.{product.table}")
        found: dict[str, set[str]] = {}
        for day, path in table.selectExpr("string(played_on)", "_file").collect():
            found.setdefault(day, set()).add(path)
        return found


def _expected(files: Iterable[LogFile]) -> list[tuple[Any, ...]]:
    """Minutes as counted one by one."""

    def minute(entry: gaming_logs.Entry) -> tuple[Any, ...]:
        start = int(entry["logged_at"].timestamp()) // 60 * 60
        return entry["played_on"], entry["player_id"], start

    rows = []
    for key, group in groupby(sorted(gaming_logs.current(list(files)).values(), key=minute), minute):
        entries = list(group)
        fights = sum(entry["event"] == "fight" for entry in entries)
        sessions = len({entry["session_id"] for entry in entries})
        rows.append((*key, len(entries), fights, sessions, sum(entry["points"] for entry in entries)))
    return rows


def test_late_entries_correct_the_minutes_of_their_day_and_leave_others_alone(
    spark: SparkSession,  # noqa: F811
    tmp_path: Path,
) -> None:
    gaming = Gaming(spark, tmp_path)
    *in_time, last = gaming_logs.log_files(days=2, players=8)
    assert gaming.run(in_time[:4], "day-1") == ("all", "all")
    assert gaming.rows(gaming.minutes) == _expected(in_time[:4])
    assert gaming.run(in_time[4:], "day-2") == ("parts", "parts")
    assert gaming.rows(gaming.minutes) == _expected(in_time)
    before = gaming.files(gaming.minutes)

    first_day = in_time[0].entries[0]["played_on"]
    late = LogFile("late", tuple(entry for entry in last.entries if entry["played_on"] == first_day))
    corrected = {entry["log_id"] for file in in_time for entry in file.entries} & {
        entry["log_id"] for entry in late.entries
    }
    assert 0 < len(corrected) < len(late.entries)
    assert gaming.run([late], "late") == ("parts", "parts")
    expected = _expected([*in_time, late])
    assert gaming.rows(gaming.minutes) == expected
    after = gaming.files(gaming.minutes)
    assert {day for day in after if after[day] != before[day]} == {str(first_day)}

    played = [row[:2] for row in expected]
    days = sorted({day for day, _ in played})
    assert [row[:3] for row in gaming.rows(gaming.days)] == [
        (day, len(set(of_day)), len(of_day))
        for day in days
        if (of_day := [player for at, player in played if at == day])
    ]
    assert gaming.run([], "idle") == ("nothing", "nothing")
