from dataclasses import replace

import pytest

from lakehouse.model.dataset import Format, Ingestion, Mode
from lakehouse.model.fields import Array, Field, Scalar, Struct
from lakehouse.targets.glue import bronze_table, columns, hive_type, source_columns
from tests.unit.lakehouse.datasets import NAMING, ORDERS, TOTALS


def test_hive_types_are_those_of_athena_when_the_table_is_silver() -> None:
    assert [(column.name, column.type) for column in columns(ORDERS)] == [
        ("order_id", "bigint"),
        ("address", "struct<street:string,spots:array<double>>"),
        ("tags", "map<string,decimal(4,2)>"),
        ("email", "string"),
        ("status", "string"),
        ("at", "timestamp"),
        ("_source_object", "string"),
        ("_record_hash", "bigint"),
    ]
    assert columns(TOTALS)[1].comment == "Price."


@pytest.mark.parametrize("scalar", list(Scalar))
def test_every_scalar_has_a_hive_type_when_it_is_a_column(scalar: Scalar) -> None:
    known = {"boolean", "int", "bigint", "float", "double", "date", "timestamp", "string", "binary"}
    assert hive_type(scalar) in known


def test_bronze_table_reads_any_json_when_values_are_malformed() -> None:
    table = bronze_table(ORDERS, NAMING)
    assert {column.type for column in table.columns} == {"string"}
    assert [column.name for column in table.columns] == [field.name for field in ORDERS.fields]
    assert table.serde == "org.openx.data.jsonserde.JsonSerDe"
    assert table.serde_parameters["ignore.malformed.json"] == "true"
    assert table.parameters["classification"] == "json"


def test_bronze_table_has_whole_lines_when_objects_are_csv() -> None:
    table = bronze_table(replace(ORDERS, ingestion=Ingestion(Mode.FILES, Format.CSV)), NAMING)
    assert [(column.name, column.type) for column in table.columns] == [("line", "string")]
    assert table.serde == "org.apache.hadoop.hive.serde2.RegexSerDe"
    assert table.serde_parameters == {"input.regex": "(.*)"}
    assert "skip.header.line.count" not in table.parameters


def test_bronze_table_projects_the_partitions_that_objects_have_when_queried() -> None:
    table = bronze_table(ORDERS, NAMING)
    assert table.location == "s3://lake-dev-bronze-111111111111-eu-west-1/shop/orders/"
    assert [key.name for key in table.partition_keys] == ["ingest_date", "ingest_hour"]
    assert table.parameters["storage.location.template"] == (
        table.location + "ingest_date=${ingest_date}/ingest_hour=${ingest_hour}/"
    )
    assert table.parameters["projection.ingest_hour.digits"] == "2"


def test_bronze_table_is_refused_when_the_dataset_is_a_product() -> None:
    with pytest.raises(ValueError, match="shop/totals is a gold product: it has no bronze table"):
        bronze_table(TOTALS, NAMING)


def test_bronze_table_has_the_types_of_the_contract_when_objects_are_parquet() -> None:
    table = bronze_table(replace(ORDERS, ingestion=Ingestion(Mode.STREAM, Format.PARQUET)), NAMING)
    assert {column.name: column.type for column in table.columns} == {
        field.name: hive_type(field.type) for field in ORDERS.fields
    }
    assert table.serde == "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    assert table.input_format == "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    assert table.output_format == "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
    assert table.parameters["classification"] == "parquet"
    assert table.parameters["projection.enabled"] == "true"


DEEP = Struct(
    (
        Field("inner", Scalar.INT, False, "", physical_name="In_Ner"),
        Field("odd", Scalar.INT, False, "", physical_name="o d"),
    )
)
RENAMED = replace(
    ORDERS,
    fields=(
        replace(ORDERS.fields[0], physical_name="Order No"),
        Field("upper", Scalar.INT, False, "", physical_name="UPPER"),
        Field("deep", Array(DEEP), False, ""),
    ),
)


def test_bronze_table_finds_members_of_json_by_what_the_source_calls_them() -> None:
    table = bronze_table(RENAMED, NAMING)
    assert [column.name for column in table.columns] == ["order_id", "upper", "deep"]
    assert table.serde_parameters == {"ignore.malformed.json": "true", "mapping.order_id": "order no"}


def test_bronze_table_calls_columns_of_parquet_as_the_files_do() -> None:
    ingestion = Ingestion(Mode.FILES, Format.PARQUET)
    table = bronze_table(replace(RENAMED, ingestion=ingestion), NAMING)
    assert {column.name: column.type for column in table.columns} == {
        "order no": "bigint",
        "upper": "int",
        "deep": "array<struct<in_ner:int,odd:int>>",
    }
    assert "mapping.order_id" not in table.serde_parameters
    assert source_columns(RENAMED) == {"order no": "Order No", "upper": "UPPER", "deep": "deep"}
    assert columns(RENAMED)[2].type == "array<struct<inner:int,odd:int>>"
