import pytest

from lakehouse.model.fields import Checks
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
        (
            {**INTEGER, "logicalTypeOptions": {"exclusiveMinimum": 0, "exclusiveMaximum": 5}},
            Checks(exclusive_minimum=0, exclusive_maximum=5),
        ),
        (
            {"logicalType": "date", "logicalTypeOptions": {"minimum": "2020-01-01"}},
            Checks(minimum="2020-01-01"),
        ),
        (
            {
                "logicalType": "array",
                "items": {"logicalType": "string"},
                "logicalTypeOptions": {"minItems": 1, "maxItems": 3},
            },
            Checks(min_length=1, max_length=3),
        ),
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
            "multipleOf: got 'multipleOf'; allowed: exclusiveMaximum, exclusiveMinimum, format, maximum,",
        ),
        (
            {"logicalType": "date", "logicalTypeOptions": {"minimum": "01/02/2020"}},
            "minimum: got '01/02/2020'; allowed: a date, as in 2026-01-31; fix: write it in ISO 8601",
        ),
        (
            {
                "logicalType": "timestamp",
                "physicalType": "timestamptz",
                "logicalTypeOptions": {"maximum": "2020-01-01T00:00:00"},
            },
            "maximum: got '2020-01-01T00:00:00'; allowed: date and time with a zone",
        ),
        (
            {
                "logicalType": "array",
                "items": {"logicalType": "string"},
                "logicalTypeOptions": {"uniqueItems": True},
            },
            "uniqueItems: got 'uniqueItems'; allowed: maxItems, minItems; fix: remove it: no job enforces it",
        ),
        (
            {"logicalType": "timestamp", "physicalType": "timestamp", "logicalTypeOptions": {"format": "HH"}},
            "format: got 'HH'; allowed: yyyy or yy, once and always; fix: write it as Java's DateTime",
        ),
        (
            {"physicalType": "binary", "logicalTypeOptions": {"maxLength": 5}},
            "maxLength: got 'maxLength'; allowed: nothing",
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
