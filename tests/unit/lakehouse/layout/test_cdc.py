"""What a replica's tables have beside its contract's columns, in every place that must agree on it."""

import json
from dataclasses import replace

from lakehouse.model.dataset import Content, Format, Ingestion, Lake, Mode
from lakehouse.model.fields import Field, Scalar
from lakehouse.targets import glue, iceberg
from lakehouse.targets.manifest import compile_domain
from tests.unit.lakehouse.datasets import NAMING, ORDERS

REPLICA = replace(
    ORDERS,
    fields=(
        Field("order_id", Scalar.LONG, True, "Number."),
        Field("status", Scalar.STRING, False, "State."),
    ),
    order_by=(),
    partition=(),
    ingestion=Ingestion(Mode.FILES, Format.PARQUET, content=Content.CHANGES),
)


def test_silver_tells_the_change_of_each_row_when_it_is_a_replica() -> None:
    names = [field.name for field in iceberg.columns(REPLICA)]
    assert names == ["order_id", "status", "_source_object", "_record_hash", "_changed_at", "_change_seq"]
    assert not {"_changed_at", "_change_seq"} & {field.name for field in iceberg.columns(ORDERS)}


def test_bronze_shows_what_dms_adds_with_the_type_of_the_key_when_it_is_a_replica() -> None:
    found = {column.name: column.type for column in glue.bronze_table(REPLICA, NAMING).columns}
    assert found == {
        "order_id": "bigint",
        "status": "string",
        "op": "string",
        "_changed_at": "string",
        "_change_seq": "string",
        "_before_order_id": "bigint",
    }


def test_deleted_keys_have_a_table_beside_the_dataset_under_its_prefix() -> None:
    definition = iceberg.deleted_table(REPLICA, NAMING)
    assert (definition["Database"], definition["Table"]) == ("lake_dev_silver_shop", "orders_deleted")
    assert definition["Location"].endswith("/shop/orders_deleted")
    schema = json.loads(definition["Schema"])
    names = [field["name"] for field in schema["fields"]]
    assert names == ["order_id", "_changed_at", "_change_seq", "_source_object"]
    assert schema["identifier-field-ids"] == [1]
    assert json.loads(definition["PartitionSpec"])["fields"] == []


def test_manifest_names_what_the_job_needs_of_changes_and_nothing_for_records() -> None:
    [entry] = compile_domain(Lake((REPLICA,)), "shop", NAMING)["datasets"]
    assert entry["changes"] == {
        "operation": "Op",
        "changed_at": "_changed_at",
        "sequence": "_change_seq",
        "before": "_before_",
        "deleted_table": "lake_dev_silver_shop.orders_deleted",
    }
    [plain] = compile_domain(Lake((ORDERS,)), "shop", NAMING)["datasets"]
    assert plain["changes"] is None
