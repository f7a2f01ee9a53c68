"""What puts tables under Lake Formation changes what it is told of, and leaves all else alone."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from lake_formation.governance import EVERYBODY, Governance
from lake_formation.request import Governed, Request
from shared.errors import TerminalError

from local.emulator.launcher import EmbeddedAws

PREFIX = "lake-"
LEVEL, ROWS, FOREIGN = f"{PREFIX}level", f"{PREFIX}rows", "others-level"
COLUMNS = ("id", "email", "amount")


@dataclass(frozen=True)
class Catalog:
    """A database with the table `orders`, born open to whoever IAM lets in."""

    client: Any
    database: str

    @property
    def governance(self) -> Governance:
        """The code under test."""
        return Governance(self.client)

    def tags(self, table: str | None = "orders") -> dict[str, Any]:
        """Tags that were attached to a table and its columns, or to the database."""
        resource = Governed(self.database, table).resource
        found = self.client.get_resource_lf_tags(Resource=resource, ShowAssignedLFTags=True)
        columns = {each["Name"]: _values(each["LFTags"]) for each in found.get("LFTagsOnColumns", [])}
        own = found.get("LFTagsOnTable" if table else "LFTagOnDatabase", [])
        return {"": _values(own), **columns}

    def open_to(self, table: str | None = "orders") -> list[str]:
        """Who holds anything on the table, or on the database."""
        resource = Governed(self.database, table).resource
        found = self.client.list_permissions(Resource=resource)["PrincipalResourcePermissions"]
        return [each["Principal"]["DataLakePrincipalIdentifier"] for each in found]

    def request(self, *governed: Governed, access: str = "closed", personas: tuple[str, ...] = ()) -> Request:
        """A request about databases and tables."""
        return Request(governed, access, PREFIX, personas)  # type: ignore[arg-type] # one of three texts


def _values(tags: list[dict[str, Any]]) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValues"][0] for tag in tags}


@pytest.fixture(scope="session")
def keys(embedded_aws: EmbeddedAws) -> None:
    """Keys of tags: two of the lake, one of somebody else."""
    client = embedded_aws.client("lakeformation")
    for key in (LEVEL, ROWS, FOREIGN):
        client.create_lf_tag(TagKey=key, TagValues=["low", "high"])


@pytest.fixture
def make_catalog(embedded_aws: EmbeddedAws, keys: None) -> Callable[[], Catalog]:
    """Make a database with tables."""

    def make() -> Catalog:
        database, glue = f"governed_{uuid.uuid4().hex[:12]}", embedded_aws.client("glue")
        glue.create_database(DatabaseInput={"Name": database})
        columns = [{"Name": name, "Type": "string"} for name in COLUMNS]
        for table in ("orders", "others"):
            glue.create_table(
                DatabaseName=database,
                TableInput={"Name": table, "StorageDescriptor": {"Columns": columns, "Location": ""}},
            )
        return Catalog(embedded_aws.client("lakeformation"), database)

    return make


@pytest.fixture
def catalog(make_catalog: Callable[[], Catalog]) -> Catalog:
    return make_catalog()


def test_tags_are_what_is_wanted_after_every_change(catalog: Catalog) -> None:
    first = Governed(catalog.database, "orders", {LEVEL: "low", ROWS: "low"}, {"email": {LEVEL: "high"}})
    later = Governed(catalog.database, "orders", {LEVEL: "high"}, {"id": {LEVEL: "low", ROWS: "high"}})
    for wanted in (first, first, later, later, first):
        catalog.governance.apply(catalog.request(wanted))
        columns = {name: dict(tags) for name, tags in wanted.columns.items()}
        assert catalog.tags() == {"": dict(wanted.tags), **columns}
    catalog.governance.apply(catalog.request(Governed(catalog.database, tags={LEVEL: "high"})))
    assert catalog.tags(None) == {"": {LEVEL: "high"}}


def test_tags_of_others_stay(catalog: Catalog) -> None:
    table = Governed(catalog.database, "orders")
    for resource in (table.resource, table.with_columns(["email"])):
        tag = {"TagKey": FOREIGN, "TagValues": ["high"]}
        catalog.client.add_lf_tags_to_resource(Resource=resource, LFTags=[tag])
    catalog.governance.apply(catalog.request(table))
    assert catalog.tags() == {"": {FOREIGN: "high"}, "email": {FOREIGN: "high"}}


def test_what_is_closed_is_open_to_nobody_but_whom_grants_name(
    make_catalog: Callable[[], Catalog], make_role: Callable[..., str]
) -> None:
    mine, theirs = make_catalog(), make_catalog()
    reader = make_role(f"reader-{uuid.uuid4().hex[:8]}", "arn:aws:iam::000000000000:root")
    orders = Governed(mine.database, "orders")
    mine.client.grant_permissions(
        Principal={"DataLakePrincipalIdentifier": reader}, Resource=orders.resource, Permissions=["SELECT"]
    )
    for _ in range(2):
        mine.governance.apply(mine.request(Governed(mine.database), orders))
        assert (mine.open_to(None), mine.open_to()) == ([], [reader])
    assert mine.open_to("others") == [EVERYBODY]
    assert (theirs.open_to(None), theirs.open_to()) == ([EVERYBODY], [EVERYBODY])


def test_what_stays_open_gets_its_tags_alone(catalog: Catalog) -> None:
    tagged = Governed(catalog.database, "orders", {LEVEL: "low"})
    catalog.governance.apply(catalog.request(tagged, access="open"))
    assert (catalog.tags(), catalog.open_to()) == ({"": {LEVEL: "low"}}, [EVERYBODY])


def test_personas_are_opted_in_once_and_nobody_is_shut_out(
    catalog: Catalog, make_role: Callable[..., str]
) -> None:
    personas = tuple(
        make_role(f"persona-{uuid.uuid4().hex[:8]}", "arn:aws:iam::000000000000:root") for _ in range(2)
    )
    governed = Governed(catalog.database), Governed(catalog.database, "orders")
    for _ in range(2):
        catalog.governance.apply(catalog.request(*governed, access="opt-in", personas=personas))
    for each in governed:
        found = catalog.client.list_lake_formation_opt_ins(Resource=each.resource)
        names = [
            one["Principal"]["DataLakePrincipalIdentifier"] for one in found["LakeFormationOptInsInfoList"]
        ]
        assert sorted(names) == sorted(personas)
    assert (catalog.open_to(None), catalog.open_to()) == ([EVERYBODY], [EVERYBODY])


def test_tag_that_is_not_there_is_refused_with_its_name(catalog: Catalog) -> None:
    with pytest.raises((TerminalError, catalog.client.exceptions.EntityNotFoundException), match=r"[Tt]ag"):
        catalog.governance.apply(
            catalog.request(Governed(catalog.database, "orders", {f"{PREFIX}missing": "low"}))
        )


def test_emptied_defaults_leave_the_rest_of_the_settings(embedded_aws: EmbeddedAws) -> None:
    client = embedded_aws.client("lakeformation")
    before = client.get_data_lake_settings()["DataLakeSettings"]
    admins = [{"DataLakePrincipalIdentifier": "arn:aws:iam::000000000000:root"}]
    kept = {"DataLakeAdmins": admins, "AllowExternalDataFiltering": True}
    client.put_data_lake_settings(DataLakeSettings={**before, **kept})
    try:
        for _ in range(2):
            Governance(client).empty_defaults()
            after = client.get_data_lake_settings()["DataLakeSettings"]
            emptied: dict[str, Any] = {
                "CreateDatabaseDefaultPermissions": [],
                "CreateTableDefaultPermissions": [],
            }
            assert after == {**before, **kept, **emptied}
    finally:
        client.put_data_lake_settings(DataLakeSettings=before)


@pytest.mark.parametrize(
    ("properties", "fault"),
    [
        ({"Governed": "[]", "TagPrefix": "x-"}, "Access: got ''; allowed: open, closed, opt-in"),
        ({"Governed": "{", "TagPrefix": "x-", "Access": "open"}, "Governed: got JSONDecodeError"),
        ({"TagPrefix": "x-", "Access": "open"}, "Governed: got KeyError"),
        ({"Governed": '[{"Base": "b"}]', "TagPrefix": "x-", "Access": "open"}, "Governed: got KeyError"),
        ({"Governed": "[]", "Access": "open"}, "TagPrefix: got nothing"),
    ],
)
def test_request_is_refused_when_the_lakes_code_did_not_make_it(
    properties: dict[str, Any], fault: str
) -> None:
    with pytest.raises(TerminalError, match=r"deploy what the lake's own code synthesizes$") as caught:
        Request.from_properties(properties)
    assert fault in str(caught.value)


def test_request_holds_what_the_template_says() -> None:
    governed = [{"Database": "d"}, {"Database": "d", "Table": "t", "Tags": {"k": "v"}, "Columns": {"c": {}}}]
    properties = {"Governed": json.dumps(governed), "TagPrefix": "k", "Access": "opt-in", "Personas": ["p"]}
    assert Request.from_properties(properties) == Request(
        (Governed("d"), Governed("d", "t", {"k": "v"}, {"c": {}})), "opt-in", "k", ("p",)
    )
