from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

GLUE = "arn:aws:glue:us-east-1:000000000000:"
CATALOG, DATABASE, TABLE = f"{GLUE}catalog", f"{GLUE}database/access_one", f"{GLUE}table/access_one/mine"
ACTIONS = ["glue:GetTable", "glue:GetDatabase", "glue:GetTables", "glue:DeleteTable", "glue:GetPartitions"]


@pytest.fixture(scope="module")
def glue_with(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> Callable[..., Any]:
    glue = embedded_aws.client("glue")
    glue.create_database(DatabaseInput={"Name": "access_one"})
    for table in ("mine", "theirs"):
        glue.create_table(DatabaseName="access_one", TableInput={"Name": table})

    def make(name: str, *resources: str) -> Any:
        role = make_role(f"glue-access-{name}", "arn:aws:iam::000000000000:root", (ACTIONS, list(resources)))
        return client_as("glue", role)

    return make


def test_table_is_seen_alone_when_the_permission_names_it(glue_with: Callable[..., Any]) -> None:
    glue = glue_with("one-table", CATALOG, DATABASE, TABLE)
    assert glue.get_table(DatabaseName="access_one", Name="mine")["Table"]["Name"] == "mine"
    assert glue.get_partitions(DatabaseName="access_one", TableName="mine")["Partitions"] == []
    assert glue.get_database(Name="access_one")["Database"]["Name"] == "access_one"
    for call in (glue.get_table, glue.delete_table):
        with pytest.raises(ClientError, match="not authorized to perform: glue:"):
            call(DatabaseName="access_one", Name="theirs")


@pytest.mark.parametrize(
    ("lacking", "resources"),
    [("catalog", (DATABASE, TABLE)), ("database", (CATALOG, TABLE)), ("table", (CATALOG, DATABASE))],
)
def test_table_is_denied_when_the_permission_lacks_the(
    glue_with: Callable[..., Any], lacking: str, resources: tuple[str, ...]
) -> None:
    glue = glue_with(f"no-{lacking}", *resources)
    with pytest.raises(ClientError, match="not authorized to perform: glue:GetTable"):
        glue.get_table(DatabaseName="access_one", Name="mine")


def test_database_is_denied_when_only_a_table_of_its_name_is_allowed(glue_with: Callable[..., Any]) -> None:
    glue = glue_with("table-of-its-name", CATALOG, f"{GLUE}table/access_one")
    with pytest.raises(ClientError, match="not authorized to perform: glue:GetDatabase"):
        glue.get_database(Name="access_one")
