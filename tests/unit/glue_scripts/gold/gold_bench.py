"""A silver table of events and a product that sums them up by day; each build is a job run of its own."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lakehouse_etl.contract.lineage import Lineage
from lakehouse_etl.contract.model import Field, Input, PartitionField, Product, Refresh
from lakehouse_etl.contract.types import LONG, Primitive
from lakehouse_etl.gold import build as gold
from lakehouse_etl.gold.build import Built
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.lineage.recorder import Origin, Recorder
from lakehouse_etl.quality import verdict
from lakehouse_etl.tables.table import Table
from pyspark.sql import DataFrame, SparkSession

from tests.unit.glue_scripts import datasets
from tests.unit.glue_scripts.bench import RESULTS

PARENT = "0f0e0d0c-0b0a-4908-8706-050403020100"
"""Run of the pipeline's step."""


def recorder(folder: Path) -> Recorder:
    """What records the runs of products below a folder."""
    lineage = Lineage(**datasets.lineage(str(folder)))
    return Recorder(
        lineage, LocalStorage(), "d", Origin("Glue", "3.5", "jr_1", "code", PARENT, "SilverToGold")
    )


Event = tuple[str, str, int]
"""Id, day and size."""

_COPY = ", ".join(f"'write.{verb}.mode'='copy-on-write'" for verb in ("delete", "update", "merge"))


@dataclass
class GoldBench:
    """Events in silver, which lie in files across days, and a product of theirs."""

    spark: SparkSession
    name: str
    transform: str = "day"
    runs: int = 0
    silver: str = field(init=False)
    product: Product = field(init=False)

    def __post_init__(self) -> None:
        self.silver = self.make_silver(self.name)
        table = f"glue_catalog.gold.{self.name}"
        self.sql(
            f"CREATE TABLE {table} (day date NOT NULL, events bigint, total bigint) USING iceberg "
            f"PARTITIONED BY ({'day' if self.transform == 'identity' else f'{self.transform}(day)'})"
        )
        self.sql(f"CREATE TABLE glue_catalog.results.{self.name} ({RESULTS}) USING iceberg")
        source = Input(f"d/{self.name}", "silver", f"silver.{self.name}")
        self.product = Product(
            id=f"d/{self.name}_by_day",
            name=f"{self.name}_by_day",
            table=f"gold.{self.name}",
            results_table=f"results.{self.name}",
            sql=f"SELECT day, count(*) events, sum(size) total FROM {self.silver} GROUP BY day",  # noqa: S608
            fields=(
                Field("day", Primitive("date"), True),
                Field("events", LONG, False),
                Field("total", LONG, False),
            ),
            key=("day",),
            inputs=(source,),
            partition=(PartitionField("day", self.transform),),
            refresh=Refresh(source, "day", self.transform),
        )

    def make_dependant(self) -> Product:
        """Make a product of this one, kept by month, that tells how many days had how many events."""
        name = f"{self.name}_dependant"
        self.sql(
            f"CREATE TABLE glue_catalog.gold.{name} (day date NOT NULL, busy boolean, events bigint) "
            "USING iceberg PARTITIONED BY (month(day))"
        )
        source = Input(self.product.id, "gold", self.product.table)
        return replace(
            self.product,
            id=f"d/{name}",
            name=name,
            table=f"gold.{name}",
            sql=f"SELECT day, events > 1 busy, events FROM glue_catalog.{source.table}",  # noqa: S608
            fields=(
                Field("day", Primitive("date"), True),
                Field("busy", Primitive("boolean"), False),
                Field("events", LONG, False),
            ),
            inputs=(source,),
            partition=(PartitionField("day", "month"),),
            refresh=Refresh(source, "day", "month"),
        )

    def make_silver(self, name: str) -> str:
        """Make one more table of events, and return what SQL calls it."""
        self.sql(
            f"CREATE TABLE glue_catalog.silver.{name} (id string, day date, size int, tags map<string, int>) "
            f"USING iceberg PARTITIONED BY (bucket(2, id)) TBLPROPERTIES ({_COPY})"
        )
        return f"glue_catalog.silver.{name}"

    def sql(self, text: str) -> DataFrame:
        """Run SQL as somebody else would, in a session that has cached nothing."""
        return self.spark.newSession().sql(text)

    def insert(self, *events: Event, table: str | None = None) -> None:
        """Let a silver run add events and find the table fit for use."""
        values = ", ".join(f"('{key}', DATE'{day}', {size}, map('k', 1))" for key, day, size in events)
        self.change(f"INSERT INTO {table or self.silver} VALUES {values}", table)  # noqa: S608

    def change(self, text: str, table: str | None = None) -> None:
        """Let a silver run change the table by SQL and find it fit for use."""
        self.sql(text)
        self.judge(None, table)

    def judge(self, problem: str | None, table: str | None = None) -> None:
        """Let a silver run find the table fit for use, or not."""
        name = (table or self.silver).removeprefix("glue_catalog.")
        verdict.give(Table(self.spark.newSession(), name), problem)

    def build(self, *, full: bool = False, **deployed: Any) -> Built:
        """Run the job, after changes to the product were deployed; it has all its inputs."""
        self.runs += 1
        self.product = replace(self.product, **deployed)
        built = gold.build(self.spark.newSession(), self.product, f"run-{self.runs}", full=full)
        assert isinstance(built, Built), built
        return built

    def rows(self) -> list[Any]:
        """What readers see."""
        return _sorted(self.sql("SELECT string(day), events, total FROM glue_catalog.gold." + self.name))  # noqa: S608

    def expected(self) -> list[Any]:
        """What the SQL yields on everything that silver holds."""
        return _sorted(self.sql(self.product.sql).selectExpr("string(day)", "events", "total"))

    def files(self) -> dict[str, set[str]]:
        """Data files that readers see, by day."""
        found: dict[str, set[str]] = {}
        for day, path in self.sql("SELECT string(day), _file FROM glue_catalog.gold." + self.name).collect():  # noqa: S608
            found.setdefault(day, set()).add(path)
        return found

    def head(self) -> int | None:
        """Current snapshot of the product."""
        return Table(self.spark.newSession(), self.product.table).head()

    def call(self, procedure: str) -> None:
        """Call a procedure of Iceberg."""
        self.sql(f"CALL glue_catalog.system.{procedure}")


def _sorted(rows: DataFrame) -> list[Any]:
    return sorted(tuple(row) for row in rows.collect())
