import re

import pytest

from tests.unit.lakehouse.project import Project, column, source


def test_contract_is_refused_when_it_lacks_what_the_standard_requires(project: Project) -> None:
    contract = source()
    del contract["version"], contract["id"]
    project.write(contract)
    first, second = project.faults()
    assert first.endswith(": id: got 'nothing'; allowed: a value for id; fix: add the key")
    assert second.endswith(": version: got 'nothing'; allowed: a value for version; fix: add the key")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            {"kind": "Contract"},
            r":2: kind: got 'Contract'; allowed: DataContract; fix: did you mean 'DataContract'",
        ),
        ({"domein": "x"}, r":\d+: domein: got 'domein'; allowed: .*; fix: did you mean 'domain'\?"),
        ({"on": "x"}, r": on: got 'on'; allowed: "),
        ({7: "x"}, r": 7: got '7'; allowed: "),
        ({"schema": "none"}, r": schema: got 'none'; allowed: a value of type array; fix: change the value"),
        ({"schema": ["none"]}, r": schema\[0\]: got 'none'; allowed: a value of type object"),
        ({"slaProperties": [{"property": "latency"}]}, r": slaProperties\[0\]\.value: got 'nothing'"),
        ({"team": {"name": 5}}, r": team\.name: got 5; allowed: a value of type string"),
        ({"team": {"nme": "x"}}, r": team\.nme: got 'nme'; allowed: .*; fix: did you mean 'name'\?"),
        ({"customProperties": [{"property": "x"}]}, r": customProperties\[0\]\.value: got 'nothing'"),
    ],
)
def test_contract_is_refused_when_a_value_breaks_the_schema(
    project: Project, change: dict[str, object], fault: str
) -> None:
    project.write({**source(), **change})
    faults = project.faults()
    assert any(re.search(fault, line) for line in faults), faults


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"requirred": True}, r"\[1\]\.requirred: got 'requirred'; .*; fix: did you mean 'required'\?"),
        ({"logicalType": "text"}, r"\[1\]\.logicalType: got 'text'; allowed: array, boolean, date"),
        (
            {"logicalTypeOptions": {"minimum": 1}},
            r"\[1\]\.logicalTypeOptions\.minimum: got 'minimum'; allowed: format",
        ),
        (
            {"quality": [{"metric": "invalid"}]},
            r"\[1\]\.quality\[0\]\.metric: got 'invalid'; allowed: duplicateV",
        ),
        ({"quality": [{"metrc": "nullValues"}]}, r"\[1\]\.quality\[0\]\.metrc: .*did you mean 'metric'\?"),
    ],
)
def test_column_is_refused_when_it_breaks_the_schema(
    project: Project, change: dict[str, object], fault: str
) -> None:
    project.write(source("shop/orders", {**column("note"), **change}))
    faults = project.faults()
    assert any(re.search(r"schema\[0\]\.properties" + fault, line) for line in faults), faults


def test_neighbours_are_not_called_unknown_when_one_value_breaks_the_schema(project: Project) -> None:
    project.write(source("shop/orders", column("note", required="no")))
    assert "schema[0].properties[1].required: got 'no'; allowed: a value of type boolean" in project.fault()


def test_table_that_lacks_its_name_is_that_of_its_file(project: Project) -> None:
    contract = source()
    del contract["schema"][0]["name"]
    assert (
        project.fault_of(contract)
        == "schema[0].name: got 'nothing'; allowed: a value for name; fix: add the key"
    )


def test_columns_that_lack_their_names_have_none_in_common(project: Project) -> None:
    contract = source("shop/orders", column("a"), column("b"))
    for unnamed in contract["schema"][0]["properties"][1:]:
        del unnamed["name"]
    assert [fault.partition(": ")[2].partition(";")[0] for fault in project.faults_of(contract)] == [
        "schema[0].properties[1].name: got 'nothing'",
        "schema[0].properties[2].name: got 'nothing'",
    ]


def test_value_is_judged_when_another_one_is_missing_beside_it(project: Project) -> None:
    contract = {**source(), "version": "1.0"}
    del contract["kind"]
    kind, version = project.faults_of(contract)
    assert ": kind: got 'nothing'" in kind
    assert ": version: got '1.0'; allowed: three numbers" in version


MISSING = {
    "of the contract": ({"id": None, "version": None, "apiVersion": None, "kind": None}, {}, 4),
    "of a column": ({}, {"name": None}, 1),
    "of a rule": ({}, {"quality": [{"type": "sql", "mustBe": 0}]}, 1),
    "of a service level": ({"slaProperties": [{"property": "latency"}]}, {}, 1),
    "of a custom property": ({}, {"customProperties": [{"property": "x"}]}, 1),
}


@pytest.mark.parametrize(("of_contract", "of_column", "number"), MISSING.values(), ids=MISSING)
def test_missing_key_hides_no_other_fault_and_causes_none(
    project: Project, of_contract: dict[str, object], of_column: dict[str, object], number: int
) -> None:
    contract = {**source("shop/orders", {**column("note"), **of_column}, column("Not Snake")), **of_contract}
    contract["schema"][0]["properties"][1] = {
        key: value for key, value in contract["schema"][0]["properties"][1].items() if value is not None
    }
    project.write({key: value for key, value in contract.items() if value is not None})
    faults = project.faults()
    assert sum("got 'nothing'" in fault for fault in faults) == number
    assert sum("got 'Not Snake'" in fault for fault in faults) == 1
    assert len(faults) == number + 1, faults
