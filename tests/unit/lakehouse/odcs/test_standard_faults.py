"""What authors read of a document that breaks the standard's schema, and what is checked all the same."""

import pytest

from tests.unit.lakehouse.project import Json, Project, column, source


def with_quality(*quality: Json) -> Json:
    return source("shop/orders", column("note", quality=[*quality]))


@pytest.mark.parametrize(
    ("contract", "faults"),
    [
        (
            source("shop/orders", column("note", logicalTypeOptions={"minLength": -1})),
            [
                "schema[0].properties[1].logicalTypeOptions.minLength: got -1; allowed: minimum 0; fix: see "
                "the schema of the standard"
            ],
        ),
        (
            source("shop/orders", column("note", enum=[])),
            [
                "schema[0].properties[1].enum: got []; allowed: minItems 1; fix: see the schema of the "
                "standard"
            ],
        ),
        (
            source("shop/orders", column("note", "map", map={"key": {"logicalType": "string"}})),
            [
                "schema[0].properties[1].map.value: got 'nothing'; allowed: a value for value; fix: add the "
                "key"
            ],
        ),
        (
            source(
                "shop/orders",
                column(
                    "note",
                    "object",
                    properties=[column("a")],
                    logicalTypeOptions={"required": ["a", True, True]},
                ),
            ),
            [
                "schema[0].properties[1].logicalTypeOptions.required: got ['a', True, True]; allowed: texts: "
                "YAML takes yes, no, on and off for true and false; fix: write each value in quotes",
                "schema[0].properties[1].logicalTypeOptions.required[1]: got True; allowed: a value of type "
                "string; fix: change the value",
                "schema[0].properties[1].logicalTypeOptions.required[2]: got True; allowed: a value of type "
                "string; fix: change the value",
            ],
        ),
        (
            source("shop/orders", column("note", "map", map={})),
            [
                "schema[0].properties[1].map.key: got 'nothing'; allowed: a value for key; fix: add the key",
                "schema[0].properties[1].map.value: got 'nothing'; allowed: a value for value; fix: add the "
                "key",
            ],
        ),
        (
            source() | {"apiVersion": "v9.0.0"},
            [
                "apiVersion: got 'v9.0.0'; allowed: v2.2.0, v2.2.1, v2.2.2, v3.0.0, v3.0.1, v3.0.2, v3.1.0, "
                "v3.2.0; fix: did you mean 'v3.0.0'?"
            ],
        ),
        (
            source() | {"status": 7, "version": "1.0"},
            [
                "status: got 7; allowed: a value of type string; fix: change the value",
                "version: got '1.0'; allowed: three numbers, as in 1.0.0; fix: write a semantic version",
            ],
        ),
        (
            with_quality({"mustBe": 0, "metric": "nulls"}),
            [
                "schema[0].properties[1].quality[0].metric: got 'nulls'; allowed: duplicateValues, "
                "invalidValues, missingValues, nullValues, rowCount; fix: did you mean 'nullValues'?"
            ],
        ),
    ],
)
def test_contract_is_refused_with_what_breaks_the_schema(
    project: Project, contract: Json, faults: list[str]
) -> None:
    found = [fault.partition(": ")[2] for fault in project.faults_of(contract)]
    assert sorted(found) == sorted(faults)


def test_rule_of_the_schema_is_told_when_there_are_no_better_words(project: Project) -> None:
    fault = project.fault_of(source() | {"context": 5})
    assert fault.startswith("context: got 5; allowed: oneOf [{'type': 'string', ")
    assert fault.endswith("; fix: see the schema of the standard")


def test_every_unknown_key_is_told_when_there_are_several(project: Project) -> None:
    faults = project.faults_of(source() | {"domein": "x", "vershion": "1.0.0"})
    assert [fault.rpartition("; ")[2] for fault in faults] == [
        "fix: did you mean 'domain'?",
        "fix: did you mean 'version'?",
    ]
