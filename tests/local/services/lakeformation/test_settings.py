"""The API of settings, locations and opt-ins."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.services.lakeformation.requests import of_table, to
from tests.local.services.lakeformation.tables import ACCOUNT, close

ARN = "arn:aws:s3:::lf-settings/path"
OPEN = [{"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}]


@pytest.fixture
def settings(lakeformation: Any, admin_role: str) -> Iterator[dict[str, Any]]:
    before = lakeformation.get_data_lake_settings()["DataLakeSettings"]
    yield before
    lakeformation.put_data_lake_settings(DataLakeSettings=before)


def test_new_account_leaves_databases_and_tables_to_iam(settings: dict[str, Any], admin_role: str) -> None:
    assert settings["CreateDatabaseDefaultPermissions"] == OPEN
    assert settings["CreateTableDefaultPermissions"] == OPEN
    assert {"DataLakePrincipalIdentifier": admin_role} in settings["DataLakeAdmins"]


def test_cleared_defaults_hold_for_what_is_made_later(
    embedded_aws: Any, lakeformation: Any, settings: dict[str, Any]
) -> None:
    glue = embedded_aws.client("glue")
    glue.create_database(DatabaseInput={"Name": "lf_before"})
    cleared: dict[str, Any] = {"CreateDatabaseDefaultPermissions": [], "CreateTableDefaultPermissions": []}
    lakeformation.put_data_lake_settings(DataLakeSettings={**settings, **cleared})
    glue.create_database(DatabaseInput={"Name": "lf_after"})
    held = [
        lakeformation.list_permissions(Resource={"Database": {"Name": name}})["PrincipalResourcePermissions"]
        for name in ("lf_before", "lf_after")
    ]
    assert [len(each) for each in held] == [1, 0]


@pytest.mark.parametrize("member", ["DataLakeAdmins", "ReadOnlyAdmins"])
def test_deleted_role_as_administrator_breaks_the_settings(
    lakeformation: Any, settings: dict[str, Any], member: str
) -> None:
    gone = [{"DataLakePrincipalIdentifier": f"arn:aws:iam::{ACCOUNT}:role/lf-deleted"}]
    with pytest.raises(ClientError, match=r"InvalidInputException.*Invalid principal"):
        lakeformation.put_data_lake_settings(DataLakeSettings={**settings, member: gone})


def test_read_only_administrators_see_and_change_nothing(
    lakeformation: Any,
    settings: dict[str, Any],
    governed: Callable[..., None],
    make_role: Callable[..., str],
    client_as: Callable[[str, str], Any],
) -> None:
    governed("lf_reading", "t")
    role = make_role("lf-auditor", f"arn:aws:iam::{ACCOUNT}:root", (["lakeformation:*", "glue:*"], ["*"]))
    auditor = client_as("lakeformation", role)
    readers = [{"DataLakePrincipalIdentifier": role}]
    lakeformation.put_data_lake_settings(DataLakeSettings={**settings, "ReadOnlyAdmins": readers})
    assert auditor.list_permissions()["PrincipalResourcePermissions"]
    assert client_as("glue", role).get_table(DatabaseName="lf_reading", Name="t")
    with pytest.raises(ClientError, match="not authorized"):
        auditor.grant_permissions(**to(role, of_table("lf_reading"), "SELECT"))


def test_location_is_registered_changed_and_left(lakeformation: Any, make_role: Callable[..., str]) -> None:
    role = make_role("lf-registered", "lakeformation.amazonaws.com")
    lakeformation.register_resource(ResourceArn=ARN, RoleArn=role)
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        lakeformation.register_resource(ResourceArn=ARN, RoleArn=role)
    lakeformation.update_resource(ResourceArn=ARN, RoleArn=role, HybridAccessEnabled=True)
    found = lakeformation.describe_resource(ResourceArn=ARN)["ResourceInfo"]
    assert (found["RoleArn"], found["HybridAccessEnabled"]) == (role, True)
    assert ARN in [each["ResourceArn"] for each in lakeformation.list_resources()["ResourceInfoList"]]
    lakeformation.deregister_resource(ResourceArn=ARN)
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        lakeformation.describe_resource(ResourceArn=ARN)


@pytest.mark.parametrize("more", [{"UseServiceLinkedRole": True}, {}])
def test_location_needs_a_role_of_its_own(lakeformation: Any, more: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match=r"InvalidInputException.*name a role"):
        lakeformation.register_resource(ResourceArn=ARN, **more)


def test_who_registers_a_location_must_be_allowed_to_pass_its_role(
    make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    passed = make_role("lf-passed", "lakeformation.amazonaws.com")
    role = make_role("lf-registrar", f"arn:aws:iam::{ACCOUNT}:root", (["lakeformation:*"], ["*"]))
    with pytest.raises(ClientError, match="not authorized to perform: iam:PassRole"):
        client_as("lakeformation", role).register_resource(ResourceArn=ARN, RoleArn=passed)


def test_administrators_alone_opt_principals_in(
    admin: Any,
    lakeformation: Any,
    governed: Callable[..., None],
    make_role: Callable[..., str],
    client_as: Callable[[str, str], Any],
) -> None:
    governed("lf_opted", "t")
    role = make_role("lf-opted", f"arn:aws:iam::{ACCOUNT}:root", (["lakeformation:*"], ["*"]))
    request = {"Principal": {"DataLakePrincipalIdentifier": role}, "Resource": of_table("lf_opted")}
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client_as("lakeformation", role).create_lake_formation_opt_in(**request)
    admin.create_lake_formation_opt_in(**request)
    with pytest.raises(ClientError, match="already exists"):
        admin.create_lake_formation_opt_in(**request)
    listed = admin.list_lake_formation_opt_ins(Principal=request["Principal"])
    assert len(listed["LakeFormationOptInsInfoList"]) == 1
    admin.delete_lake_formation_opt_in(**request)
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        admin.delete_lake_formation_opt_in(**request)
    with pytest.raises(ClientError, match="InvalidInputException"):
        close(lakeformation, of_table("lf_opted"))
