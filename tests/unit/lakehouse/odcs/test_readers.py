"""What a contract says of single personas."""

from typing import Any

import pytest

from lakehouse.model.access import Reader
from tests.unit.lakehouse.project import Project, column, source

REGION = column("region", physicalType="string")


def contract(role: str, **said: Any) -> dict[str, Any]:
    custom = [{"property": f"lake.{name}", "value": value} for name, value in said.items()]
    return source("shop/orders", REGION) | {"roles": [{"role": role, "customProperties": custom}]}


@pytest.mark.parametrize(
    ("said", "reader"),
    [
        ({}, Reader("scientist")),
        ({"rows": "region  =\n 'EU'"}, Reader("scientist", rows="region = 'EU'")),
        ({"columns": ["region"]}, Reader("scientist", ("region",))),
        ({"columns": []}, Reader("scientist", ())),
        (
            {"columns": ["order_id", "_record_hash"], "rows": "region = 'EU'"},
            Reader("scientist", ("order_id", "_record_hash"), "region = 'EU'"),
        ),
    ],
)
def test_reader_has_the_columns_and_rows_that_are_said(
    project: Project, said: dict[str, Any], reader: Reader
) -> None:
    project.write(contract("scientist", **said))
    [dataset] = project.load().datasets
    assert dataset.readers == (reader,)
    assert dataset.is_narrowed is bool(said)


def test_contract_may_let_a_persona_read_what_the_policy_does_not(project: Project) -> None:
    project.write(contract("analyst", columns=["region"]))
    [dataset] = project.load().datasets
    assert dataset.readers == (Reader("analyst", ("region",)),)


@pytest.mark.parametrize(
    ("role", "said", "fault"),
    [
        ("scientist", {"columns": ["regions"]}, "got 'regions'; allowed: a list of _record_hash, "),
        ("scientist", {"columns": "everything"}, "got 'everything'; allowed: a list of _record_hash, "),
        ("scientist", {"columns": ["region", "region"]}, "allowed: each column once"),
        ("scientist", {"rows": "lower(region) = 'eu'"}, "whose left side is no column"),
        ("scientist", {"rows": True}, "customProperties[0].value: got True; allowed: comparisons of one col"),
        ("scientist", {"row": "region = 'EU'"}, "property: got 'lake.row'; allowed: lake.columns, lake.rows"),
        ("analyst", {"rows": "region = 'EU'"}, "roles[0].role: got 'analyst'; allowed: clerk, engineer, sci"),
    ],
)
def test_reader_is_refused_when_what_is_said_cannot_be(
    project: Project, role: str, said: dict[str, Any], fault: str
) -> None:
    assert fault in project.fault_of(contract(role, **said))


def test_persona_is_named_once(project: Project) -> None:
    twice = source() | {"roles": [{"role": "scientist"}, {"role": "scientist"}]}
    assert "roles[1].role: got 'scientist'; allowed: each persona once" in project.fault_of(twice)
