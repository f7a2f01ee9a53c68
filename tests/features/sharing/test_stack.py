"""The two sides of a share fit, and neither opens more than the other one is to read."""

import json
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from config.load import PROJECT_ROOT
from lakehouse.access.reading import Reading, readings
from stacks.policies.packs import NAG_PACKS
from tests.features.sharing.conftest import ACCOUNT, DATASETS, PERSONA, READER, Side, reading
from tests.fixtures.environments import TRIAL
from tools.access.run import cells as cells_of
from tools.lake.site.pages import files
from tools.preflight.run import look

GRANT, FILTER = "AWS::LakeFormation::PrincipalPermissions", "AWS::LakeFormation::DataCellsFilter"


def shared() -> dict[str, Reading]:
    """What the persona of the settings reads of each dataset that is shared, by table."""
    naming, lake = TRIAL.settings.naming, TRIAL.lake
    return {
        f"{naming.database(each.layer, each.domain)}.{each.name}": readings(each, lake.access)[PERSONA]
        for each in lake.datasets
        if each.id in DATASETS
    }


def cells(reading_: Reading) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(reading_.columns, (reading_.rows or "",))


def to_account(side: Side) -> list[dict[str, Any]]:
    """Grants of a side to the account that reads."""
    found = (dict(each.properties) for each in side.assembly.of(GRANT))
    return [each for each in found if each["Principal"]["DataLakePrincipalIdentifier"] == ACCOUNT]


def test_account_that_reads_is_granted_the_cells_of_the_persona_and_nothing_else(owner: Side) -> None:
    assert owner.matrix.accounts == [ACCOUNT]
    found = {row.table: row for row in owner.matrix.rows() if row.role == ACCOUNT}
    assert {table: dict(row.cells) for table, row in found.items()} == {
        table: cells(each) for table, each in shared().items()
    }
    assert any(each.rows for each in shared().values())
    grants = to_account(owner)
    assert [each["PermissionsWithGrantOption"] for each in grants] == [["SELECT"]] * len(DATASETS)
    assert {kind for each in grants for kind in each["Resource"]} == {"DataCellsFilter"}


def test_no_policy_of_the_lake_names_the_account_that_reads(owner: Side) -> None:
    """Lake Formation gives the files, as the role of the location."""
    named = [each for each in owner.assembly.resources if ACCOUNT in json.dumps(each.properties, default=str)]
    assert {each.kind for each in named} == {GRANT}


def test_table_is_shared_once_iam_alone_opens_it_to_nobody(owner: Side) -> None:
    filters = [each for each in owner.assembly.of(FILTER) if "-reads-" in each.properties["Name"]]
    assert len(filters) == len(DATASETS)
    for each in filters:
        [governed] = [
            one
            for one in owner.assembly.of("Custom::GovernedTables")
            if one.stack is each.stack and f'"{each.properties["TableName"]}"' in one.properties["Governed"]
        ]
        assert owner.assembly.comes_after(each, governed)


def test_side_that_reads_links_and_grants_what_the_other_one_shares(owner: Side, reader: Side) -> None:
    here = {
        (each.properties["DatabaseName"], each.properties["TableName"], each.properties["Name"])
        for each in owner.assembly.of(FILTER)
    }
    there = [
        each.properties["Resource"]["DataCellsFilter"]
        for each in reader.assembly.of(GRANT)
        if "DataCellsFilter" in each.properties["Resource"]
        and each.properties["Resource"]["DataCellsFilter"]["TableCatalogId"] == TRIAL.settings.account
    ]
    assert len(there) == len(DATASETS)
    assert {(each["DatabaseName"], each["TableName"], each["Name"]) for each in there} <= here
    links = {f"{each.database}.{each.name}" for each in reader.matrix.tables if each.owner}
    assert links == set(shared())


def test_only_personas_that_settings_name_read_what_is_shared(reader: Side) -> None:
    links = {str(each) for each in reader.matrix.tables if each.owner}
    found = [row for row in reader.matrix.rows() if row.table in links and row.cells]
    assert {row.role for row in found} == {reader.settings.naming.resource("clerk")}
    assert {row.table: dict(row.cells) for row in found} == {
        table: cells(each) for table, each in shared().items()
    }
    assert not any(row.files or row.changes for row in reader.matrix.rows() if row.table in links)


def test_catalogue_tells_who_reads_tables_of_the_other_account(owner: Side, reader: Side) -> None:
    pages = {}
    for side in (owner, reader):
        access = cells_of(TRIAL.lake, side.settings.naming, side.folder)
        pages[side.settings.environment] = dict(files(TRIAL.lake, side.settings, access))["access.html"]
    assert f'<th scope="col">{ACCOUNT}</th>' in pages[TRIAL.name]
    assert "Tables of other accounts" not in pages[TRIAL.name]
    [_, foreign] = pages[READER].split("Tables of other accounts")
    assert foreign.count("<h3>") == len(DATASETS)
    assert all(f"<code>{each.rows}</code>" in unescape(foreign) for each in shared().values() if each.rows)


def test_policies_find_nothing_in_the_side_that_reads(build_app: Callable[..., Any]) -> None:
    app = build_app(TRIAL, settings=reading())
    for pack in NAG_PACKS:
        assert [each.rule_name for each in pack(app).validate_scope(app).violations] == []


@pytest.mark.parametrize("name", ["owner", "reader"])
def test_side_can_be_deployed_for_the_first_time(name: str, request: pytest.FixtureRequest) -> None:
    found = look(request.getfixturevalue(name).assembly, PROJECT_ROOT).findings
    assert [(each.where, each.edge, each.why) for each in found] == []
