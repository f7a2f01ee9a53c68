from typing import Any

import pytest

from lakehouse.model.table_rules import Metric, Operator, Severity, TableRule, Threshold
from tests.unit.lakehouse.project import Json, Project, column, source

REDACTED = [{"property": "lake.masking", "value": "redact"}]
MAP = {"key": {"logicalType": "string"}, "value": {"logicalType": "string"}}
NOTHING = Threshold(Operator.MUST_BE, (0,))


def on_column(**quality: Any) -> Json:
    return source("shop/orders", column("note", quality=[quality]))


def on_table(*quality: Json) -> Json:
    contract = source("shop/orders", column("note"))
    contract["schema"][0]["quality"] = list(quality)
    return contract


@pytest.mark.parametrize(
    ("quality", "expected"),
    [
        (
            {"metric": "nullValues", "mustBe": 0},
            TableRule("nullValues(note)", "nullValues(note) = 0", Metric.NULL_VALUES, NOTHING, ("note",)),
        ),
        (
            {
                "name": "few_gaps",
                "description": "Few notes are missing.",
                "metric": "missingValues",
                "arguments": {"missingValues": ["", "n/a"]},
                "mustBeLessThan": 5,
                "unit": "percent",
                "severity": "warning",
            },
            TableRule(
                "few_gaps",
                "Few notes are missing.",
                Metric.MISSING_VALUES,
                Threshold(Operator.MUST_BE_LESS_THAN, (5,)),
                ("note",),
                percent=True,
                severity=Severity.WARNING,
                texts=("", "n/a"),
            ),
        ),
        (
            {"metric": "invalidValues", "arguments": {"pattern": "^a"}, "mustBeLessOrEqualTo": 2},
            TableRule(
                "invalidValues(note)",
                "invalidValues(note) ≤ 2",
                Metric.INVALID_VALUES,
                Threshold(Operator.MUST_BE_LESS_OR_EQUAL_TO, (2,)),
                ("note",),
                pattern="^a",
            ),
        ),
        (
            {
                "type": "sql",
                "query": "SELECT count(*) FROM ${object} WHERE ${property} = ''",
                "mustBeBetween": [0, 3],
            },
            TableRule(
                "sql(note)",
                "sql(note) 0 to 3",
                Metric.SQL,
                Threshold(Operator.MUST_BE_BETWEEN, (0, 3)),
                ("note",),
                query="SELECT count(*) FROM ${object} WHERE ${property} = ''",
            ),
        ),
    ],
)
def test_rule_is_read_when_it_stands_on_a_column(
    project: Project, quality: Json, expected: TableRule
) -> None:
    project.write(on_column(**quality))
    assert project.load().datasets[0].rules == (expected,)


def test_rules_are_read_when_they_stand_on_the_table(project: Project) -> None:
    project.write(
        on_table(
            {"type": "text", "description": "Complete."},
            {"metric": "rowCount", "mustBeGreaterThan": 5},
            {"metric": "duplicateValues", "arguments": {"properties": ["order_id", "note"]}, "mustBe": 0},
        )
    )
    rows, duplicates = project.load().datasets[0].rules
    assert (rows.metric, rows.columns, str(rows.threshold)) == (Metric.ROW_COUNT, (), "> 5")
    assert (duplicates.metric, duplicates.columns) == (Metric.DUPLICATE_VALUES, ("order_id", "note"))


def test_unique_is_a_rule_about_the_table_when_the_column_is_not_the_key(project: Project) -> None:
    project.write(source("shop/orders", column("note", unique=True)))
    assert project.load().datasets[0].rules == (
        TableRule("unique(note)", "No note twice.", Metric.DUPLICATE_VALUES, NOTHING, ("note",)),
    )


def test_record_rule_is_none_about_the_table_when_no_invalid_value_is_allowed(project: Project) -> None:
    project.write(on_column(metric="invalidValues", arguments={"validValues": ["a"]}, mustBe=0))
    (dataset,) = project.load().datasets
    assert (dataset.rules, dataset.fields[1].checks.allowed) == ((), ("a",))


@pytest.mark.parametrize(
    ("contract", "fault"),
    [
        (
            on_column(type="custom", engine="x", implementation="x"),
            "type: got 'custom'; allowed: library, sql",
        ),
        (on_column(metric="rowCount", mustBe=1), "metric: got 'rowCount'; allowed: this metric on the table"),
        (
            on_table({"metric": "nullValues", "mustBe": 0}),
            "metric: got 'nullValues'; allowed: this metric on a column",
        ),
        (
            on_column(metric="nullValues", mustBe="none"),
            "mustBe: got 'none'; allowed: a number; fix: compare what is measured with a number",
        ),
        (
            on_column(metric="nullValues", mustBeBetween=[5, 1]),
            "mustBeBetween: got [5, 1]; allowed: the smaller number first; fix: exchange them",
        ),
        (
            on_column(metric="nullValues", mustBe=0, unit="percents"),
            "unit: got 'percents'; allowed: percent, rows; fix: did you mean 'percent'?",
        ),
        (
            on_column(metric="nullValues", mustBe=0, severity="errr"),
            "severity: got 'errr'; allowed: error, info, warning; fix: did you mean 'error'?",
        ),
        (
            on_column(metric="invalidValues", arguments={"validFormat": "email"}, mustBe=0),
            "arguments: got 'validFormat'; allowed: pattern, validValues",
        ),
        (
            on_column(metric="invalidValues", mustBe=3),
            "arguments: got {}; allowed: validValues, pattern; fix: say which values are valid",
        ),
        (
            on_column(metric="invalidValues", arguments={"pattern": "("}, mustBe=3),
            "arguments.pattern: got '('; allowed: a regular expression",
        ),
        (
            on_table({"metric": "duplicateValues", "arguments": {"properties": ["nte"]}, "mustBe": 0}),
            "arguments: got 'nte'; allowed: note, order_id; fix: did you mean 'note'?",
        ),
        (
            on_table(*[{"metric": "rowCount", "mustBeGreaterThan": 0}] * 2),
            "schema[0].quality: got 'rowCount'; allowed: each rule name once",
        ),
        (
            source("shop/orders", column("note", unique=True, customProperties=REDACTED)),
            "got 'unique(note) on masked note'; allowed: rules on what is stored",
        ),
        (
            source("shop/orders", column("note", "map", map=MAP, unique=True)),
            "got 'unique(note) on a map'; allowed: columns that can be compared",
        ),
        (on_table({"name": "rows"}), "quality[0].mustBe: got 'nothing'; allowed: what the value must be"),
    ],
)
def test_rule_is_refused_when_no_job_could_measure_it(project: Project, contract: Json, fault: str) -> None:
    assert any(fault in line for line in project.faults_of(contract))
