import pytest

from lakehouse.model.service import ServiceLevel
from tests.unit.lakehouse.project import Json, Project, source


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            {"apiVersion": "v3.0.2"},
            "apiVersion: got 'v3.0.2'; allowed: v3.1.0, v3.2.0; fix: did you mean 'v3.2.0'?",
        ),
        ({"version": "1.0"}, "version: got '1.0'; allowed: three numbers, as in 1.0.0"),
        (
            {"description": {"usage": "x"}},
            "description.purpose: got '0 characters'; allowed: 1 to 2048 characters",
        ),
        ({"description": {"purpose": "x" * 2049}}, "description.purpose: got '2049 characters'"),
        ({"team": {"description": "x"}}, "team.name: got 'nothing'; allowed: the name of a team"),
        ({"team": [{"username": "ada"}]}, "team.name: got 'nothing'; allowed: the name of a team"),
        ({"schema": []}, "schema: got '0 objects'; allowed: one object; fix: write one contract per table"),
        (
            {"slaProperties": [{"property": "latency", "value": "4", "unit": "h"}]},
            "slaProperties[0].value: got '4'; allowed: a number above 0",
        ),
        (
            {"slaProperties": [{"property": "latency", "value": 4, "unit": "week"}]},
            "slaProperties[0].unit: got 'week'; allowed: d, day, days, h, hour, hours, hr, m,",
        ),
        (
            {"slaProperties": [{"property": "latency", "value": 4, "unit": "h"}] * 2},
            "slaProperties[1]: got 'latency'; allowed: one latency",
        ),
        (
            {"slaProperties": [{"property": "latency", "value": 90, "unit": "m"}]},
            "slaProperties.latency: got '90 minutes'; allowed: whole hours; fix: round it up",
        ),
        (
            {"roles": [{"role": "analyst"}]},
            "roles[0].role: got 'analyst'; allowed: clerk, engineer, scientist, who read silver",
        ),
        (
            {"roles": [{"role": "scientist", "access": "write"}]},
            "roles[0].access: got 'write'; allowed: read; fix: remove it: jobs alone write tables",
        ),
    ],
)
def test_contract_is_refused_when_its_head_is_wrong(project: Project, change: Json, fault: str) -> None:
    assert fault in project.fault_of({**source(), **change})


def test_table_is_refused_when_its_names_differ_from_the_file(project: Project) -> None:
    contract = source()
    contract["schema"][0].update(name="order", physicalName="tbl_orders")
    project.write(contract)
    name, physical = project.faults()
    assert "schema[0].name: got 'order'; allowed: orders, as the file is named" in name
    assert "schema[0].physicalName: got 'tbl_orders'; allowed: orders, as the file is named" in physical


def test_domain_is_refused_when_it_is_not_snake_case(project: Project) -> None:
    project.write({**source(), "domain": "web-shop"}, "web-shop/orders")
    assert "domain: got 'web-shop'; allowed: snake_case: lower-case letters" in project.fault()


def test_lake_property_is_refused_when_it_stands_on_the_table(project: Project) -> None:
    contract = source()
    contract["schema"][0]["customProperties"] = [{"property": "lake.write", "value": "append"}]
    fault = project.fault_of(contract)
    assert (
        "schema[0].customProperties[0].property: got 'lake.write'; allowed: no `lake.` property here" in fault
    )


def test_freshness_is_unknown_when_no_latency_is_promised(project: Project) -> None:
    project.write({**source(), "slaProperties": [{"property": "frequency", "value": 1, "unit": "d"}]})
    assert project.load().datasets[0].service == ServiceLevel(frequency_hours=24)
