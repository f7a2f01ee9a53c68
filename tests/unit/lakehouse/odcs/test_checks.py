import pytest

from lakehouse.model import Checks
from tests.unit.lakehouse.project import Json, Project, column, source

INTEGER = {"logicalType": "integer", "physicalType": "int"}


def invalid(**arguments: object) -> list[Json]:
    return [{"metric": "invalidValues", "arguments": arguments, "mustBe": 0}]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"logicalTypeOptions": {"pattern": "^a", "minLength": 1, "maxLength": 9, "format": "uuid"}},
            Checks(pattern="^a", min_length=1, max_length=9),
        ),
        (
            {**INTEGER, "logicalTypeOptions": {"minimum": 0, "maximum": 5, "format": "i8"}},
            Checks(minimum=0, maximum=5),
        ),
        (
            {"logicalType": "number", "physicalType": "decimal(4,2)", "logicalTypeOptions": {"minimum": 0.5}},
            Checks(minimum=0.5),
        ),
        ({"quality": invalid(validValues=["b", "a"])}, Checks(allowed=("b", "a"))),
        ({"quality": [*invalid(pattern="x"), {"type": "text", "description": "Kind."}]}, Checks(pattern="x")),
        ({"enum": [{"value": "a", "label": "A"}]}, Checks(allowed=("a",))),
    ],
)
def test_checks_are_read_when_the_standard_has_a_place_for_them(
    project: Project, change: Json, expected: Checks
) -> None:
    project.write(source("shop/orders", {**column("note"), **change}))
    assert project.load().datasets[0].fields[1].checks == expected


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            {**INTEGER, "logicalTypeOptions": {"multipleOf": 5}},
            "multipleOf: got 'multipleOf'; allowed: format, maximum",
        ),
        (
            {"logicalType": "date", "logicalTypeOptions": {"minimum": "2020-01-01"}},
            "minimum: got 'minimum'; allowed: nothing; fix: remove it: no job enforces it",
        ),
        (
            {"logicalType": "timestamp", "physicalType": "timestamp", "logicalTypeOptions": {"format": "HH"}},
            "format: got 'format'; allowed: timezone",
        ),
        (
            {"physicalType": "binary", "logicalTypeOptions": {"maxLength": 5}},
            "maxLength: got 'maxLength'; allowed: noth",
        ),
        (
            {"quality": [{"metric": "nullValues", "mustBe": 0}]},
            "quality[0]: got 'nullValues'; allowed: `metric: inv",
        ),
        (
            {"quality": [{**invalid(validValues=["a"])[0], "mustBe": 5}]},
            "quality[0]: got 'invalidValues'; allowed:",
        ),
        (
            {"quality": [{"type": "sql", "query": "SELECT 1", "mustBe": 1}]},
            "quality[0]: got 'sql'; allowed: `metric",
        ),
        (
            {"quality": invalid(validFormat="email")},
            "quality[0]: got 'invalidValues'; allowed: `metric: invalidVal",
        ),
        (
            {"quality": invalid(validValues=[1])},
            "got [1]; allowed: a list of texts; fix: write each value in quotes",
        ),
        ({"quality": invalid(validValues=[])}, "got []; allowed: a list of texts"),
        (
            {**INTEGER, "quality": invalid(validValues=["1"])},
            "got 'allowed'; allowed: minimum and maximum, or a string",
        ),
        ({"logicalTypeOptions": {"pattern": "("}}, "got '('; allowed: a regular expression (missing )"),
        (
            {"logicalTypeOptions": {"pattern": "a"}, "quality": invalid(pattern="b")},
            "quality[0]: got 'b'; allowed: one place that sets the pattern values; fix: remove one of them",
        ),
        (
            {"logicalTypeOptions": {"minLength": 3, "maxLength": 2}},
            "got 'min_length 3'; allowed: at most the max_length, 2; fix: exchange them",
        ),
    ],
)
def test_checks_are_refused_when_no_job_would_enforce_them(
    project: Project, change: Json, fault: str
) -> None:
    assert fault in project.fault_of(source("shop/orders", {**column("note"), **change}))


def test_table_quality_is_refused_when_it_is_more_than_text(project: Project) -> None:
    contract = source()
    contract["schema"][0]["quality"] = [
        {"type": "text", "description": "Complete."},
        {"metric": "rowCount", "mustBeGreaterThan": 5},
    ]
    assert "schema[0].quality[1]: got 'rowCount'; allowed: `type: text`" in project.fault_of(contract)
