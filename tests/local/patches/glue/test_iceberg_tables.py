import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws
from local.emulator.object_io import open_table

Field = tuple[int, str, Any, bool]

CITY = {"id": 6, "name": "city", "type": "string", "required": False}
FIELDS: list[Field] = [
    (1, "id", "long", True),
    (2, "small", "int", False),
    (3, "at", "timestamptz", False),
    (4, "price", "decimal(10, 2)", False),
    (5, "place", {"type": "struct", "fields": [CITY]}, False),
]  # fmt: skip
SPEC = {"SpecId": 0, "Fields": [{"SourceId": 3, "FieldId": 1000, "Transform": "day", "Name": "at_day"}]}


def schema(fields: list[Field]) -> dict[str, Any]:
    columns = [{"Id": i, "Name": name, "Type": kind, "Required": needed} for i, name, kind, needed in fields]
    return {"SchemaId": 0, "Type": "struct", "IdentifierFieldIds": [1], "Fields": columns}


def iceberg_input(location: str, fields: list[Field]) -> dict[str, Any]:
    table = {"Location": location, "Schema": schema(fields), "PartitionSpec": SPEC, "Properties": {"a": "b"}}
    return {"IcebergInput": {"MetadataOperation": "CREATE", "Version": "2", "CreateIcebergTableInput": table}}


@pytest.fixture(scope="module")
def glue(embedded_aws: EmbeddedAws) -> Any:
    embedded_aws.client("s3").create_bucket(Bucket="glue-iceberg")
    glue = embedded_aws.client("glue")
    glue.create_database(DatabaseInput={"Name": "tables"})
    return glue


@pytest.fixture
def table(glue: Any, request: pytest.FixtureRequest) -> str:
    name = re.sub(r"\W+", "_", str(request.node.name))[5:80]
    location = f"s3://glue-iceberg/{name}"
    glue.create_table(DatabaseName="tables", Name=name, OpenTableFormatInput=iceberg_input(location, FIELDS))
    return name


def update(glue: Any, table: str, fields: list[Field], **more: Any) -> None:
    version = {"VersionId": more.pop("version")} if "version" in more else {}
    one = {"Schema": schema(fields), "Location": f"s3://glue-iceberg/{table}", **more}
    updates = {"UpdateIcebergInput": {"UpdateIcebergTableInput": {"Updates": [one]}}}
    glue.update_table(DatabaseName="tables", Name=table, UpdateOpenTableFormatInput=updates, **version)


def metadata(aws: EmbeddedAws, table: str) -> Any:
    found = aws.client("glue").get_table(DatabaseName="tables", Name=table)["Table"]
    return open_table(aws.client("s3"), found["Parameters"]["metadata_location"]).metadata


def test_create_table_writes_metadata_when_given_iceberg_input(
    embedded_aws: EmbeddedAws, glue: Any, table: str
) -> None:
    found = glue.get_table(DatabaseName="tables", Name=table)["Table"]
    location = found["Parameters"]["metadata_location"]
    assert found["Parameters"]["table_type"] == "ICEBERG"
    assert location.startswith(f"s3://glue-iceberg/{table}/metadata/00000-")
    place = urlsplit(location)
    body = embedded_aws.client("s3").get_object(Bucket=place.netloc, Key=place.path[1:])["Body"].read()
    document = json.loads(body)
    assert document["format-version"] == 2
    assert document["properties"] == {"a": "b"}
    assert document["partition-specs"][0]["fields"][0]["transform"] == "day"
    assert [field["name"] for field in document["schemas"][0]["fields"]] == [name for _, name, _, _ in FIELDS]


def test_create_table_sets_glue_columns_when_given_iceberg_input(glue: Any, table: str) -> None:
    found = glue.get_table(DatabaseName="tables", Name=table)["Table"]
    columns = {column["Name"]: column for column in found["StorageDescriptor"]["Columns"]}
    assert {name: column["Type"] for name, column in columns.items()} == {
        "id": "bigint",
        "small": "int",
        "at": "timestamp",
        "price": "decimal(10,2)",
        "place": "struct<city:string>",
    }
    assert columns["id"]["Parameters"] == {
        "iceberg.field.id": "1",
        "iceberg.field.optional": "false",
        "iceberg.field.current": "true",
    }


def test_create_table_refuses_when_the_table_exists(glue: Any, table: str) -> None:
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_table(
            DatabaseName="tables",
            Name=table,
            OpenTableFormatInput=iceberg_input("s3://glue-iceberg/other", FIELDS),
        )


def test_update_table_adds_a_column_when_it_is_optional(
    embedded_aws: EmbeddedAws, glue: Any, table: str
) -> None:
    update(glue, table, [*FIELDS, (7, "note", "string", False)], Properties={"c": "d"})
    after = metadata(embedded_aws, table)
    assert [field.name for field in after.schema().fields][-1] == "note"
    assert len(after.schemas) == 2
    assert after.properties == {"a": "b", "c": "d"}
    assert len(after.metadata_log) == 1
    found = glue.get_table(DatabaseName="tables", Name=table)["Table"]
    assert found["StorageDescriptor"]["Columns"][-1]["Name"] == "note"
    assert "/metadata/00001-" in found["Parameters"]["metadata_location"]
    assert "/metadata/00000-" in found["Parameters"]["previous_metadata_location"]


def test_update_table_widens_a_type_when_iceberg_can_promote_it(
    embedded_aws: EmbeddedAws, glue: Any, table: str
) -> None:
    widened = [(i, name, "long" if name == "small" else kind, need) for i, name, kind, need in FIELDS]
    update(glue, table, widened)
    assert str(metadata(embedded_aws, table).schema().find_type("small")) == "long"


def test_update_table_keeps_the_schema_when_nothing_changes(
    embedded_aws: EmbeddedAws, glue: Any, table: str
) -> None:
    update(glue, table, FIELDS)
    assert len(metadata(embedded_aws, table).schemas) == 1


def test_update_table_changes_partitioning_when_given_another_spec(
    embedded_aws: EmbeddedAws, glue: Any, table: str
) -> None:
    month = {"SourceId": 3, "FieldId": 1001, "Transform": "month", "Name": "at_month"}
    update(glue, table, FIELDS, PartitionSpec={"SpecId": 1, "Fields": [month]})
    after = metadata(embedded_aws, table)
    assert [str(field.transform) for field in after.spec().fields] == ["month"]
    update(glue, table, FIELDS, PartitionSpec=SPEC)
    assert metadata(embedded_aws, table).default_spec_id == 0


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ([*FIELDS, (7, "note", "string", True)], "required column"),
        ([(1, "id", "string", True), *FIELDS[1:]], "promote"),
        ([FIELDS[0], (2, "small", "int", True), *FIELDS[2:]], "nullability"),
        ([*FIELDS[:3], (4, "price", "decimal(9, 2)", False), FIELDS[4]], "promote|precision"),
    ],
    ids=["required", "type", "nullability", "narrower"],
)
def test_update_table_refuses_when_iceberg_forbids_it(
    glue: Any, table: str, fields: list[Field], reason: str
) -> None:
    with pytest.raises(glue.exceptions.InvalidInputException, match=reason):
        update(glue, table, fields)
    assert glue.get_table(DatabaseName="tables", Name=table)["Table"]["VersionId"] == "1"


def test_update_table_refuses_when_another_was_faster(glue: Any, table: str) -> None:
    update(glue, table, FIELDS, Properties={"c": "d"})
    with pytest.raises(glue.exceptions.ConcurrentModificationException):
        update(glue, table, FIELDS, version="1")


def test_create_table_is_denied_when_the_caller_may_not_write_the_metadata(
    glue: Any, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    role = make_role("tables-no-s3", "arn:aws:iam::000000000000:root", (["glue:*"], ["*"]))
    with pytest.raises(ClientError, match="AccessDenied"):
        client_as("glue", role).create_table(
            DatabaseName="tables",
            Name="denied",
            OpenTableFormatInput=iceberg_input("s3://glue-iceberg/denied", FIELDS),
        )
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_table(DatabaseName="tables", Name="denied")
