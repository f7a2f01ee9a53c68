import json
from typing import Any

import pytest
from iceberg_tables.request import Wanted
from shared.errors import TerminalError

SCHEMA = {
    "type": "struct",
    "schema-id": 0,
    "identifier-field-ids": [1],
    "fields": [
        {"id": 1, "name": "order_id", "required": True, "type": "long", "doc": "Number of\n  the order"},
        {"id": 2, "name": "ordered_at", "required": False, "type": "timestamptz", "doc": ""},
    ],
}
SPEC = {
    "spec-id": 0,
    "fields": [{"source-id": 2, "field-id": 1000, "transform": "day", "name": "ordered_at_day"}],
}


def properties(**changes: Any) -> dict[str, Any]:
    return {
        "ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:f",
        "Database": "lake_dev_silver_sales",
        "Table": "orders",
        "Location": "s3://silver/sales/orders/",
        "Description": "Orders\nof customers",
        "Schema": json.dumps(SCHEMA),
        "PartitionSpec": json.dumps(SPEC),
        "Properties": json.dumps({"format-version": "2", "owner": "team@example.com"}),
        **changes,
    }


def test_request_holds_the_table_when_the_properties_are_whole() -> None:
    wanted = Wanted.from_properties(properties())
    assert wanted.physical_id == "lake_dev_silver_sales.orders"
    assert wanted.location == "s3://silver/sales/orders"
    assert wanted.format_version == "2"
    assert wanted.properties == {"owner": "team@example.com", "comment": "Orders of customers"}
    assert wanted.partition_spec == SPEC


def test_request_has_comments_on_one_line_when_contracts_have_them_on_many() -> None:
    first, second = Wanted.from_properties(properties()).schema["fields"]
    assert first["doc"] == "Number of the order"
    assert "doc" not in second


@pytest.mark.parametrize(("doc", "length"), [("a" * 300, 255), ("ü" * 200, 127)])
def test_request_cuts_a_comment_when_it_is_longer_than_glue_takes(doc: str, length: int) -> None:
    field = {"id": 1, "name": "a", "required": False, "type": "long", "doc": doc}
    schema = {"type": "struct", "fields": [field]}
    empty_spec = json.dumps({"spec-id": 0, "fields": []})
    wanted = Wanted.from_properties(properties(Schema=json.dumps(schema), PartitionSpec=empty_spec))
    assert wanted.schema["fields"][0]["doc"] == doc[:length]


def test_request_has_no_comment_when_there_is_no_description() -> None:
    assert "comment" not in Wanted.from_properties(properties(Description="")).properties


def test_request_names_every_fault_when_several_properties_are_wrong() -> None:
    with pytest.raises(TerminalError) as refusal:
        Wanted.from_properties(properties(Table="", Schema="{", Properties=None))
    for part in ("Table: got nothing", "Schema: got JSONDecodeError", "Properties: got TypeError", "fix:"):
        assert part in str(refusal.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Schema": {"type": "struct"}}, "lacks 'fields'"),
        ({"Schema": {"fields": [{"id": 1}]}}, "without name, type or required"),
        ({"Schema": {"fields": [SCHEMA["fields"][0], SCHEMA["fields"][0]]}}, "two with one id"),  # type: ignore[index]
        ({"Schema": {**SCHEMA, "identifier-field-ids": [7]}}, r"column ids \[7\]"),
        ({"PartitionSpec": {"fields": [{"source-id": 9}]}}, r"column ids \[9\]"),
        ({"PartitionSpec": {}}, "lacks 'fields'"),
    ],
)
def test_request_is_refused_when_schema_and_spec_do_not_fit(changes: dict[str, Any], message: str) -> None:
    documents = {name: json.dumps(document) for name, document in changes.items()}
    with pytest.raises(TerminalError, match=message):
        Wanted.from_properties(properties(**documents))
