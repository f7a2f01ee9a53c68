"""Decodes the rules in a manifest: those about single values, and those about whole tables."""

import operator
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from pyspark.sql.types import ArrayType, DataType, DateType, StringType, TimestampType

from lakehouse_etl.contract.document import Document, is_number, matching, text, texts
from lakehouse_etl.contract.iceberg_types import INSTANTS, NUMBERS, type_name
from lakehouse_etl.contract.model import Checks, TableRule

COMPARISONS: dict[str, tuple[str, Callable[..., bool]]] = {
    "mustBe": ("= {}", operator.eq),
    "mustNotBe": ("≠ {}", operator.ne),
    "mustBeGreaterThan": ("> {}", operator.gt),
    "mustBeGreaterOrEqualTo": ("≥ {}", operator.ge),
    "mustBeLessThan": ("< {}", operator.lt),
    "mustBeLessOrEqualTo": ("≤ {}", operator.le),
    "mustBeBetween": ("{} to {}", lambda value, low, high: low <= value <= high),
    "mustNotBeBetween": ("not {} to {}", lambda value, low, high: not low <= value <= high),
}
"""How what is measured is compared, by operator: as a text, and the comparison itself."""


def read_checks(document: Document, kind: DataType | None) -> Checks:
    """Return the rules about values of a type, None for a type that is a fault itself."""
    bound, end = (_instant(kind), _example(kind)) if isinstance(kind, INSTANTS) else (_number, "a number")
    checks = Checks(
        allowed=document.optional("allowed", texts, "a list of texts"),
        pattern=document.optional("pattern", text, "a regular expression"),
        minimum=document.optional("minimum", bound, end),
        maximum=document.optional("maximum", bound, end),
        exclusive_minimum=document.optional("exclusive_minimum", bound, end),
        exclusive_maximum=document.optional("exclusive_maximum", bound, end),
        min_length=document.optional("min_length", _length, "a length"),
        max_length=document.optional("max_length", _length, "a length"),
    )
    if kind is not None:
        for rule in _misplaced(checks, kind):
            document.fault(rule, f"{rule} on {type_name(kind)}", "rules that fit the type")
    document.end()
    return checks


def read_table_rules(document: Document) -> tuple[TableRule, ...]:
    """Return the rules about the whole table."""
    rules = tuple(_table_rule(child) for child in document.children("table_rules"))
    names = [rule.name for rule in rules]
    for name in sorted({name for name in names if names.count(name) > 1}, key=str):
        document.fault("table_rules", f"{name!r} twice", "each name once")
    return rules


def _table_rule(document: Document) -> TableRule:
    rule = TableRule(
        name=document.text("name"),
        kind=document.choice("kind", "aggregate", "query"),
        sql=document.text("sql"),
        operator=document.choice("operator", *COMPARISONS),
        values=document.take("values", _values, "numbers"),
        severity=document.choice("severity", "error", "warning", "info"),
    )
    if rule.operator is not None and rule.values is not None:
        wanted = 2 if rule.operator.endswith("Between") else 1
        if len(rule.values) != wanted or list(rule.values) != sorted(rule.values):
            document.fault("values", repr(rule.values), f"{wanted} for {rule.operator}, the smaller first")
    document.end()
    return rule


def _misplaced(checks: Checks, kind: DataType) -> list[str]:
    """Rules that the job could not enforce on a value of this type."""
    textual = isinstance(kind, StringType)
    fits = {
        "allowed": textual,
        "pattern": textual,
        "min_length": textual or isinstance(kind, ArrayType),
        "max_length": textual or isinstance(kind, ArrayType),
    }
    bounded = isinstance(kind, NUMBERS + INSTANTS)
    return [rule for rule, value in vars(checks).items() if value is not None and not fits.get(rule, bounded)]


def _instant(kind: DataType) -> Callable[[Any], str]:
    """Return what brings a text in ISO 8601 into a form that Spark casts to this type."""

    def convert(value: Any) -> str:
        if isinstance(kind, DateType):
            return date.fromisoformat(text(value)).isoformat()
        moment = datetime.fromisoformat(text(value))
        if (moment.tzinfo is not None) is not isinstance(kind, TimestampType):
            raise ValueError(value)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat()

    return convert


def _example(kind: DataType) -> str:
    if isinstance(kind, DateType):
        return "a date as in 2026-01-31"
    zone = "with a zone as in 2026-01-31T09:30:00Z" if isinstance(kind, TimestampType) else "without a zone"
    return f"date and time {zone}"


def _values(value: Any) -> tuple[float, ...]:
    return tuple(float(_number(member)) for member in value)


_number = matching(is_number)
_length = matching(lambda value: is_number(value) and value == int(value) >= 0)
