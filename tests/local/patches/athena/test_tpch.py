"""The queries of TPC-H answer through Athena as DuckDB answers them by itself.

The texts are those of the specification, in Trino's words, with its validation parameters; the fraction of
query 11 is one that finds something at this scale. https://www.tpc.org/tpc_documents_current_versions/pdf/tpc-h_v3.0.1.pdf
"""

import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from pyiceberg.catalog.glue import GlueCatalog

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.athena.asking import Asker
from tests.local.patches.athena.conftest import PERSONA

QUERIES = sorted((Path(__file__).parents[1] / "tpch").glob("*.sql"))
SCALE = "0.02"
DATABASE = "guarded_gold_tpch"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tpch")
    generator = Path(sys.executable).with_name("tpchgen-cli")
    subprocess.run([generator, "parquet", "-s", SCALE, "--output-dir", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def asker(
    guarded: EmbeddedAws, iceberg_catalog: GlueCatalog, asker_with: Callable[..., Asker], data: Path
) -> Asker:
    guarded.client("glue").create_database(DatabaseInput={"Name": DATABASE})
    for file in data.glob("*.parquet"):
        if file.stem in ("orders", "customer"):
            rows = pq.read_table(file)
            place = f"s3://guarded-gold/{DATABASE}/{file.stem}"
            iceberg_catalog.create_table(f"{DATABASE}.{file.stem}", rows.schema, place).append(rows)
        else:
            _put_parquet(guarded, file)
    asker = asker_with("guarded-tpch", *PERSONA)
    return Asker(asker.athena, asker.workgroup, DATABASE)


def _put_parquet(aws: EmbeddedAws, file: Path) -> None:
    key = f"{DATABASE}/{file.stem}/part-0.parquet"
    aws.client("s3").put_object(Bucket="guarded-gold", Key=key, Body=file.read_bytes())
    names = {"int32": "int", "int64": "bigint", "string_view": "string", "date32[day]": "date"}
    columns = [
        {
            "Name": field.name,
            "Type": names.get(str(field.type), str(field.type).replace("decimal128", "decimal")),
        }
        for field in pq.read_schema(file)
    ]
    storage = {
        "Location": f"s3://guarded-gold/{DATABASE}/{file.stem}/",
        "Columns": columns,
        "InputFormat": f"{PARQUET}.MapredParquetInputFormat",
        "OutputFormat": f"{PARQUET}.MapredParquetOutputFormat",
        "SerdeInfo": {"SerializationLibrary": f"{PARQUET}.serde.ParquetHiveSerDe"},
    }
    table = {"Name": file.stem, "StorageDescriptor": storage, "TableType": "EXTERNAL_TABLE"}
    aws.client("glue").create_table(DatabaseName=DATABASE, TableInput=table)


@pytest.fixture(scope="module")
def plain(data: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for file in data.glob("*.parquet"):
        connection.execute(f"CREATE VIEW {file.stem} AS FROM '{file}'")
    return connection


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
def test_athena_answers_as_duckdb_does(asker: Asker, plain: duckdb.DuckDBPyConnection, query: Path) -> None:
    sql = query.read_text()
    expected = plain.execute(sql).fetchall()
    found = asker.rows(sql)
    assert len(found) == len(expected) > 0
    for row, wanted in zip(found, expected, strict=True):
        assert [_read(text, value) for text, value in zip(row, wanted, strict=True)] == list(wanted)


def _read(text: str | None, value: Any) -> Any:
    """The value that a text of Athena's is; a double, if it rounds to that decimal.

    Trino divides decimals to a decimal, of the greater scale of both, and DuckDB to a double.
    """
    if text is None or isinstance(value, str):
        return text
    if not isinstance(value, float):
        return type(value)(text) if isinstance(value, int | Decimal) else type(value).fromisoformat(text)
    digits = len(text.partition(".")[2])
    return (
        value if abs(Decimal(text) - Decimal(value)) <= Decimal("0.500001").scaleb(-digits) else Decimal(text)
    )


def test_all_22_queries_are_there() -> None:
    assert [query.stem for query in QUERIES] == [f"q{number:02}" for number in range(1, 23)]
