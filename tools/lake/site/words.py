"""Contracts in words: what people read about types, rules and service levels."""

from dataclasses import replace

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Array, Field, Map, Scalar, Struct, Type
from lakehouse.model.table_rules import Metric, TableRule
from lakehouse.targets.glue import hive_type
from lakehouse.targets.words import partition, rules

__all__ = ["counted", "duration", "limits", "partition", "subject", "title", "type_note", "type_text"]

_ZONES = {Scalar.TIMESTAMPTZ: "UTC", Scalar.TIMESTAMP: "no zone"}

_DAY = 24
_HOURS_AT_MOST = 2 * _DAY
"""Hours up to which a duration is not told in days."""


def title(dataset: Dataset) -> str:
    """Return the title of the contract, or the name of the table made readable."""
    return dataset.documentation.title or dataset.name.replace("_", " ").capitalize()


def counted(number: float, noun: str) -> str:
    """Return `1 column`, `2 columns`."""
    return f"{number:.15g} {noun}" if number == 1 else f"{number:.15g} {noun}s"


def duration(hours: float) -> str:
    """Return a number of hours in the unit that people would choose."""
    if hours < 1:
        return counted(round(hours * 60), "minute")
    if hours <= _HOURS_AT_MOST:
        return counted(round(hours, 2), "hour")
    return counted(round(hours / _DAY, 1), "day")


def type_text(kind: Type) -> str:
    """Return a type as SQL writes it, with `…` for the members of a struct."""
    match kind:
        case Struct():
            return "struct<…>"
        case Array(element):
            return f"array<{type_text(element)}>"
        case Map(key, value):
            return f"map<{type_text(key)}, {type_text(value)}>"
    return hive_type(kind)


def type_note(kind: Type) -> str:
    """Return what the name of a type does not tell; empty if nothing."""
    return _ZONES.get(kind, "") if isinstance(kind, Scalar) else ""


def limits(field: Field) -> list[str]:
    """Return the rules of a column's values beside those that a page marks up by itself."""
    checks = replace(field.checks, allowed=None, pattern=None)
    return rules(replace(field, required=False, checks=checks))


def subject(rule: TableRule) -> str:
    """Return what a table rule measures."""
    columns = ", ".join(rule.columns)
    what = {
        Metric.ROW_COUNT: "rows",
        Metric.NULL_VALUES: f"rows without {columns}",
        Metric.MISSING_VALUES: f"rows in which {columns} is missing{_texts(' or one of', rule)}",
        Metric.INVALID_VALUES: f"rows in which {columns} {_invalid(rule)}",
        Metric.DUPLICATE_VALUES: f"rows that repeat {columns}",
        Metric.SQL: "result of the query",
    }[rule.metric]
    if rule.metric is Metric.SQL:
        return what.capitalize()
    return f"Share of {what}, in percent" if rule.percent else f"Number of {what}"


def _invalid(rule: TableRule) -> str:
    if rule.pattern is not None:
        return f"does not match {rule.pattern}"
    return f"is{_texts(' none of', rule)}"


def _texts(lead: str, rule: TableRule) -> str:
    return f"{lead} {', '.join(map(repr, rule.texts))}" if rule.texts else ""
