import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import awswrangler as wr
import pyarrow as pa
import pytest
from pyiceberg.catalog.glue import GlueCatalog as Catalog
from pyiceberg.table import Table
from pyiceberg.types import LongType, StringType

from local.emulator.launcher import EmbeddedAws

# awswrangler still passes a keyword that pandas 3 deprecates
pytestmark = pytest.mark.filterwarnings("ignore:The copy keyword is deprecated")

Sql = Callable[[str], list[dict[str, Any]]]

TYPES = {
    "id": "long",
    "price": "decimal(10, 2)",
    "at": "timestamptz",
    "local": "timestamp",
    "day": "date",
    "name": "string",
    "tags": {"type": "list", "element-id": 20, "element": "string", "element-required": False},
    "ok": "boolean",
    "ratio": "double",
}
ROW = {
    "id": 1,
    "price": Decimal("10.50"),
    "at": dt.datetime(2024, 5, 1, 12, 30, tzinfo=dt.UTC),
    "local": dt.datetime(2024, 5, 1, 12, 30),
    "day": dt.date(2024, 5, 1),
    "name": 'said "hi", left',
    "tags": ["a", "b"],
    "ok": True,
    "ratio": 0.25,
}


@pytest.fixture(scope="module")
def catalog(embedded_aws: EmbeddedAws, iceberg_catalog: Catalog) -> Catalog:
    for bucket in ("athena-lake", "athena-results"):
        embedded_aws.client("s3").create_bucket(Bucket=bucket)
    for database in ("athena_one", "athena_two"):
        embedded_aws.client("glue").create_database(DatabaseInput={"Name": database})
    results = {"OutputLocation": "s3://athena-results/all/"}
    configuration = {"EnforceWorkGroupConfiguration": True, "ResultConfiguration": results}
    embedded_aws.client("athena").create_work_group(Name="iceberg", Configuration=configuration)
    return iceberg_catalog


@pytest.fixture
def sql(embedded_aws: EmbeddedAws, catalog: Catalog) -> Sql:
    def ask(query: str) -> list[dict[str, Any]]:
        frame = wr.athena.read_sql_query(
            query,
            "athena_one",
            workgroup="iceberg",
            ctas_approach=False,
            boto3_session=embedded_aws.session(),
        )
        rows: list[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
        return rows

    return ask


def create(catalog: Catalog, name: str, types: dict[str, Any]) -> Table:
    fields = [
        {"Id": at, "Name": column, "Type": kind, "Required": False}
        for at, (column, kind) in enumerate(types.items(), start=1)
    ]
    table = {"Location": f"s3://athena-lake/{name}", "Schema": {"Fields": fields}}
    iceberg: Any = {"MetadataOperation": "CREATE", "Version": "2", "CreateIcebergTableInput": table}
    database, _, bare = name.partition(".")
    catalog.glue.create_table(
        DatabaseName=database, Name=bare, OpenTableFormatInput={"IcebergInput": iceberg}
    )
    return catalog.load_table(name)


def append(table: Table, *rows: dict[str, Any]) -> None:
    table.append(pa.Table.from_pylist(list(rows), schema=table.schema().as_arrow()))


def test_athena_returns_typed_rows_when_the_table_is_iceberg(catalog: Catalog, sql: Sql) -> None:
    append(create(catalog, "athena_one.typed", TYPES), ROW, {"id": 2})
    first, second = sql("SELECT * FROM typed ORDER BY id")
    assert first == {
        **ROW,
        "at": ROW["at"],
        "tags": "[a, b]",
        "local": first["local"],
    }
    assert first["local"] == ROW["local"]
    assert second == {**dict.fromkeys(TYPES), "id": 2}


def test_athena_reports_column_types_when_the_table_is_iceberg(
    embedded_aws: EmbeddedAws, catalog: Catalog, wait_for: Callable[..., Any]
) -> None:
    create(catalog, "athena_one.described", TYPES)
    athena = embedded_aws.client("athena")
    query = athena.start_query_execution(
        QueryString="SELECT * FROM athena_one.described", WorkGroup="iceberg"
    )
    wait_for(
        lambda: athena.get_query_execution(**{"QueryExecutionId": query["QueryExecutionId"]})[
            "QueryExecution"
        ],
        lambda one: one["Status"]["State"] == "SUCCEEDED",
    )
    found = athena.get_query_results(QueryExecutionId=query["QueryExecutionId"])["ResultSet"]
    columns = {one["Name"]: one for one in found["ResultSetMetadata"]["ColumnInfo"]}
    assert {name: one["Type"] for name, one in columns.items()} == {
        "id": "bigint",
        "price": "decimal",
        "at": "timestamp with time zone",
        "local": "timestamp",
        "day": "date",
        "name": "varchar",
        "tags": "array",
        "ok": "boolean",
        "ratio": "double",
    }
    assert (columns["price"]["Precision"], columns["price"]["Scale"]) == (10, 2)


def test_athena_returns_nothing_when_the_table_is_empty(catalog: Catalog, sql: Sql) -> None:
    create(catalog, "athena_one.empty", TYPES)
    assert sql("SELECT * FROM empty") == []
    assert sql("SELECT count(*) AS n FROM empty") == [{"n": 0}]


def test_athena_reads_the_current_snapshot_when_rows_were_replaced(catalog: Catalog, sql: Sql) -> None:
    table = create(catalog, "athena_one.replaced", {"id": "long", "name": "string"})
    append(table, {"id": 1, "name": "old"}, {"id": 2, "name": "kept"})
    table.overwrite(
        pa.Table.from_pylist([{"id": 1, "name": "new"}], schema=table.schema().as_arrow()), "id == 1"
    )
    table.delete("id == 2")
    assert sql("SELECT * FROM replaced") == [{"id": 1, "name": "new"}]


def test_athena_follows_field_ids_when_the_schema_evolved(catalog: Catalog, sql: Sql) -> None:
    table = create(catalog, "athena_one.evolved", {"id": "int", "name": "string"})
    append(table, {"id": 1, "name": "a"})
    with table.update_schema() as change:
        change.update_column("id", LongType())
        change.rename_column("name", "title")
        change.add_column("note", StringType())
    append(table, {"id": 2**40, "title": "b", "note": "new"})
    assert sql("SELECT id, title, note FROM evolved ORDER BY id") == [
        {"id": 1, "title": "a", "note": None},
        {"id": 2**40, "title": "b", "note": "new"},
    ]


def test_athena_joins_when_tables_lie_in_two_databases_and_two_formats(
    embedded_aws: EmbeddedAws, catalog: Catalog, sql: Sql
) -> None:
    append(create(catalog, "athena_one.orders", {"id": "long", "customer": "long"}), {"id": 7, "customer": 1})
    append(
        create(catalog, "athena_two.customers", {"id": "long", "name": "string"}), {"id": 1, "name": "Ann"}
    )
    json_table(embedded_aws, "athena_two", "clicks", b'{"customer": 1, "page": "home"}\n')
    rows = sql(
        "WITH named AS (SELECT o.id, customers.name, o.customer FROM orders o "
        "JOIN athena_two.customers ON o.customer = athena_two.customers.id) "
        'SELECT named.id, named.name, page FROM named JOIN "athena_two"."clicks" c '
        "ON c.customer = named.customer"
    )
    assert rows == [{"id": 7, "name": "Ann", "page": "home"}]


def json_table(aws: EmbeddedAws, database: str, name: str, content: bytes) -> None:
    aws.client("s3").put_object(Bucket="athena-lake", Key=f"raw/{name}/one.json", Body=content)
    storage = {
        "Location": f"s3://athena-lake/raw/{name}/",
        "Columns": [{"Name": "customer", "Type": "bigint"}, {"Name": "page", "Type": "string"}],
        "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
    }
    table = {"Name": name, "StorageDescriptor": storage, "TableType": "EXTERNAL_TABLE"}
    aws.client("glue").create_table(DatabaseName=database, TableInput=table)


def test_athena_fails_when_the_table_does_not_exist(sql: Sql) -> None:
    with pytest.raises(wr.exceptions.QueryFailed, match=r"TABLE_NOT_FOUND.*athena_one\.missing"):
        sql("SELECT * FROM athena_one.missing")


CATALOG = (["glue:GetTable"], ["*"])
DATA = (["s3:GetObject"], ["arn:aws:s3:::athena-lake/*"])
RESULTS = (["s3:GetBucketLocation", "s3:PutObject", "s3:GetObject"], ["arn:aws:s3:::athena-results*"])


CASES = {
    "nothing": ([CATALOG, DATA, RESULTS], None),
    "results": ([CATALOG, DATA], "s3:GetBucketLocation"),
    "data": ([CATALOG, RESULTS], "s3:GetObject"),
    "catalog": ([DATA, RESULTS], "glue:GetTable"),
}


@pytest.fixture(params=CASES)
def outcome(
    catalog: Catalog,
    make_role: Callable[..., str],
    client_as: Callable[[str, str], Any],
    wait_for: Callable[..., Any],
    request: pytest.FixtureRequest,
) -> tuple[str | None, dict[str, Any]]:
    """The permission that a role lacks, and how its query ended."""
    allowed, missing = CASES[request.param]
    append(create(catalog, f"athena_one.lacks_{request.param}", {"id": "long"}), {"id": 1})
    root = "arn:aws:iam::000000000000:root"
    role = make_role(f"athena-lacks-{request.param}", root, (["athena:*"], ["*"]), *allowed)
    athena = client_as("athena", role)
    query = f"SELECT id FROM athena_one.lacks_{request.param}"  # noqa: S608 - a name of this test
    execution = athena.start_query_execution(QueryString=query, WorkGroup="iceberg")["QueryExecutionId"]
    status = wait_for(
        lambda: athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"],
        lambda one: one["State"] in ("SUCCEEDED", "FAILED"),
    )
    return missing, status


def test_athena_needs_each_permission_when_a_role_asks(outcome: tuple[str | None, dict[str, Any]]) -> None:
    missing, status = outcome
    assert status["State"] == ("FAILED" if missing else "SUCCEEDED")
    assert f"not authorized to perform: {missing}" in status["StateChangeReason"] or missing is None
