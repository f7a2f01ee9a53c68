import re
from dataclasses import replace
from typing import Any

import pytest

from lakehouse.model.fields import Array, Field, Scalar
from lakehouse.model.masking import HASH, REDACT, Masking
from lakehouse.model.table_rules import Metric, Operator, Severity, TableRule, Threshold
from lakehouse.targets.dqdl import ruleset
from tests.unit.lakehouse.columns import column, with_columns
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

TOKEN = re.compile(r'"(\\["\\]|[^"])*?"|[A-Za-z_][\w.]*|-?\d+(\.\d+)?|[\[\](),]|[<>!]?=|[<>]|\s+')
"""Tokens of the language, as in its grammar: https://github.com/awslabs/dqdl"""


def rules(*fields: Field, table: tuple[TableRule, ...] = ()) -> list[str]:
    text = ruleset(replace(with_columns(*fields), rules=table))
    assert TOKEN.sub("", text) == ""
    first, key, *found, last, end = text.split("\n")
    assert (first, last, end) == ("Rules = [", "]", "")
    assert key.strip().removesuffix(",") == 'IsPrimaryKey "order_id"'
    return [line.strip().removesuffix(",") for line in found]


def table_rule(metric: Metric, operator: Operator, *values: float, **more: Any) -> TableRule:
    return TableRule("its name", "", metric, Threshold(operator, values), **more)


def test_ruleset_has_key_presence_and_values_when_the_table_is_silver() -> None:
    assert ruleset(ORDERS) == (
        "Rules = [\n"
        '    IsPrimaryKey "order_id",\n'
        '    IsComplete "status",\n'
        '    ColumnValues "status" in ["new", "done"],\n'
        '    ColumnLength "status" <= 4,\n'
        '    IsComplete "at"\n'
        "]\n"
    )


def test_ruleset_names_every_key_column_when_the_key_is_composite() -> None:
    assert ruleset(replace(TOTALS, key=("order_id", "price"))) == (
        'Rules = [\n    IsPrimaryKey "order_id" "price"\n]\n'
    )


def test_ruleset_without_a_key_claims_none_and_has_a_rule_all_the_same() -> None:
    found = ruleset(replace(TOTALS, key=()))
    assert found == 'Rules = [\n    ColumnCount > 0,\n    IsComplete "order_id"\n]\n'


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        (column(Scalar.INT, minimum=-1), 'ColumnValues "c" >= -1'),
        (column(Scalar.DOUBLE, maximum=1e20), 'ColumnValues "c" <= 100000000000000000000'),
        (column(Scalar.DOUBLE, exclusive_minimum=1e-7), 'ColumnValues "c" > 0.0000001'),
        (column(Scalar.DOUBLE, exclusive_maximum=2.0), 'ColumnValues "c" < 2'),
        (column(Scalar.DATE, minimum="2020-01-31"), 'ColumnValues "c" >= "2020-01-31"'),
        (
            column(Scalar.TIMESTAMPTZ, exclusive_maximum="2020-01-31T00:00:00Z"),
            'CustomSql "SELECT count(*) FROM primary WHERE NOT `c` < '
            "TIMESTAMP '2020-01-31T00:00:00+00:00'\" = 0",
        ),
        (
            column(Scalar.TIMESTAMP, minimum="2020-01-31"),
            'CustomSql "SELECT count(*) FROM primary WHERE NOT `c` >= '
            "TIMESTAMP_NTZ '2020-01-31T00:00:00'\" = 0",
        ),
        (column(min_length=2), 'ColumnLength "c" >= 2'),
        (column(pattern=r"^\w+ \"\$$"), r'ColumnValues "c" matches "^\w+ \"\$$"'),
        (column(pattern='a"'), r'ColumnValues "c" matches "(?s:.*)(?:a\")(?s:.*)"'),
        (column(pattern=r"^a\$"), r'ColumnValues "c" matches "(?s:.*)(?:^a\$)(?s:.*)"'),
        (column(pattern="^a|b$"), 'ColumnValues "c" matches "(?s:.*)(?:^a|b$)(?s:.*)"'),
        (
            column(pattern=r"^\d*$"),
            r"""CustomSql "SELECT count(*) FROM primary WHERE NOT `c` RLIKE '^\\d*$'" = 0""",
        ),
        (column(allowed=("a b", "")), 'ColumnValues "c" in ["a b", EMPTY]'),
        (
            column(allowed=("it's", 'a"\\')),
            r"""CustomSql "SELECT count(*) FROM primary WHERE `c` NOT IN ('it\'s', 'a\"\\')" = 0""",
        ),
        (
            column(allowed=("2020-01-31", "9:30")),
            "CustomSql \"SELECT count(*) FROM primary WHERE `c` NOT IN ('2020-01-31', '9:30')\" = 0",
        ),
    ],
)
def test_value_rule_judges_as_the_job_does_when_every_row_has_a_value(field: Field, rule: str) -> None:
    assert rules(field) == ['IsComplete "c"', rule]


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        (column(Scalar.INT, False, minimum=1), 'ColumnValues "c" >= 1 where "`c` IS NOT NULL"'),
        (column(required=False, pattern="^a$"), 'ColumnValues "c" matches "^a$" where "`c` IS NOT NULL"'),
        (column(required=False, min_length=1), 'ColumnLength "c" >= 1 where "`c` IS NOT NULL"'),
        (column(required=False, max_length=9), 'ColumnLength "c" <= 9'),
        (column(required=False, allowed=("a",)), 'ColumnValues "c" in ["a", NULL]'),
    ],
)
def test_value_rule_lets_nulls_pass_when_the_column_is_optional(field: Field, rule: str) -> None:
    assert rules(field) == [rule]


def test_value_rules_are_left_out_when_masking_or_nesting_hides_the_values() -> None:
    checked = column(min_length=3, pattern="^a$")
    assert rules(replace(checked, masking=HASH)) == ['IsComplete "c"']
    assert rules(replace(checked, masking=REDACT)) == []
    assert rules(column(Array(Scalar.STRING), min_length=3)) == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (table_rule(Metric.ROW_COUNT, Operator.MUST_BE_GREATER_THAN, 0), "RowCount > 0"),
        (table_rule(Metric.ROW_COUNT, Operator.MUST_NOT_BE, 7), "RowCount != 7"),
        (
            table_rule(Metric.ROW_COUNT, Operator.MUST_BE_BETWEEN, 1, 5),
            "((RowCount >= 1) and (RowCount <= 5))",
        ),
        (
            table_rule(Metric.ROW_COUNT, Operator.MUST_NOT_BE_BETWEEN, 1, 5),
            "((RowCount < 1) or (RowCount > 5))",
        ),
        (
            table_rule(Metric.NULL_VALUES, Operator.MUST_BE_LESS_THAN, 0.5, columns=("c",), percent=True),
            'CustomSql "SELECT 100D * (count(CASE WHEN `c` IS NULL THEN 1 END)) / nullif(count(*), 0) '
            'FROM primary" < 0.5',
        ),
        (
            table_rule(Metric.SQL, Operator.MUST_BE, 0, query="SELECT count(*)\nFROM ${object} -- all"),
            'CustomSql "SELECT count(*)\nFROM primary -- all" = 0',
        ),
    ],
)
def test_table_rule_compares_its_measure_when_it_has_a_threshold(rule: TableRule, expected: str) -> None:
    found = "\n".join(rules(table=(replace(rule, severity=Severity.WARNING),)))
    assert found == f'{expected} labels=["rule"="its name", "severity"="warning"]'


@pytest.mark.parametrize(
    ("metric", "masking", "kept"),
    [
        (Metric.INVALID_VALUES, HASH, False),
        (Metric.MISSING_VALUES, REDACT, False),
        (Metric.DUPLICATE_VALUES, HASH, True),
        (Metric.NULL_VALUES, HASH, True),
        (Metric.NULL_VALUES, REDACT, False),
    ],
)
def test_table_rule_is_left_out_when_masking_hides_what_it_measures(
    metric: Metric, masking: Masking, kept: bool
) -> None:
    rule = table_rule(metric, Operator.MUST_BE, 0, columns=("c",), texts=("a",))
    masked = replace(column(required=False), masking=masking)
    assert (len(rules(masked, table=(rule,))) == 1) is kept
