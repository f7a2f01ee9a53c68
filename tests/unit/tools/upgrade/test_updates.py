"""What CloudFormation makes anew, by the schemas of its registry."""

import json
from typing import Any

import pytest
from iceberg_tables.request import Wanted

from tools.assembly.assembly import Assembly, Resource
from tools.assembly.folder import Stack
from tools.upgrade.updates import Replacement, replacement

COLUMN = {"id": 1, "name": "order_id", "required": True, "type": "long", "doc": ""}
TABLE = {
    "Database": "lake_silver_shop",
    "Table": "orders",
    "Location": "s3://silver/shop/orders",
    "Description": "Orders.",
    "Schema": json.dumps({"type": "struct", "fields": [COLUMN]}),
    "PartitionSpec": json.dumps({"fields": []}),
    "Properties": json.dumps({"format-version": "2"}),
}
CHANGES = {
    **dict.fromkeys(("Database", "Table", "Location", "Description"), "other"),
    "Schema": json.dumps({"type": "struct", "fields": [{**COLUMN, "doc": "Number."}]}),
    "Properties": json.dumps({"format-version": "2", "owner": "shop"}),
}


def made(kind: str, **resources: Any) -> dict[str, Resource]:
    """Resources of one template, all of a type, by logical id."""
    template = {"Resources": {name: {"Type": kind, "Properties": of} for name, of in resources.items()}}
    stack = Stack("Stack", "Stack", "111111111111", "eu-west-1", template)
    return {each.id: each for each in Assembly((stack,)).resources}


@pytest.mark.parametrize(
    ("kind", "old", "new", "because"),
    [
        ("AWS::Kinesis::Stream", {"Name": "a"}, {"Name": "b"}, Replacement(("Name",))),
        ("AWS::Kinesis::Stream", {"ShardCount": 1}, {"ShardCount": 2}, None),
        ("AWS::S3::Bucket", {}, {"BucketName": "b"}, Replacement(("BucketName",))),
        (
            "AWS::Glue::Table",
            {"DatabaseName": "d", "TableInput": {"Name": "a"}},
            {"DatabaseName": "d", "TableInput": {"Name": "b"}},
            Replacement(("TableInput.Name",)),
        ),
        ("AWS::Nobody::Knows", {"A": 1, "B": 1}, {"A": 2, "B": 1}, Replacement(("A",), certain=False)),
        ("AWS::Nobody::Knows", {"A": 1}, {"A": 1}, None),
    ],
)
def test_resource_is_made_anew_when_a_property_changes_that_only_a_new_one_can_have(
    kind: str, old: dict[str, Any], new: dict[str, Any], because: Replacement | None
) -> None:
    assert replacement(made(kind, R=old)["R"], made(kind, R=new)["R"]) == because


def test_resource_is_made_anew_with_what_such_a_property_refers_to() -> None:
    permissions = made("AWS::Lambda::Permission", P={"FunctionName": {"Ref": "Function"}, "Action": "a"})
    own = permissions["P"]
    assert replacement(own, own) is None
    assert replacement(own, own, lambda value: value == {"Ref": "Function"}) == Replacement(("FunctionName",))


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_table_is_made_anew_exactly_where_its_function_answers_with_another_id(name: str) -> None:
    changed = {**TABLE, name: CHANGES[name]}
    old, new = (made("Custom::IcebergTable", T=of)["T"] for of in (TABLE, changed))
    ids = {Wanted.from_properties(of).physical_id for of in (TABLE, changed)}
    assert (replacement(old, new) is not None) == (len(ids) == 2)
