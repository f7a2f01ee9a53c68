"""The API of grants: what is accepted from whom, and with which errors the rest is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.services.lakeformation.requests import (
    cells,
    of_columns,
    of_filter,
    of_other_columns,
    of_table,
    of_tags,
    to,
)
from tests.local.services.lakeformation.tables import ACCOUNT

D = "lf_grants"
WILDCARD = {"Table": {"DatabaseName": D, "TableWildcard": {}}}
IAM_ALLOWED = {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}


@pytest.fixture(scope="module", autouse=True)
def tables(governed: Callable[..., None], admin_role: str) -> None:
    governed(D, "t", "other")
    governed("lf_grants_keys", "t", keys=("region",))


@pytest.fixture
def role(make_role: Callable[..., str], request: pytest.FixtureRequest) -> str:
    name = f"lf-{abs(hash(request.node.name))}"
    return make_role(name, f"arn:aws:iam::{ACCOUNT}:root", (["lakeformation:*"], ["*"]))


def _held(client: Any, principal: str) -> list[tuple[str, list[str], list[str]]]:
    found = client.list_permissions(Principal={"DataLakePrincipalIdentifier": principal})
    return sorted(
        (next(iter(each["Resource"])), each["Permissions"], each["PermissionsWithGrantOption"])
        for each in found["PrincipalResourcePermissions"]
    )


def test_new_account_gives_super_on_new_databases_and_tables_to_whoever_iam_allows(
    embedded_aws: Any, lakeformation: Any
) -> None:
    embedded_aws.client("glue").create_database(DatabaseInput={"Name": "lf_open"})
    resource = {"Database": {"Name": "lf_open"}}
    [found] = lakeformation.list_permissions(Resource=resource)["PrincipalResourcePermissions"]
    assert (found["Principal"], found["Permissions"]) == (IAM_ALLOWED, ["ALL"])


def test_administrator_grants_and_revokes(admin: Any, role: str) -> None:
    admin.grant_permissions(**to(role, of_table(D), "SELECT", "INSERT", grantable=["SELECT"]))
    assert _held(admin, role) == [("Table", ["INSERT", "SELECT"], ["SELECT"])]
    admin.revoke_permissions(**to(role, of_table(D), "SELECT"))
    assert _held(admin, role) == [("Table", ["INSERT"], [])]


def test_who_may_not_grant_is_told_so(admin: Any, role: str, client_as: Callable[[str, str], Any]) -> None:
    grantor = client_as("lakeformation", role)
    for _ in range(2):
        with pytest.raises(ClientError, match="requester is not authorized to access requested") as refused:
            grantor.grant_permissions(**to(role, of_table(D), "SELECT"))
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
        admin.grant_permissions(**to(role, of_table(D), "SELECT"))
    admin.grant_permissions(**to(role, of_table(D), "SELECT", grantable=["SELECT"]))
    grantor.grant_permissions(**to(role, of_table(D), "SELECT"))
    with pytest.raises(ClientError, match="not authorized"):
        grantor.grant_permissions(**to(role, of_table(D), "INSERT"))


def test_caller_sees_own_grants_only(admin: Any, role: str, client_as: Callable[[str, str], Any]) -> None:
    admin.grant_permissions(**to(role, of_table(D), "SELECT"))
    found = client_as("lakeformation", role).list_permissions()["PrincipalResourcePermissions"]
    assert {each["Principal"]["DataLakePrincipalIdentifier"] for each in found} == {role}


def test_role_without_the_action_in_iam_is_denied(
    make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    role = make_role("lf-lister", f"arn:aws:iam::{ACCOUNT}:root", (["lakeformation:List*"], ["*"]))
    client = client_as("lakeformation", role)
    client.list_permissions()
    with pytest.raises(ClientError, match="not authorized to perform: lakeformation:GrantPermissions"):
        client.grant_permissions(**to(role, of_table(D), "SELECT"))


@pytest.mark.parametrize(
    ("resource", "permissions", "reason"),
    [
        ({}, ["SELECT"], "exactly one member"),
        ({"Table": {"DatabaseName": D}}, ["SELECT"], "Name and TableWildcard"),
        (of_table(D), ["CREATE_TABLE"], "Permissions modification is invalid: CREATE_TABLE"),
        ({"Database": {"Name": D}}, ["SELECT"], "Permissions modification is invalid: SELECT"),
        (of_columns(D, "id"), ["INSERT"], "Permissions modification is invalid: INSERT"),
        (of_table(D, "gone"), ["SELECT"], "EntityNotFoundException.*Table not found"),
        (of_columns(D, "gone"), ["SELECT"], "EntityNotFoundException.*Columns not found: gone"),
        ({"Database": {"Name": "lf_gone"}}, ["ALL"], "EntityNotFoundException.*Database not found"),
        (of_filter(D, "gone"), ["SELECT"], "EntityNotFoundException.*filter not found"),
        (of_tags({"gone": ["x"]}), ["SELECT"], "EntityNotFoundException.*Tag or tag value does not exist"),
        (of_other_columns("lf_grants_keys", "region"), ["SELECT"], "partition column region"),
        (
            {"Table": {"CatalogId": "111122223333", "DatabaseName": D, "Name": "t"}},
            ["ALL"],
            "Resource does not exist or requester is not authorized",
        ),
    ],
)
def test_grant_that_makes_no_sense_is_refused(
    admin: Any, role: str, resource: dict[str, Any], permissions: list[str], reason: str
) -> None:
    with pytest.raises(ClientError, match=reason):
        admin.grant_permissions(**to(role, resource, *permissions))


def test_both_or_neither_of_column_names_and_wildcard_are_refused(admin: Any, role: str) -> None:
    for more in ({}, {"ColumnNames": ["id"], "ColumnWildcard": {}}):
        resource = {"TableWithColumns": {"DatabaseName": D, "Name": "t", **more}}
        with pytest.raises(ClientError, match=r"InvalidInputException.*ColumnNames and ColumnWildcard"):
            admin.grant_permissions(**to(role, resource, "SELECT"))


def test_table_wildcard_is_not_granted_to_whoever_iam_allows(admin: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidInputException.*Grant on table wildcard is not allowed"):
        admin.grant_permissions(**to("IAM_ALLOWED_PRINCIPALS", WILDCARD, "ALL"))


def test_role_that_does_not_exist_is_refused(admin: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidInputException.*Invalid principal"):
        admin.grant_permissions(**to(f"arn:aws:iam::{ACCOUNT}:role/lf-gone", of_table(D), "SELECT"))


def test_recreated_role_keeps_its_grants(
    embedded_aws: Any, admin: Any, make_role: Callable[..., str]
) -> None:
    principal = f"arn:aws:iam::{ACCOUNT}:root"
    role = make_role("lf-recreated", principal)
    admin.grant_permissions(**to(role, of_table(D), "SELECT"))
    embedded_aws.client("iam").delete_role(RoleName="lf-recreated")
    make_role("lf-recreated", principal)
    assert _held(admin, role) == [("Table", ["SELECT"], [])]


@pytest.mark.parametrize("writing", ["ALTER", "DROP", "INSERT", "DELETE", "ALL"])
def test_who_sees_some_columns_cannot_write(admin: Any, role: str, writing: str) -> None:
    admin.grant_permissions(**to(role, of_columns(D, "id"), "SELECT"))
    with pytest.raises(ClientError, match=r"InvalidInputException.*a part of the table's columns"):
        admin.grant_permissions(**to(role, of_table(D), writing))
    admin.revoke_permissions(**to(role, of_columns(D, "id"), "SELECT"))
    admin.grant_permissions(**to(role, of_table(D), writing))
    with pytest.raises(ClientError, match=r"InvalidInputException.*a part of its columns"):
        admin.grant_permissions(**to(role, of_columns(D, "id"), "SELECT"))


def test_grant_option_needs_included_columns(admin: Any, role: str) -> None:
    admin.grant_permissions(**to(role, of_columns(D, "id"), "SELECT", grantable=["SELECT"]))
    with pytest.raises(ClientError, match=r"InvalidInputException.*included columns"):
        admin.grant_permissions(**to(role, of_other_columns(D, "id"), "SELECT", grantable=["SELECT"]))


def test_what_is_not_held_cannot_be_revoked(admin: Any, role: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidInputException.*No permissions revoked. Grantee does not"):
        admin.revoke_permissions(**to(role, of_table(D), "SELECT"))


def test_batches_tell_which_entries_failed(admin: Any, role: str) -> None:
    entries = [
        {"Id": "good", **to(role, of_table(D), "SELECT")},
        {"Id": "bad", **to(role, of_table(D, "gone"), "SELECT")},
    ]
    [failure] = admin.batch_grant_permissions(Entries=entries)["Failures"]
    assert (failure["RequestEntry"]["Id"], failure["Error"]["ErrorCode"]) == (
        "bad",
        "EntityNotFoundException",
    )
    assert _held(admin, role) == [("Table", ["SELECT"], [])]
    [failure] = admin.batch_revoke_permissions(Entries=entries)["Failures"]
    assert failure["RequestEntry"]["Id"] == "bad"
    assert _held(admin, role) == []


def test_grants_on_a_table_are_listed_with_those_on_its_columns_and_filters(admin: Any, role: str) -> None:
    admin.create_data_cells_filter(**cells(D, "listed", "region='EU'"))
    for resource in (of_table(D), of_columns(D, "id"), of_filter(D, "listed")):
        admin.grant_permissions(**to(role, resource, "SELECT"))
    found = admin.list_permissions(Principal={"DataLakePrincipalIdentifier": role}, Resource=of_table(D))[
        "PrincipalResourcePermissions"
    ]
    kinds = {next(iter(each["Resource"])) for each in found}
    assert kinds == {"Table", "TableWithColumns", "DataCellsFilter"}


def test_list_is_paged(admin: Any, role: str) -> None:
    for name in ("t", "other"):
        admin.grant_permissions(**to(role, of_table(D, name), "SELECT"))
    first = admin.list_permissions(Principal={"DataLakePrincipalIdentifier": role}, MaxResults=1)
    second = admin.list_permissions(
        Principal={"DataLakePrincipalIdentifier": role}, MaxResults=1, NextToken=first["NextToken"]
    )
    assert "NextToken" not in second
    assert first["PrincipalResourcePermissions"] != second["PrincipalResourcePermissions"]


def test_hundred_filters_of_a_table_are_the_most_for_a_principal(admin: Any, role: str) -> None:
    entries = []
    for at in range(101):
        admin.create_data_cells_filter(**cells(D, f"f{at}", f"id={at}"))
        entries.append({"Id": str(at), **to(role, of_filter(D, f"f{at}"), "SELECT")})
    [failure] = admin.batch_grant_permissions(Entries=entries)["Failures"]
    assert failure["RequestEntry"]["Id"] == "100"


def test_recreated_table_has_no_grants_of_the_old_one(embedded_aws: Any, admin: Any, role: str) -> None:
    glue = embedded_aws.client("glue")
    entry = glue.get_table(DatabaseName=D, Name="other")["Table"]
    admin.grant_permissions(**to(role, of_table(D, "other"), "SELECT"))
    glue.delete_table(DatabaseName=D, Name="other")
    known = ("Name", "TableType", "Parameters", "StorageDescriptor")
    glue.create_table(DatabaseName=D, TableInput={name: entry[name] for name in known})
    assert _held(admin, role) == []
    assert _held(admin, "IAM_ALLOWED_PRINCIPALS")
