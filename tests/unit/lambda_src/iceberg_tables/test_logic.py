import json
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from botocore.validate import validate_parameters
from iceberg_tables.logic import Change, create_request, newest_metadata, plan, update_request
from iceberg_tables.request import Wanted
from shared.errors import TerminalError

Json = dict[str, Any]

POINT = {"type": "struct", "fields": [{"id": 4, "name": "x", "required": True, "type": "double"}]}
SCHEMA: Json = {
    "type": "struct",
    "schema-id": 0,
    "identifier-field-ids": [1],
    "fields": [
        {"id": 1, "name": "order_id", "required": True, "type": "long", "doc": "Number"},
        {"id": 2, "name": "ordered_at", "required": False, "type": "timestamptz"},
        {"id": 3, "name": "point", "required": False, "type": POINT},
    ],
}
SPEC: Json = {
    "spec-id": 0,
    "fields": [{"source-id": 2, "field-id": 1000, "transform": "day", "name": "ordered_at_day"}],
}
WANTED = Wanted(
    database="silver_sales",
    table="orders",
    location="s3://silver/sales/orders",
    schema=SCHEMA,
    partition_spec=SPEC,
    properties={"comment": "Orders", "owner": "team@example.com"},
    format_version="2",
)
METADATA: Json = {
    "format-version": 2,
    "location": "s3://silver/sales/orders/",
    "last-column-id": 4,
    "last-partition-id": 1000,
    "schemas": [SCHEMA],
    "current-schema-id": 0,
    "partition-specs": [SPEC],
    "default-spec-id": 0,
    "properties": {"comment": "Orders", "owner": "team@example.com", "written-by": "spark"},
}


def with_column(schema: Json, name: str) -> Json:
    new = {"id": 9, "name": name, "required": False, "type": "string"}
    return {**schema, "fields": [*schema["fields"], new]}


def check(operation: str, request: Json) -> None:
    model = botocore.session.Session().get_service_model("glue").operation_model(operation)
    assert model.input_shape is not None
    validate_parameters(request, model.input_shape)


def test_plan_is_empty_when_the_table_has_all_that_is_wanted() -> None:
    assert plan(METADATA, WANTED) is None


def test_plan_is_the_whole_new_state_when_a_column_is_added() -> None:
    change = plan(METADATA, replace(WANTED, schema=with_column(SCHEMA, "note")))
    assert change is not None
    assert change.schema["schema-id"] == 1
    assert [field["id"] for field in change.schema["fields"]] == [1, 2, 3, 5]
    assert change.schema["identifier-field-ids"] == [1]
    assert change.partition_spec == SPEC
    assert change.properties == METADATA["properties"]


def test_plan_changes_properties_alone_and_keeps_others_when_only_they_differ() -> None:
    change = plan(METADATA, replace(WANTED, properties={"comment": "All orders"}))
    assert change is not None
    assert change.schema["schema-id"] == 0
    assert change.schema["fields"] == SCHEMA["fields"]
    assert change.properties == {"comment": "All orders", "owner": "team@example.com", "written-by": "spark"}


def test_plan_changes_the_identifier_when_only_the_key_differs() -> None:
    change = plan(METADATA, replace(WANTED, schema={**SCHEMA, "identifier-field-ids": []}))
    assert change is not None
    assert change.schema["identifier-field-ids"] == []
    assert change.schema["schema-id"] == 1


def test_plan_states_the_new_spec_when_the_partitioning_changes() -> None:
    unpartitioned: Json = {"spec-id": 0, "fields": []}
    change = plan(METADATA, replace(WANTED, partition_spec=unpartitioned))
    assert change is not None
    assert change.partition_spec == {"spec-id": 1, "fields": []}


def test_plan_states_no_spec_when_the_table_is_and_stays_unpartitioned() -> None:
    unpartitioned: Json = {"spec-id": 0, "fields": []}
    metadata = {**METADATA, "partition-specs": [unpartitioned]}
    change = plan(metadata, replace(WANTED, partition_spec=unpartitioned, properties={"owner": "other"}))
    assert change is not None
    assert change.partition_spec is None


def test_plan_is_refused_when_the_location_differs() -> None:
    with pytest.raises(
        TerminalError, match=r"silver_sales.orders: got location s3://gold/x; allowed: .*; fix:"
    ):
        plan(METADATA, replace(WANTED, location="s3://gold/x"))


def test_plan_is_refused_when_the_format_version_differs() -> None:
    with pytest.raises(
        TerminalError, match=r"got format-version 3; allowed: 2, .*; fix: .*upgrade the table"
    ):
        plan(METADATA, replace(WANTED, format_version="3"))


def test_create_request_fits_the_service_model_when_every_part_is_used() -> None:
    request = create_request(WANTED)
    check("CreateTable", request)
    assert "TableInput" not in request
    table = request["OpenTableFormatInput"]["IcebergInput"]["CreateIcebergTableInput"]
    assert table["Location"] == "s3://silver/sales/orders"
    assert table["Schema"]["IdentifierFieldIds"] == [1]
    assert table["Schema"]["Fields"][0] == {
        "Id": 1,
        "Name": "order_id",
        "Type": "long",
        "Required": True,
        "Doc": "Number",
    }
    assert table["Schema"]["Fields"][2]["Type"] == POINT
    assert table["PartitionSpec"]["Fields"] == [
        {"SourceId": 2, "FieldId": 1000, "Transform": "day", "Name": "ordered_at_day"}
    ]


def test_create_request_has_no_spec_when_the_table_is_not_partitioned() -> None:
    request = create_request(replace(WANTED, partition_spec={"spec-id": 0, "fields": []}))
    assert "PartitionSpec" not in request["OpenTableFormatInput"]["IcebergInput"]["CreateIcebergTableInput"]


def test_update_request_fits_the_service_model_and_names_the_version_when_a_column_is_added() -> None:
    wanted = replace(WANTED, schema=with_column(SCHEMA, "note"))
    change = plan(METADATA, wanted)
    assert change is not None
    request = update_request(wanted, "7", change)
    check("UpdateTable", request)
    assert request["VersionId"] == "7"
    (update,) = request["UpdateOpenTableFormatInput"]["UpdateIcebergInput"]["UpdateIcebergTableInput"][
        "Updates"
    ]
    assert update.keys() == {"Location", "Schema", "PartitionSpec", "Properties"}
    assert update["Schema"]["SchemaId"] == 1
    assert json.dumps(update["Schema"]["Fields"][3]["Type"]) == '"string"'


def test_update_request_drops_the_spec_when_the_change_has_none() -> None:
    request = update_request(WANTED, "7", Change({**SCHEMA}, None, {}))
    (update,) = request["UpdateOpenTableFormatInput"]["UpdateIcebergInput"]["UpdateIcebergTableInput"][
        "Updates"
    ]
    assert "PartitionSpec" not in update


@pytest.mark.parametrize(
    ("keys", "newest"),
    [
        ([], None),
        (["s/o/metadata/snap-1.avro", "s/o/metadata/x.metadata.json"], None),
        (["s/o/metadata/00009-a.metadata.json", "s/o/metadata/00010-b.gz.metadata.json"], 1),
        (["s/o/metadata/100000-a.metadata.json", "s/o/metadata/99999-b.metadata.json"], 0),
    ],
)
def test_newest_metadata_is_that_of_the_highest_version(keys: list[str], newest: int | None) -> None:
    assert newest_metadata(keys) == (None if newest is None else keys[newest])


def test_newest_metadata_is_refused_where_two_writers_wrote_one() -> None:
    keys = ["s/o/metadata/00002-a.metadata.json", "s/o/metadata/00002-b.metadata.json"]
    with pytest.raises(TerminalError, match=r"00002-a.*00002-b.*fix: move away"):
        newest_metadata(keys)
