"""What a contract may say of personas, and what authors read of roles that are refused."""

import pytest

from lakehouse.access.load import POLICY
from lakehouse.model.access import Reader
from tests.unit.lakehouse.project import Json, Project, column, source

ALLOWED = (
    "allowed: comparisons of one column with constants (=, <>, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL), "
    "joined by AND, OR and NOT; fix: write "
)
PLACE = "roles[0].customProperties[0]"


def said(**values: object) -> list[Json]:
    return [{"property": f"lake.{name}", "value": value} for name, value in values.items()]


def of_roles(*roles: Json, **lake: object) -> Json:
    return source("shop/orders", column("region"), **lake) | {"roles": [*roles]}


def scientist(*custom: Json) -> Json:
    return {"role": "scientist", "customProperties": [*custom]}


def test_properties_of_other_tools_on_a_role_are_nobodys_business(project: Project) -> None:
    project.write(of_roles(scientist({"property": "own", "value": 1}, *said(columns=["region"]))))
    assert project.load().datasets[0].readers == (Reader("scientist", ("region",)),)


@pytest.mark.parametrize("partition", ["bucket(4, region)", "truncate(4, region)"])
def test_rows_may_be_asked_for_null_when_the_column_is_partitioned_otherwise_than_as_it_is(
    project: Project, partition: str
) -> None:
    project.write(of_roles(scientist(*said(rows="region IS NULL")), partition=[partition]))
    assert project.load().datasets[0].readers == (Reader("scientist", rows="region IS NULL"),)


@pytest.mark.parametrize(
    ("contract", "faults"),
    [
        (
            of_roles({"role": "scientists"}, {"role": "clerks"}),
            [
                "roles[0].role: got 'scientists'; allowed: analyst, clerk, engineer, scientist, "
                "security_officer; fix: did you mean 'scientist'?",
                "roles[1].role: got 'clerks'; allowed: analyst, clerk, engineer, scientist, "
                "security_officer; fix: did you mean 'clerk'?",
            ],
        ),
        (
            of_roles({"role": "scientist"}, {"role": "scientist"}),
            ["roles[1].role: got 'scientist'; allowed: each persona once; fix: remove one of them"],
        ),
        (
            of_roles({"role": "scientist"}, {"role": "analyst"}),
            [
                "roles[1].role: got 'analyst'; allowed: clerk, engineer, scientist, who read silver; fix: "
                "remove it, name its columns in lake.columns, or let the policy say so"
            ],
        ),
        (
            of_roles(scientist(*said(row="region = 'EU'"))),
            [
                f"{PLACE}.property: got 'lake.row'; allowed: lake.columns, lake.rows; fix: did you mean "
                "'lake.rows'?"
            ],
        ),
        (
            of_roles(scientist(*said(columns=["region", "region"]))),
            [
                f"{PLACE}.value: got ['region', 'region']; allowed: each column once; fix: remove the "
                "repeated one"
            ],
        ),
        (
            of_roles(scientist(*said(rows=True))),
            [f"{PLACE}.value: got True; {ALLOWED}the condition as a text"],
        ),
        (
            of_roles(scientist(*said(rows="region"))),
            [f"{PLACE}.value: got 'region, which compares nothing'; {ALLOWED}another condition"],
        ),
        (
            of_roles(scientist(*said(rows="region IS NULL")), partition=["region"]),
            [
                f"{PLACE}.value: got 'region IS NULL, and region is a partition column'; {ALLOWED}another "
                "condition"
            ],
        ),
    ],
)
def test_role_is_refused_with_all_that_is_wrong(project: Project, contract: Json, faults: list[str]) -> None:
    found = [fault.partition(": ")[2] for fault in project.faults_of(contract)]
    assert found == faults


def test_roles_are_not_judged_when_the_policy_cannot_be_read(project: Project) -> None:
    (project.root / POLICY).write_text("personas: {}\n")
    faults = project.faults_of(of_roles({"role": "anybody"}))
    assert [fault.partition(":")[0] for fault in faults] == [POLICY]
