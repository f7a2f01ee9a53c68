"""What a rule about a whole table yielded, whoever measured it, and whether that keeps the rule."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lakehouse_etl.contract.table_rules import TableRule

VIEW = "lake_object"
"""Temporary view that measures read."""

_COMPARISONS: dict[str, tuple[str, Callable[..., bool]]] = {
    "mustBe": ("= {}", operator.eq),
    "mustNotBe": ("≠ {}", operator.ne),
    "mustBeGreaterThan": ("> {}", operator.gt),
    "mustBeGreaterOrEqualTo": ("≥ {}", operator.ge),
    "mustBeLessThan": ("< {}", operator.lt),
    "mustBeLessOrEqualTo": ("≤ {}", operator.le),
    "mustBeBetween": ("{} to {}", lambda value, low, high: low <= value <= high),
    "mustNotBeBetween": ("not {} to {}", lambda value, low, high: not low <= value <= high),
}

OPERATORS = tuple(_COMPARISONS)
"""Names of the comparisons that jobs know."""


@dataclass(frozen=True)
class Measured:
    """A rule and what was measured."""

    rule: TableRule
    value: float | None = None
    """None if there was nothing to measure, as in the share of no rows: such a rule is kept."""
    problem: str | None = None
    """Why the rule could not be measured."""

    @property
    def kept(self) -> bool:
        """Whether the measured value is what it must be."""
        if self.value is None:
            return self.problem is None
        return _COMPARISONS[self.rule.operator][1](self.value, *self.rule.values)

    @property
    def fails(self) -> bool:
        """Whether the run fails: an error, or a rule that nobody can tell to be kept."""
        return self.problem is not None or (self.rule.severity == "error" and not self.kept)

    @property
    def counts(self) -> bool:
        """Whether it is one of the failed rules that operators hear of."""
        return self.fails or (self.rule.severity == "warning" and not self.kept)

    def __str__(self) -> str:
        """Name the rule, what was measured, and what is allowed."""
        if self.problem is not None:
            return f"{self.rule.name}: {self.problem}"
        value = "nothing" if self.value is None else number(self.value)
        return f"{self.rule.name}: got {value}; allowed: {threshold(self.rule)}"


def number(value: float) -> str:
    """Write a number with all of its digits, whole ones without a point."""
    return f"{value:.15g}"


def threshold(rule: TableRule) -> str:
    """Write what a value must be as people do: `≥ 1`, `0 to 5`."""
    return _COMPARISONS[rule.operator][0].format(*map(number, rule.values))


def measured(rule: TableRule, value: Any) -> Measured:
    """Return what SQL yielded for a rule, which must be a number or nothing."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float | Decimal)):
        return Measured(rule, problem=f"the SQL yields a {type(value).__name__}; allowed: a number")
    return Measured(rule, None if value is None else float(value))


def not_alone(rule: TableRule, rows: int) -> Measured:
    """Return what is to be said of a query that did not yield one value."""
    got = "more than one value" if rows else "no value"
    return Measured(rule, problem=f"the SQL yields {got}; allowed: one number")
