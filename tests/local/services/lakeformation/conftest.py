"""A data lake with an administrator and tables that nobody but its grants opens."""

from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.conftest import iceberg_catalog  # noqa: F401 (a fixture)
from tests.local.services.lakeformation import world
from tests.local.services.lakeformation.tables import ACCOUNT, close, table
from tests.local.services.lakeformation.world import World

ADMIN_ACTIONS = ["lakeformation:*", "glue:*", "iam:PassRole"]


@pytest.fixture(scope="session")
def lakeformation(embedded_aws: EmbeddedAws) -> Any:
    """Lake Formation as root."""
    return embedded_aws.client("lakeformation")


@pytest.fixture(scope="session")
def admin_role(lakeformation: Any, make_role: Callable[..., str]) -> str:
    """A role that administers the data lake; the settings are those of a new account otherwise."""
    role = make_role("lf-admin", f"arn:aws:iam::{ACCOUNT}:root", (ADMIN_ACTIONS, ["*"]))
    settings = lakeformation.get_data_lake_settings()["DataLakeSettings"]
    admins = [*settings["DataLakeAdmins"], {"DataLakePrincipalIdentifier": role}]
    lakeformation.put_data_lake_settings(DataLakeSettings={**settings, "DataLakeAdmins": admins})
    return role


@pytest.fixture(scope="session")
def admin(admin_role: str, client_as: Callable[[str, str], Any]) -> Any:
    """Lake Formation as its administrator."""
    return client_as("lakeformation", admin_role)


@pytest.fixture(scope="session")
def governed(embedded_aws: EmbeddedAws, lakeformation: Any) -> Callable[..., None]:
    """Makes a database with tables on which Super was revoked from IAMAllowedPrincipals."""

    def make(database: str, *tables: str, keys: tuple[str, ...] = ()) -> None:
        glue = embedded_aws.client("glue")
        glue.create_database(DatabaseInput={"Name": database})
        close(lakeformation, {"Database": {"Name": database}})
        for name in tables:
            glue.create_table(DatabaseName=database, TableInput=table(name, keys=keys))
            close(lakeformation, {"Table": {"DatabaseName": database, "Name": name}})

    return make


@pytest.fixture(scope="session")
def registered(embedded_aws: EmbeddedAws, lakeformation: Any, make_role: Callable[..., str]) -> str:
    """A registered bucket, a work group with a bucket of its own for results; the role that reads data."""
    s3 = embedded_aws.client("s3")
    for bucket in (world.DATA, world.RESULTS):
        s3.create_bucket(Bucket=bucket)
    place = {"OutputLocation": f"s3://{world.RESULTS}/answers/"}
    configuration = {"EnforceWorkGroupConfiguration": True, "ResultConfiguration": place}
    embedded_aws.client("athena").create_work_group(Name=world.WORKGROUP, Configuration=configuration)
    role = make_role("lf-location", "lakeformation.amazonaws.com", world.OWN_DATA)
    lakeformation.register_resource(ResourceArn=f"arn:aws:s3:::{world.DATA}", RoleArn=role)
    return role


@pytest.fixture
def make_world(
    embedded_aws: EmbeddedAws,
    admin: Any,
    registered: str,
    make_role: Callable[..., str],
    client_as: Callable[[str, str], Any],
) -> Callable[..., World]:
    """Makes a database with a table, and an analyst whom IAM allows this."""

    def make(name: str, *allowed: world.Statement) -> World:
        role = make_role(f"lf-{name}", f"arn:aws:iam::{ACCOUNT}:root", *(allowed or world.PERSONA))
        made = World(embedded_aws, admin, f"lf_{name}", role, lambda service: client_as(service, role))
        made.prepare()
        return made

    return make
