"""Tables of the Glue Data Catalog become contracts, read under the caller's own credentials."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from lakehouse.model.dataset import Format
from lakehouse.model.fields import Array, Decimal, Field, Scalar, Struct
from lakehouse.odcs.lake.load import load_lake
from local.emulator.launcher import EmbeddedAws
from tests.fixtures.environments import FIXTURE
from tools.lake.main import app

DATABASE = "others"
TABLE: dict[str, Any] = {
    "Name": "orders",
    "Description": "Orders of the shop.",
    "StorageDescriptor": {
        "Columns": [
            {"Name": "order_id", "Type": "bigint", "Comment": "Its number."},
            {"Name": "amount", "Type": "decimal(12,2)"},
            {"Name": "ordered_at", "Type": "timestamp"},
            {"Name": "lines", "Type": "array<struct<sku:string,qty:int>>"},
        ],
        "Location": "s3://others/orders/",
        "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
    },
    "PartitionKeys": [{"Name": "region", "Type": "string"}],
}


@pytest.fixture
def run(embedded_aws: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call `lake import` on a project, with the credentials of the embedded AWS in the environment."""
    copytree(FIXTURE, tmp_path, dirs_exist_ok=True)
    for name, value in embedded_aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    options = ("--domain", "wild", "--root", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, ["import", *words, *options])


@pytest.fixture(scope="module", autouse=True)
def _table(embedded_aws: EmbeddedAws) -> None:
    glue = embedded_aws.client("glue")
    glue.create_database(DatabaseInput={"Name": DATABASE})
    glue.create_table(DatabaseName=DATABASE, TableInput=TABLE)


def test_table_of_the_catalog_becomes_a_contract(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run(f"glue:{DATABASE}.orders", "--key", "order_id")
    assert result.exit_code == 0, result.output
    [orders] = load_lake(tmp_path).of_domain("wild")
    line = Struct((Field("sku", Scalar.STRING, False, ""), Field("qty", Scalar.INT, False, "")))
    assert {field.name: field.type for field in orders.fields} == {
        "order_id": Scalar.LONG,
        "amount": Decimal(12, 2),
        "ordered_at": Scalar.TIMESTAMP,
        "lines": Array(line),
        "region": Scalar.STRING,
    }
    assert (orders.key, orders.description) == (("order_id",), "Orders of the shop.")
    assert orders.ingestion is not None
    assert orders.ingestion.format is Format.PARQUET
    assert orders.fields[0].description == "Its number."
    assert "partitions (region) stand in paths" in " ".join(result.stdout.split())


def test_table_that_is_not_there_is_refused_with_what_is_needed(run: Callable[..., Result]) -> None:
    result = run(f"glue:{DATABASE}.nothing")
    assert result.exit_code == 1
    assert "EntityNotFoundException" in result.stderr
    assert "glue:GetTable is needed" in result.stderr
    assert run("glue:others").exit_code == 1
