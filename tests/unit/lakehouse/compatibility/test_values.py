"""A rule is compatible with a former one if and only if it takes every value that the former took."""

import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from lakehouse.compatibility import Level, compare
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.model.fields import Array, Checks, Field, Scalar, Type
from lakehouse.model.table_rules import Metric, Operator, Severity, TableRule, Threshold
from tests.unit.lakehouse.columns import column, with_columns
from tests.unit.lakehouse.datasets import ORDERS

NUMBERS = (0, 1, None)
DAYS = ("2026-01-01", "2026-01-03", None)
# As texts, the first is behind the others; as an instant, it is before them.
INSTANTS = ("2026-01-01T01:30:00+02:00", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z", None)
VALUES: dict[Type, Sequence[Any]] = {
    Scalar.DOUBLE: (-1, 0, 0.5, 1, 2),
    Scalar.DATE: [date(2025, 12, 31), *(date(2026, 1, day) for day in (1, 2, 3, 4))],
    Scalar.TIMESTAMPTZ: [
        datetime(2025, 12, 31, 23, tzinfo=UTC) + timedelta(minutes=15 * step) for step in range(10)
    ],
    Scalar.STRING: ("", "a", "b", "ab", "aab"),
    Array(Scalar.INT): ([], [1], [1, 2], [1, 2, 3]),
}


def rules(**choices: Sequence[Any]) -> list[Checks]:
    """Every combination of the choices."""
    return [Checks(**dict(zip(choices, each, strict=True))) for each in product(*choices.values())]


@pytest.mark.parametrize(
    ("kind", "checks"),
    [
        (Scalar.DOUBLE, rules(minimum=NUMBERS, exclusive_minimum=NUMBERS)),
        (Scalar.DOUBLE, rules(maximum=NUMBERS, exclusive_maximum=NUMBERS)),
        (Scalar.DATE, rules(minimum=DAYS, exclusive_minimum=DAYS)),
        (Scalar.DATE, rules(maximum=DAYS, exclusive_maximum=DAYS)),
        (Scalar.TIMESTAMPTZ, rules(minimum=INSTANTS, exclusive_minimum=INSTANTS)),
        (Scalar.TIMESTAMPTZ, rules(maximum=INSTANTS, exclusive_maximum=INSTANTS)),
        (Scalar.STRING, rules(allowed=[None, ("a",), ("b",), ("a", "b"), ("b", "a")])),
        (Scalar.STRING, rules(pattern=[None, "^a$", "b$"])),
        (Scalar.STRING, rules(min_length=[None, 0, 1, 2])),
        (Scalar.STRING, rules(max_length=[None, 0, 1, 2])),
        (Array(Scalar.INT), rules(min_length=[None, 1, 2])),
    ],
)
def test_check_is_compatible_if_and_only_if_it_takes_every_value_as_before(
    kind: Type, checks: list[Checks]
) -> None:
    for before, after in product(checks, checks):
        taken, still = ([holds(each, kind, value) for value in VALUES[kind]] for each in (before, after))
        level = worst(with_checks(kind, before), with_checks(kind, after))
        assert (level is Level.COMPATIBLE) == all(map(operator.le, taken, still)), (before, after)


THRESHOLDS = [
    Threshold(sign, values)
    for sign in Operator
    for values in ([(0, 1), (0, 2), (1, 2)] if "Between" in sign else [(0,), (1,), (2,)])
]
ROWS = TableRule("rows", "Never empty.", Metric.ROW_COUNT, THRESHOLDS[0])


def test_threshold_is_compatible_if_and_only_if_every_value_passes_as_before() -> None:
    points = (-1, 0, 0.5, 1, 1.5, 2, 3)
    for before, after in product(THRESHOLDS, THRESHOLDS):
        passed, still = ([satisfies(each, point) for point in points] for each in (before, after))
        old, new = (replace(ROWS, threshold=each) for each in (before, after))
        compatible = worst(with_rules(old), with_rules(new)) is Level.COMPATIBLE
        assert compatible == all(map(operator.le, passed, still)), (before, after)


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.INFO])
def test_threshold_is_compatible_when_no_run_depends_on_it(severity: Severity) -> None:
    for before, after in product(THRESHOLDS, THRESHOLDS):
        rule = replace(ROWS, severity=severity)
        old, new = (with_rules(replace(rule, threshold=each)) for each in (before, after))
        assert worst(old, new) is Level.COMPATIBLE


def with_checks(kind: Type, checks: Checks) -> Dataset:
    return with_columns(replace(column(kind), checks=checks))


def with_rules(*rules: TableRule) -> Dataset:
    return replace(ORDERS, rules=rules)


def worst(old: Dataset, new: Dataset) -> Level:
    return max((change.level for change in compare(Lake((old,)), Lake((new,)))), default=Level.COMPATIBLE)


def satisfies(threshold: Threshold, value: float) -> bool:
    first, last = threshold.values[0], threshold.values[-1]
    return {
        Operator.MUST_BE: value == first,
        Operator.MUST_NOT_BE: value != first,
        Operator.MUST_BE_GREATER_THAN: value > first,
        Operator.MUST_BE_GREATER_OR_EQUAL_TO: value >= first,
        Operator.MUST_BE_LESS_THAN: value < first,
        Operator.MUST_BE_LESS_OR_EQUAL_TO: value <= first,
        Operator.MUST_BE_BETWEEN: first <= value <= last,
        Operator.MUST_NOT_BE_BETWEEN: not first <= value <= last,
    }[threshold.operator]


def accepts(dataset: Dataset, record: dict[str, Any]) -> bool:
    """Judge a record by the checks of its contract, in plain Python."""
    return all(_accepted(field, record.get(field.name)) for field in dataset.fields)


def _accepted(field: Field, value: Any) -> bool:
    return not field.required if value is None else holds(field.checks, field.type, value)


def holds(checks: Checks, kind: Type, value: Any) -> bool:
    """Judge one value."""
    return all(_kept(checks, kind, value))


def _kept(checks: Checks, kind: Type, value: Any) -> Iterator[bool]:
    for bound, compared in (
        (checks.minimum, operator.ge),
        (checks.exclusive_minimum, operator.gt),
        (checks.maximum, operator.le),
        (checks.exclusive_maximum, operator.lt),
    ):
        if isinstance(bound, str):
            read = date.fromisoformat if kind is Scalar.DATE else datetime.fromisoformat
            yield compared(value, read(bound))
        else:
            yield bound is None or compared(value, bound)
    yield checks.allowed is None or value in checks.allowed
    yield checks.pattern is None or re.search(checks.pattern, value) is not None
    yield checks.min_length is None or len(value) >= checks.min_length
    yield checks.max_length is None or len(value) <= checks.max_length
