"""CloudFormation types of Lake Formation, and what their replacement collides with."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from tests.local.services.lakeformation.requests import of_table
from tests.local.services.lakeformation.tables import ACCOUNT, close, table

D = "lf_stack"
Deploy = Callable[..., dict[str, str]]
Resources = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def role(embedded_aws: EmbeddedAws, governed: Callable[..., None], make_role: Callable[..., str]) -> str:
    governed(D, "t")
    return make_role("lf-stacked", f"arn:aws:iam::{ACCOUNT}:root")


@pytest.fixture
def settings(lakeformation: Any) -> Iterator[dict[str, Any]]:
    before = lakeformation.get_data_lake_settings()["DataLakeSettings"]
    yield before
    lakeformation.put_data_lake_settings(DataLakeSettings=before)


def _admins(found: Any) -> set[str]:
    listed = found.get_data_lake_settings()["DataLakeSettings"]["DataLakeAdmins"]
    return {each["DataLakePrincipalIdentifier"] for each in listed}


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::LakeFormation::{kind}", "Properties": properties}


def _in_template(resource: dict[str, Any]) -> dict[str, Any]:
    return {kind: {"CatalogId": ACCOUNT, **value} for kind, value in resource.items()}


def _grant(role: str, resource: dict[str, Any], *permissions: str) -> dict[str, Any]:
    return _resource(
        "PrincipalPermissions",
        Principal={"DataLakePrincipalIdentifier": role},
        Resource=_in_template(resource),
        Permissions=list(permissions),
        PermissionsWithGrantOption=[],
    )


def _filter(name: str, expression: str) -> dict[str, Any]:
    place = {"TableCatalogId": ACCOUNT, "DatabaseName": D, "TableName": "t", "Name": name}
    rows = {"FilterExpression": expression}
    return _resource("DataCellsFilter", **place, RowFilter=rows, ColumnWildcard={})


def _held(lakeformation: Any, role: str) -> list[tuple[str, list[str]]]:
    found = lakeformation.list_permissions(Principal={"DataLakePrincipalIdentifier": role})
    return sorted(
        (next(iter(each["Resource"])), each["Permissions"]) for each in found["PrincipalResourcePermissions"]
    )


def test_all_types_are_made_and_deleted_with_their_stack(
    embedded_aws: EmbeddedAws,
    lakeformation: Any,
    deploy: Deploy,
    wait_for: Callable[..., Any],
    role: str,
) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "lakeformation.amazonaws.com"}}
    policy = {"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
    arn = "arn:aws:s3:::lf-stack/path"
    pair = {"CatalogId": ACCOUNT, "TagKey": "lf-stack", "TagValues": ["a"]}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": policy}},
        "Place": _resource(
            "Resource",
            ResourceArn=arn,
            RoleArn={"Fn::GetAtt": ["Role", "Arn"]},
            UseServiceLinkedRole=False,
        ),
        "Tag": _resource("Tag", TagKey="lf-stack", TagValues=["a", "b"]),
        "Tagged": {
            **_resource("TagAssociation", Resource=_in_template(of_table(D)), LFTags=[pair]),
            "DependsOn": "Tag",
        },
        "Filter": _filter("stacked", "region='EU'"),
        "Grant": {
            **_grant(role, {"DataCellsFilter": {}}, "SELECT"),
            "DependsOn": "Filter",
        },
        "Every": _grant(role, {"Table": {"DatabaseName": D, "TableWildcard": {}}}, "DESCRIBE"),
        "Whole": _grant(role, {"Catalog": {}}, "CREATE_DATABASE"),
    }
    place = {"TableCatalogId": ACCOUNT, "DatabaseName": D, "TableName": "t", "Name": "stacked"}
    resources["Grant"]["Properties"]["Resource"] = {"DataCellsFilter": place}
    outputs = deploy("lf-all", resources, {"Tag": {"Ref": "Tag"}, "Place": {"Ref": "Place"}})
    assert outputs == {"Tag": "lf-stack", "Place": arn}
    assert _held(lakeformation, role) == [
        ("Catalog", ["CREATE_DATABASE"]),
        ("DataCellsFilter", ["SELECT"]),
        ("Table", ["DESCRIBE"]),
    ]
    tags = lakeformation.get_resource_lf_tags(Resource=of_table(D))["LFTagsOnTable"]
    assert tags == [pair]
    assert not [kind for kind in embedded_aws.recorded_only() if "LakeFormation" in kind]
    embedded_aws.client("cloudformation").delete_stack(StackName="lf-all")
    wait_for(lambda: not _held(lakeformation, role))
    wait_for(lambda: "lf-stack" not in str(lakeformation.list_lf_tags()))
    wait_for(lambda: arn not in str(lakeformation.list_resources()))
    assert "LFTagsOnTable" not in lakeformation.get_resource_lf_tags(Resource=of_table(D))


def test_older_type_of_grants_is_recorded_alone(
    embedded_aws: EmbeddedAws, lakeformation: Any, deploy: Deploy, make_role: Callable[..., str]
) -> None:
    role = make_role("lf-legacy", f"arn:aws:iam::{ACCOUNT}:root")
    principal, resource = {"DataLakePrincipalIdentifier": role}, {"DatabaseResource": {"Name": D}}
    deploy("lf-legacy", {"Grant": _resource("Permissions", DataLakePrincipal=principal, Resource=resource)})
    assert "AWS::LakeFormation::Permissions" in embedded_aws.recorded_only()
    assert _held(lakeformation, role) == []


def test_appended_settings_keep_administrators_and_cannot_clear_defaults(
    lakeformation: Any, deploy: Deploy, settings: dict[str, Any], admin_role: str, role: str
) -> None:
    added = {"Admins": [{"DataLakePrincipalIdentifier": role}], "CreateTableDefaultPermissions": []}
    deploy("lf-append", {"Settings": _resource("DataLakeSettings", MutationType="APPEND", **added)})
    now = lakeformation.get_data_lake_settings()["DataLakeSettings"]
    assert {admin_role, role} <= _admins(lakeformation)
    assert now["CreateTableDefaultPermissions"] == settings["CreateTableDefaultPermissions"] != []


def test_replaced_settings_evict_administrators(
    lakeformation: Any, deploy: Deploy, settings: dict[str, Any], role: str
) -> None:
    del settings  # which are put back
    admins = [{"DataLakePrincipalIdentifier": role}]
    deploy("lf-replace", {"Settings": _resource("DataLakeSettings", MutationType="REPLACE", Admins=admins)})
    assert _admins(lakeformation) == {role}


def test_filter_of_the_same_name_collides_with_the_one_that_it_replaces(deploy: Deploy) -> None:
    deploy("lf-filter", {"Filter": _filter("same", "region='EU'")})
    with pytest.raises(AssertionError, match="already exists: same"):
        deploy("lf-filter", {"Filter": _filter("same", "region='US'")})


def test_filter_of_another_name_replaces_the_old_one(lakeformation: Any, deploy: Deploy) -> None:
    deploy("lf-hashed", {"Filter": _filter("hash-1", "region='EU'")})
    deploy("lf-hashed", {"Filter": _filter("hash-2", "region='US'")})
    found = lakeformation.list_data_cells_filter()["DataCellsFilters"]
    names = {each["Name"] for each in found if each["DatabaseName"] == D}
    assert "hash-2" in names
    assert "hash-1" not in names


def test_changed_grant_collides_with_the_one_that_it_replaces(deploy: Deploy, role: str) -> None:
    deploy("lf-grant", {"Grant": _grant(role, of_table(D), "SELECT")})
    with pytest.raises(AssertionError, match="AlreadyExists"):
        deploy("lf-grant", {"Grant": _grant(role, of_table(D), "SELECT", "DESCRIBE")})


def test_second_grant_on_a_resource_collides_with_the_first(
    deploy: Deploy, make_role: Callable[..., str]
) -> None:
    role = make_role("lf-twice", f"arn:aws:iam::{ACCOUNT}:root")
    deploy("lf-first", {"Grant": _grant(role, of_table(D), "SELECT")})
    with pytest.raises(AssertionError, match="AlreadyExists"):
        deploy("lf-second", {"Grant": _grant(role, of_table(D), "DESCRIBE")})


def test_shorter_list_of_columns_takes_away_what_it_granted(
    lakeformation: Any, deploy: Deploy, make_role: Callable[..., str]
) -> None:
    role = make_role("lf-shortened", f"arn:aws:iam::{ACCOUNT}:root")

    def columns(*names: str) -> Resources:
        place = {"DatabaseName": D, "Name": "t", "ColumnNames": list(names)}
        return {"Grant": _grant(role, {"TableWithColumns": place}, "SELECT")}

    deploy("lf-columns", columns("id", "region"))
    deploy("lf-columns", columns("id"))
    assert _held(lakeformation, role) == []


def test_grant_whose_table_is_gone_is_deleted(
    embedded_aws: EmbeddedAws, deploy: Deploy, lakeformation: Any, wait_for: Callable[..., Any], role: str
) -> None:
    glue, cloudformation = embedded_aws.client("glue"), embedded_aws.client("cloudformation")
    glue.create_table(DatabaseName=D, TableInput=table("going"))
    close(lakeformation, of_table(D, "going"))
    deploy("lf-going", {"Grant": _grant(role, of_table(D, "going"), "SELECT")})
    glue.delete_table(DatabaseName=D, Name="going")
    cloudformation.delete_stack(StackName="lf-going")
    names = "DELETE_COMPLETE", "DELETE_FAILED"
    found = wait_for(
        lambda: cloudformation.list_stacks(StackStatusFilter=list(names))["StackSummaries"],
        lambda stacks: any(each["StackName"] == "lf-going" for each in stacks),
    )
    [status] = {each["StackStatus"] for each in found if each["StackName"] == "lf-going"}
    assert status == "DELETE_COMPLETE"


def test_values_of_a_tag_change_in_place(lakeformation: Any, deploy: Deploy) -> None:
    deploy("lf-values", {"Tag": _resource("Tag", TagKey="lf-values", TagValues=["a", "b"])})
    deploy("lf-values", {"Tag": _resource("Tag", TagKey="lf-values", TagValues=["b", "c"])})
    assert lakeformation.get_lf_tag(TagKey="lf-values")["TagValues"] == ["b", "c"]


def test_replaced_value_of_a_resource_stays(lakeformation: Any, deploy: Deploy) -> None:
    def tagged(value: str) -> Resources:
        pair = {"CatalogId": ACCOUNT, "TagKey": "lf-moved", "TagValues": [value]}
        place = _resource("TagAssociation", Resource=_in_template(of_table(D)), LFTags=[pair])
        tag = _resource("Tag", TagKey="lf-moved", TagValues=["a", "b"])
        return {"Tag": tag, "Tagged": {**place, "DependsOn": "Tag"}}

    deploy("lf-moved", tagged("a"))
    deploy("lf-moved", tagged("b"))
    found = lakeformation.get_resource_lf_tags(Resource=of_table(D))["LFTagsOnTable"]
    assert [each["TagValues"] for each in found if each["TagKey"] == "lf-moved"] == [["b"]]


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (_resource("TagAssociation", Resource=_in_template(of_table(D)),
                   LFTags=[{"CatalogId": ACCOUNT, "TagKey": "lf-gone", "TagValues": ["x"]}]),
         "Tag or tag value does not exist"),
        (_filter("wrong", "lower(region)='eu'"), "Unsupported in a filter expression"),
        (_grant(f"arn:aws:iam::{ACCOUNT}:role/lf-nobody", of_table(D), "SELECT"), "Invalid principal"),
    ],
)  # fmt: skip
def test_stack_fails_with_lake_formations_reason(
    deploy: Deploy, resource: dict[str, Any], reason: str
) -> None:
    with pytest.raises(AssertionError, match=reason):
        deploy(f"lf-fails-{reason.split(' ', maxsplit=1)[0].lower()}", {"Wrong": resource})
