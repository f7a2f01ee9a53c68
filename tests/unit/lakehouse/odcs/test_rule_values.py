"""Values of quality rules that are no values of the standard are told once, whatever else the rule says."""

import pytest

from tests.unit.lakehouse.project import Json, Project, column, source

METRICS = "duplicateValues, invalidValues, missingValues, nullValues, rowCount"


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({"metric": 5}, f"metric: got 5; allowed: {METRICS}; fix: remove it, or use one of these"),
        ({"metric": ["nullValues"]}, f"metric: got ['nullValues']; allowed: {METRICS}; fix: "),
        (
            {"metric": "nulValues"},
            f"metric: got 'nulValues'; allowed: {METRICS}; fix: did you mean 'nullValues'?",
        ),
        ({"type": "sql", "query": 5}, "query: got 5; allowed: a value of type string; fix: change the value"),
    ],
)
def test_rule_is_refused_once_when_what_it_measures_cannot_be_told(
    project: Project, rule: Json, fault: str
) -> None:
    found = project.fault_of(source("shop/orders", column("note", quality=[{**rule, "mustBe": 0}])))
    assert f"schema[0].properties[1].quality[0].{fault}" in found
