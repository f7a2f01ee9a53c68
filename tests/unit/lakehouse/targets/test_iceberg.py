import json
from dataclasses import replace
from typing import Any

from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema, assign_fresh_schema_ids
from pyiceberg.transforms import BucketTransform, DayTransform, IdentityTransform
from pyiceberg.types import DateType, DecimalType, LongType, StringType, TimestamptzType

from lakehouse.model.dataset import Format, Ingestion, Layer, Mode, UnknownFields
from lakehouse.targets import iceberg
from tests.unit.lakehouse.datasets import NAMING, ORDERS, TOTALS


def parsed(schema: dict[str, Any]) -> Schema:
    return Schema.model_validate_json(json.dumps(schema))


def test_schema_has_contract_then_system_columns_when_the_table_is_silver() -> None:
    schema = parsed(iceberg.table_schema(ORDERS))
    assert [field.name for field in schema.fields] == [
        "order_id",
        "address",
        "tags",
        "email",
        "status",
        "at",
        "_source_object",
        "_record_hash",
    ]
    assert schema.find_field("tags.value").field_type == DecimalType(4, 2)
    assert schema.find_field("at").field_type == TimestamptzType()
    assert schema.find_field("_record_hash").field_type == LongType()
    assert schema.find_field("order_id").doc == "Number."
    assert schema.identifier_field_names() == {"order_id"}


def test_schema_has_the_ids_that_iceberg_gives_when_it_creates_a_table() -> None:
    schema = parsed(iceberg.table_schema(ORDERS))
    assert assign_fresh_schema_ids(schema) == schema
    assert schema.find_field("address.street").field_id > schema.find_field("_record_hash").field_id


def test_schema_has_contract_columns_only_when_the_table_is_gold() -> None:
    assert [field.name for field in parsed(iceberg.table_schema(TOTALS)).fields] == ["order_id", "price"]


def test_redacted_column_is_optional_when_the_contract_requires_it_of_the_source() -> None:
    schema = parsed(iceberg.table_schema(ORDERS))
    assert not schema.find_field("email").required
    assert schema.find_field("status").required


def test_partition_spec_points_to_its_columns_when_the_dataset_is_partitioned() -> None:
    schema = parsed(iceberg.table_schema(ORDERS))
    spec = PartitionSpec.model_validate_json(json.dumps(iceberg.partition_spec(ORDERS)))
    assert [(field.name, field.field_id, str(field.transform)) for field in spec.fields] == [
        ("at_day", 1000, "day"),
        ("order_id_bucket", 1001, "bucket[4]"),
    ]
    assert [schema.find_column_name(field.source_id) for field in spec.fields] == ["at", "order_id"]
    assert [type(field.transform) for field in spec.fields] == [DayTransform, BucketTransform]


def test_quarantine_table_takes_any_row_when_a_record_is_refused() -> None:
    schema = parsed(iceberg.quarantine_table_schema())
    spec = PartitionSpec.model_validate_json(json.dumps(iceberg.quarantine_partition_spec()))
    assert not any(field.required for field in schema.fields)
    assert schema.find_field("raw").field_type == StringType()
    (field,) = spec.fields
    assert (field.name, type(field.transform)) == ("ingest_date", IdentityTransform)
    assert schema.find_field(field.source_id).field_type == DateType()


def test_properties_keep_readers_free_of_delete_files_when_rows_change() -> None:
    properties = iceberg.properties("shop-team", "confidential")
    assert {properties[f"write.{change}.mode"] for change in ("delete", "update", "merge")} == {
        "copy-on-write"
    }
    assert (properties["format-version"], properties["write.parquet.compression-codec"]) == ("2", "zstd")
    assert properties["write.target-file-size-bytes"] == "268435456"
    assert (properties["owner"], properties["lake.classification"]) == ("shop-team", "confidential")


def test_table_is_text_throughout_when_it_becomes_resource_properties() -> None:
    table = iceberg.table(ORDERS, Layer.SILVER, NAMING)
    assert all(isinstance(value, str) for value in table.values())
    assert table["Database"] == "lake_dev_silver_shop"
    assert table["Table"] == "orders"
    assert table["Location"] == "s3://lake-dev-silver-111111111111-eu-west-1/shop/orders"
    assert table["Description"] == "Every order."
    assert json.loads(table["Schema"]) == iceberg.table_schema(ORDERS)
    assert json.loads(table["PartitionSpec"]) == iceberg.partition_spec(ORDERS)
    assert json.loads(table["Properties"]) == iceberg.properties("shop-team", "confidential")


def test_table_describes_refused_records_when_the_layer_is_quarantine() -> None:
    table = iceberg.table(ORDERS, Layer.QUARANTINE, NAMING)
    assert table["Database"] == "lake_dev_quarantine_shop"
    assert table["Description"] == "Records of shop/orders that broke its contract."
    assert json.loads(table["Schema"]) == iceberg.quarantine_table_schema()


def test_unknown_fields_have_a_column_when_the_contract_rescues_them() -> None:
    ingestion = Ingestion(Mode.STREAM, Format.JSON, unknown_fields=UnknownFields.RESCUE)
    names = [field.name for field in iceberg.columns(replace(ORDERS, ingestion=ingestion))]
    assert names[-3:] == ["_source_object", "_record_hash", "_rescued"]
    assert "_rescued" not in [field.name for field in iceberg.columns(ORDERS)]


def test_results_table_is_one_of_the_domain_when_a_layer_is_named() -> None:
    table = iceberg.results_table("shop", Layer.GOLD, NAMING)
    assert (table["Database"], table["Table"]) == ("lake_dev_gold_shop", "quality_results")
    assert table["Location"] == "s3://lake-dev-gold-111111111111-eu-west-1/shop/quality_results"
    fields = {field["name"]: field["type"] for field in json.loads(table["Schema"])["fields"]}
    assert (fields["value"], fields["measured_at"], fields["snapshot_id"]) == (
        "double",
        "timestamptz",
        "long",
    )
