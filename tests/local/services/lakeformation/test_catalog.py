"""Glue's Data Catalog under Lake Formation: what is shown, left out and refused, and what changes need."""

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from pyiceberg.catalog.glue import GlueCatalog

from tests.local.patches import wire
from tests.local.services.lakeformation.requests import of_columns, of_table, of_tags, to
from tests.local.services.lakeformation.tables import ACCOUNT, close, table
from tests.local.services.lakeformation.world import DATA, PERSONA, World, refusal

MakeWorld = Callable[..., World]
LACKING = "AccessDeniedException: Insufficient Lake Formation permission(s): Required"
WRITER = (*PERSONA, (["glue:*"], ["*"]))


def _database(world: World) -> dict[str, Any]:
    return {"Database": {"Name": world.database}}


def test_databases_without_a_permission_are_left_out_and_refused(make_world: MakeWorld) -> None:
    world = make_world("databases")
    glue = world.clients("glue")
    assert glue.get_database(Name=world.database)
    world.admin.revoke_permissions(**to(world.role, _database(world), "DESCRIBE"))
    listed = [one for page in glue.get_paginator("get_databases").paginate() for one in page["DatabaseList"]]
    assert world.database not in [one["Name"] for one in listed]
    assert refusal(glue.get_database, Name=world.database) == f"{LACKING} Describe on {world.database}"


def test_list_of_tables_has_the_permitted_ones_with_their_permitted_columns(make_world: MakeWorld) -> None:
    world = make_world("tables")
    root = world.aws.client("glue")
    root.create_table(DatabaseName=world.database, TableInput=table("hidden"))
    close(world.aws.client("lakeformation"), of_table(world.database, "hidden"))
    world.grant(of_columns(world.database, "id"), "SELECT")
    [found] = world.clients("glue").get_tables(DatabaseName=world.database)["TableList"]
    assert (found["Name"], [one["Name"] for one in found["StorageDescriptor"]["Columns"]]) == ("t", ["id"])


@pytest.mark.parametrize("permission", ["DESCRIBE", "ALTER", "INSERT"])
def test_permission_on_the_table_shows_all_columns(make_world: MakeWorld, permission: str) -> None:
    world = make_world(f"shows-{permission.lower()}")
    world.grant(of_table(world.database), permission)
    assert world.shown_columns() == ["id", "region", "amount", "email", "day"]


def test_columns_that_match_tags_are_shown_alone(make_world: MakeWorld) -> None:
    world = make_world("matched", *WRITER)
    world.admin.create_lf_tag(TagKey="lf-matched", TagValues=["yes"])
    pairs = [{"TagKey": "lf-matched", "TagValues": ["yes"]}]
    world.admin.add_lf_tags_to_resource(Resource=of_columns(world.database, "id"), LFTags=pairs)
    world.grant(of_tags({"lf-matched": ["yes"]}), "ALL")
    assert world.shown_columns() == ["id"]
    glue = world.clients("glue")
    assert f"{LACKING} Drop on t" == refusal(glue.delete_table, DatabaseName=world.database, Name="t")


def test_parameters_come_unmodified_but_for_sparks_schema(make_world: MakeWorld) -> None:
    world = make_world("parameters")
    changed = table("t", f"s3://{DATA}/{world.database}/t/")
    changed["Parameters"] |= {"spark.sql.sources.schema.part.0": "email", "note": "email"}
    world.aws.client("glue").update_table(DatabaseName=world.database, TableInput=changed)
    world.grant(of_columns(world.database, "id"), "SELECT")
    found = world.clients("glue").get_table(DatabaseName=world.database, Name="t")["Table"]["Parameters"]
    assert found == {"classification": "json", "note": "email"}


def test_partitions_are_shown_with_permitted_columns(make_world: MakeWorld) -> None:
    world = make_world("partitions")
    root, made = world.aws.client("glue"), table("p", f"s3://{DATA}/{world.database}/p/", keys=("region",))
    root.create_table(DatabaseName=world.database, TableInput=made)
    close(world.aws.client("lakeformation"), of_table(world.database, "p"))
    place = {"DatabaseName": world.database, "TableName": "p"}
    storage = {**made["StorageDescriptor"], "Location": f"s3://{DATA}/{world.database}/p/EU/"}
    root.create_partition(**place, PartitionInput={"Values": ["EU"], "StorageDescriptor": storage})
    glue = world.clients("glue")
    for method in (glue.get_partitions, glue.get_table):
        name = {"TableName": "p"} if method == glue.get_partitions else {"Name": "p"}
        text = refusal(method, DatabaseName=world.database, **name)
        assert text == f"{LACKING} Describe on p"
    world.grant(of_columns(world.database, "id", "region", name="p"), "SELECT")
    filters = {"TableCatalogId": ACCOUNT, "DatabaseName": world.database, "TableName": "p", "Name": "us"}
    world.admin.create_data_cells_filter(
        TableData={**filters, "RowFilter": {"FilterExpression": "region='US'"}, "ColumnNames": ["id"]}
    )
    world.grant({"DataCellsFilter": filters}, "SELECT")
    [found] = glue.get_partitions(**place)["Partitions"]
    assert [one["Name"] for one in found["StorageDescriptor"]["Columns"]] == ["id"]
    assert glue.get_partition(**place, PartitionValues=["EU"])["Partition"]["Values"] == ["EU"]


def test_statistics_are_for_those_who_read_every_row_of_the_columns(make_world: MakeWorld) -> None:
    world = make_world("statistics")
    world.filter("region='EU'")
    place = {"DatabaseName": world.database, "TableName": "t"}
    glue = world.clients("glue")
    call = glue.get_column_statistics_for_table
    assert refusal(call, **place, ColumnNames=["id"]) == f"{LACKING} Select on t"
    world.grant(of_columns(world.database, "id"), "SELECT")
    call(**place, ColumnNames=["id"])
    assert refusal(call, **place, ColumnNames=["id", "email"]) == f"{LACKING} Select on t"


def test_database_is_made_by_permission_and_is_its_makers(make_world: MakeWorld) -> None:
    world = make_world("makes-databases", *WRITER)
    glue, lakeformation = world.clients("glue"), world.aws.client("lakeformation")
    everybody = {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}
    right = {"Principal": everybody, "Resource": {"Catalog": {}}, "Permissions": ["CREATE_DATABASE"]}
    lakeformation.revoke_permissions(**right)
    try:
        made = {"DatabaseInput": {"Name": "lf_made"}}
        assert refusal(glue.create_database, **made) == f"{LACKING} Create Database on Catalog"
        world.grant({"Catalog": {}}, "CREATE_DATABASE")
        glue.create_database(**made)
    finally:
        lakeformation.grant_permissions(**right)
    close(lakeformation, {"Database": {"Name": "lf_made"}})
    glue.create_table(DatabaseName="lf_made", TableInput=table("own"))
    close(lakeformation, of_table("lf_made", "own"))
    glue.update_table(DatabaseName="lf_made", TableInput=table("own"))
    glue.delete_table(DatabaseName="lf_made", Name="own")
    glue.delete_database(Name="lf_made")


@pytest.mark.parametrize(
    ("permission", "method", "request_of"),
    [
        ("Alter", "update_table", lambda place: {"TableInput": table("t", f"s3://{DATA}/{place}/t/")}),
        ("Drop", "delete_table", lambda _: {"Name": "t"}),
        ("Drop", "batch_delete_table", lambda _: {"TablesToDelete": ["t"]}),
        ("Alter", "delete_column_statistics_for_table", lambda _: {"TableName": "t", "ColumnName": "id"}),
    ],
)
def test_changes_of_a_table_need_their_permission(
    make_world: MakeWorld, permission: str, method: str, request_of: Callable[[str], dict[str, Any]]
) -> None:
    world = make_world(f"changes-{method.replace('_', '-')}", *WRITER)
    world.grant(of_table(world.database), "SELECT", "INSERT")
    call = getattr(world.clients("glue"), method)
    request = {"DatabaseName": world.database, **request_of(world.database)}
    assert refusal(call, **request) == f"{LACKING} {permission} on t"
    world.grant(of_table(world.database), permission.upper())
    try:
        call(**request)
    except world.aws.client("glue").exceptions.EntityNotFoundException:
        assert method == "delete_column_statistics_for_table"  # there are none


def test_changes_of_a_database_need_their_permission(make_world: MakeWorld) -> None:
    world = make_world("changes-database", *WRITER)
    glue, name = world.clients("glue"), world.database
    changed = {"Name": name, "DatabaseInput": {"Name": name, "Description": "new"}}
    assert refusal(glue.update_database, **changed) == f"{LACKING} Alter on {name}"
    assert refusal(glue.delete_database, Name=name) == f"{LACKING} Drop on {name}"
    refused = refusal(glue.create_table, DatabaseName=name, TableInput=table("new"))
    assert refused == f"{LACKING} Create Table on {name}"
    world.grant(_database(world), "ALL")
    glue.create_table(DatabaseName=name, TableInput=table("new"))
    glue.update_database(**changed)
    glue.delete_database(Name=name)


def test_tables_at_registered_locations_need_the_location(make_world: MakeWorld) -> None:
    world = make_world("locations", *WRITER)
    world.grant(_database(world), "CREATE_TABLE")
    glue, place = world.clients("glue"), f"s3://{DATA}/{world.database}/new/"
    request = {"DatabaseName": world.database, "TableInput": table("new", place)}
    refused = f"AccessDeniedException: Insufficient Lake Formation permission(s) on {place}"
    assert refusal(glue.create_table, **request) == refused
    glue.create_table(DatabaseName=world.database, TableInput=table("new"))
    assert refusal(glue.update_table, **request) == refused
    arn = f"arn:aws:s3:::{DATA}/{world.database}"
    world.grant({"DataLocation": {"ResourceArn": arn}}, "DATA_LOCATION_ACCESS")
    glue.update_table(**request)
    found = world.admin.get_effective_permissions_for_path(ResourceArn=f"{arn}/new")["Permissions"]
    assert world.role in [each["Principal"]["DataLakePrincipalIdentifier"] for each in found]


def test_partitions_are_added_by_those_who_insert_and_stay_in_the_folder(make_world: MakeWorld) -> None:
    world = make_world("adds-partitions", *WRITER)
    root, base = world.aws.client("glue"), f"s3://{DATA}/{world.database}"
    made = table("p", f"{base}/p/", keys=("region",))
    root.create_table(DatabaseName=world.database, TableInput=made)
    close(world.aws.client("lakeformation"), of_table(world.database, "p"))
    glue = world.clients("glue")

    def request(value: str, folder: str) -> dict[str, Any]:
        storage = {**made["StorageDescriptor"], "Location": f"{base}/{folder}/"}
        entry = {"Values": [value], "StorageDescriptor": storage}
        return {"DatabaseName": world.database, "TableName": "p", "PartitionInputList": [entry]}

    call = glue.batch_create_partition
    assert refusal(call, **request("EU", "p/EU")) == f"{LACKING} Insert on p"
    world.grant(of_table(world.database, "p"), "INSERT")
    call(**request("EU", "p/EU"))
    assert "permission(s) on s3://" in refusal(call, **request("US", "elsewhere"))


def test_iceberg_rest_catalog_shows_whole_tables_or_nothing(
    make_world: MakeWorld, iceberg_catalog: GlueCatalog
) -> None:
    world = make_world("rest", *WRITER)
    place = f"/iceberg/v1/catalogs/{ACCOUNT}/namespaces"
    rows = pa.table({"id": pa.array([1], pa.int64()), "email": ["a"]})
    for name in ("seen", "hidden"):
        location = f"s3://{DATA}/{world.database}/{name}"
        iceberg_catalog.create_table(f"{world.database}.{name}", rows.schema, location).append(rows)
        close(world.aws.client("lakeformation"), of_table(world.database, name))
    world.grant(of_columns(world.database, "id", name="seen"), "SELECT")
    keys = world.clients("sts")._request_signer._credentials

    def get(path: str, method: str = "GET", **more: Any) -> dict[str, Any]:
        answer = wire.send_signed(world.aws, keys, "glue", method, f"{place}{path}", **more)
        found = json.loads(answer.body)
        return dict(found.get("error", found))

    tables = f"/{world.database}/tables"
    assert [one["name"] for one in get(tables)["identifiers"]] == ["seen"]
    assert get(f"{tables}/hidden")["message"].endswith("Required Describe on hidden")
    assert get(f"{tables}/seen")["message"].endswith("Required Select on seen")
    world.grant(of_table(world.database, "seen"), "SELECT")
    assert "metadata" in get(f"{tables}/seen")
    body = json.dumps({"name": "new", "location": f"s3://{DATA}/x", "schema": {}}).encode()
    headers = {"content-type": "application/json"}
    refused = get(tables, "POST", body=body, headers=headers)["message"]
    assert refused.endswith(f"Required Create Table on {world.database}")
    world.grant(_database(world), "CREATE_TABLE")
    refused = get(tables, "POST", body=body, headers=headers)["message"]
    assert refused.endswith(f"permission(s) on s3://{DATA}/x")
    world.admin.revoke_permissions(**to(world.role, _database(world), "DESCRIBE", "CREATE_TABLE"))
    assert [world.database] not in get("")["namespaces"]
    assert get(f"/{world.database}")["message"].endswith(f"Required Describe on {world.database}")


def test_request_is_refused_by_iam_first(make_world: MakeWorld) -> None:
    world = make_world("iam-first", *PERSONA[2:])
    world.grant(of_table(world.database), "SELECT")
    call = world.clients("glue").get_table
    assert "not authorized to perform: glue:GetTable" in refusal(call, DatabaseName=world.database, Name="t")
