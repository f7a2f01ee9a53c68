"""Which quality rules are read, and which are refused because no job could measure them."""

from typing import Any

import pytest

from lakehouse.model.table_rules import Metric, Operator, Threshold
from tests.unit.lakehouse.project import Json, Project, column, source

INTEGER = {"logicalType": "integer", "physicalType": "int"}
MAP = {
    "logicalType": "map",
    "map": {"key": {"logicalType": "string"}, "value": {"logicalType": "string"}},
}
NULLS = {"metric": "nullValues", "mustBe": 0}
SQL = {"type": "sql", "query": "SELECT count(*) FROM ${object}", "mustBe": 0}
RULE = "schema[0].properties[1].quality[0]"
OPERATORS = (
    "allowed: one of mustBe, mustBeBetween, mustBeGreaterOrEqualTo, mustBeGreaterThan, "
    "mustBeLessOrEqualTo, mustBeLessThan, mustNotBe, mustNotBeBetween; fix: write one of them"
)
UNMASKED = (
    "; allowed: rules on what is stored; fix: let the rule reject records (invalidValues, mustBe: 0), which "
    "sees the clear value"
)


def masked(how: str) -> Json:
    return {"customProperties": [{"property": "lake.masking", "value": how}]}


def on_column(quality: Json, **more: Any) -> Json:
    return source("shop/orders", column("note", **more, quality=[quality]))


def on_table(*quality: Json, columns: tuple[Json, ...] = (column("note"),)) -> Json:
    contract = source("shop/orders", *columns)
    contract["schema"][0]["quality"] = [*quality]
    return contract


@pytest.mark.parametrize(
    ("contract", "name", "columns"),
    [
        (on_column({"metric": "duplicateValues", "mustBe": 0}), "duplicateValues(note)", ("note",)),
        (on_column({**NULLS, "id": "gaps"}), "gaps", ("note",)),
        (on_column({**NULLS, "id": "gaps", "name": "few_gaps"}), "few_gaps", ("note",)),
        (on_column({**NULLS, "type": "library"}), "nullValues(note)", ("note",)),
        (on_column(NULLS, **INTEGER), "nullValues(note)", ("note",)),
        (on_column(NULLS, **MAP), "nullValues(note)", ("note",)),
        (on_column(NULLS, **masked("hash")), "nullValues(note)", ("note",)),
        (on_column(SQL, **masked("redact")), "sql(note)", ("note",)),
        (on_table(SQL), "sql", ()),
        (
            on_table(
                {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["order_id", "note"]}}
            ),
            "duplicateValues(order_id, note)",
            ("order_id", "note"),
        ),
    ],
)
def test_rule_has_the_name_and_columns_that_it_is_about(
    project: Project, contract: Json, name: str, columns: tuple[str, ...]
) -> None:
    project.write(contract)
    (rule,) = project.load().datasets[0].rules
    assert (rule.name, rule.columns) == (name, columns)


@pytest.mark.parametrize(
    ("written", "threshold"),
    [
        ({"mustBe": 1.5}, Threshold(Operator.MUST_BE, (1.5,))),
        ({"mustNotBe": 1}, Threshold(Operator.MUST_NOT_BE, (1,))),
        ({"mustBeGreaterOrEqualTo": 1}, Threshold(Operator.MUST_BE_GREATER_OR_EQUAL_TO, (1,))),
        ({"mustNotBeBetween": [1, 2]}, Threshold(Operator.MUST_NOT_BE_BETWEEN, (1, 2))),
    ],
)
def test_threshold_is_what_the_operator_says(project: Project, written: Json, threshold: Threshold) -> None:
    project.write(on_column({"metric": "nullValues", **written}))
    (rule,) = project.load().datasets[0].rules
    assert (rule.metric, rule.threshold) == (Metric.NULL_VALUES, threshold)


def test_unique_adds_no_rule_when_the_column_is_the_whole_key(project: Project) -> None:
    contract = source()
    contract["schema"][0]["properties"][0]["unique"] = True
    project.write(contract)
    assert project.load().datasets[0].rules == ()


@pytest.mark.parametrize(
    ("contract", "faults"),
    [
        *[
            (
                on_column({**NULLS, "mustBe": value}),
                [
                    f"{RULE}.mustBe: got {value!r}; allowed: a number; fix: compare what is measured with a "
                    "number"
                ],
            )
            for value in (True, [0, 5], [1, "x"], [], None)
        ],
        (
            on_column({"name": "empty"}),
            [
                f"{RULE}.metric: got 'nothing'; allowed: what to measure; fix: add the key",
                f"{RULE}.mustBe: got 'nothing'; allowed: what the value must be, such as `mustBe`; fix: add "
                "the key",
            ],
        ),
        (
            on_column({"metric": None, "mustBe": 0}),
            [
                f"{RULE}.metric: got None; allowed: duplicateValues, invalidValues, missingValues, "
                "nullValues, rowCount; fix: remove it, or use one of these"
            ],
        ),
        (
            on_column({**NULLS, "mustBe": "0", "unit": "percentage", "severity": "warn"}),
            [
                f"{RULE}.mustBe: got '0'; allowed: a number; fix: compare what is measured with a number",
                f"{RULE}.severity: got 'warn'; allowed: error, info, warning; fix: did you mean 'warning'?",
                f"{RULE}.unit: got 'percentage'; allowed: percent, rows; fix: did you mean 'percent'?",
            ],
        ),
        (
            on_column({**SQL, "arguments": 5}),
            [f"{RULE}.arguments: got 5; allowed: keys with values; fix: remove it"],
        ),
        (
            on_column({"mustBeBetween": 5}),
            [f"{RULE}.metric: got 'nothing'; allowed: what to measure; fix: add the key"],
        ),
        (
            on_column({"mustBeBetween": [1, "x"]}),
            [
                f"{RULE}.metric: got 'nothing'; allowed: what to measure; fix: add the key",
                f"{RULE}.mustBeBetween: got [1, 'x']; allowed: a number; fix: compare what is measured with "
                "a number",
            ],
        ),
        (
            on_column({"metric": "nullValues", "mustBeBetween": [1, 1]}),
            [f"{RULE}.mustBeBetween: got [1, 1]; allowed: each value once; fix: remove the repeated one"],
        ),
        (
            on_column({"metric": "nullValues"}),
            [f"{RULE}: got 'nothing'; {OPERATORS}"],
        ),
        (
            on_column({**SQL, "mustBeLessThan": 3}),
            [f"{RULE}: got 'mustBe, mustBeLessThan'; {OPERATORS}"],
        ),
        (
            on_column({**SQL, "unit": "percent"}),
            [f"{RULE}.unit: got 'percent'; allowed: rows; fix: remove it, or use one of these"],
        ),
        (
            on_column({**NULLS, "arguments": {"pattern": "x", "validValues": ["a"]}}),
            [
                f"{RULE}.arguments: got 'pattern'; allowed: nothing; fix: remove it, or use one of these",
                f"{RULE}.arguments: got 'validValues'; allowed: nothing; fix: remove it, or use one of these",
            ],
        ),
        (
            on_column({"metric": "invalidValues", "mustBe": 1, "arguments": {"pattern": "1"}}, **INTEGER),
            [
                f"{RULE}.arguments: got 'texts'; allowed: a rule on a string column; fix: use an SQL rule "
                "for this type"
            ],
        ),
        (
            on_table({"metric": "invalidValues", "mustBe": 1, "arguments": {"pattern": "1"}}),
            [
                "schema[0].quality[0].metric: got 'invalidValues'; allowed: this metric on a column; fix: "
                "move it to the column's quality"
            ],
        ),
        (
            on_table(NULLS, *[{"metric": "rowCount", "mustBe": number, "name": "b"} for number in (1, 2)]),
            [
                "schema[0].quality: got 'b'; allowed: each rule name once; fix: give each of these rules a "
                "`name`",
                "schema[0].quality[0].metric: got 'nullValues'; allowed: this metric on a column; fix: move "
                "it to the column's quality",
            ],
        ),
        (
            on_table(
                {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["nte", "note"]}},
                columns=(column("note", **masked("redact")),),
            ),
            [
                "schema[0].properties: got 'duplicateValues(nte, note) on masked note'" + UNMASKED,
                "schema[0].quality[0].arguments: got 'nte'; allowed: note, order_id; fix: did you mean "
                "'note'?",
            ],
        ),
        (
            on_column(
                {"metric": "missingValues", "mustBe": 1, "arguments": {"missingValues": ["-"]}},
                **masked("hash"),
            ),
            ["schema[0].properties: got 'missingValues(note) on masked note'" + UNMASKED],
        ),
        (
            on_column({"metric": "duplicateValues", "mustBe": 0}, **MAP),
            [
                "schema[0].properties: got 'duplicateValues(note) on a map'; allowed: columns that can be "
                "compared; fix: remove it"
            ],
        ),
    ],
)
def test_rule_is_refused_with_all_that_is_wrong(project: Project, contract: Json, faults: list[str]) -> None:
    found = [fault.partition(": ")[2] for fault in project.faults_of(contract)]
    assert sorted(found) == sorted(faults)
