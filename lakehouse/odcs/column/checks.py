"""Reads the rules that a single value must satisfy, and refuses rules that no job would enforce."""

import re
from datetime import date, datetime
from typing import Any

from config.document import KeyPath
from config.faults import one_of
from lakehouse.model.fields import Array, Checks, Decimal, Scalar, Type
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Property, Quality

_TEXT = {"pattern": "pattern", "minLength": "min_length", "maxLength": "max_length"}
_BOUNDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
}
_ITEMS = {"minItems": "min_length", "maxItems": "max_length"}
_NUMBERS = (Scalar.INT, Scalar.LONG, Scalar.FLOAT, Scalar.DOUBLE)
_INSTANTS: dict[Type, str] = {
    Scalar.DATE: "a date, as in 2026-01-31",
    Scalar.TIMESTAMP: "date and time without a zone, as in 2026-01-31T09:30:00",
    Scalar.TIMESTAMPTZ: "date and time with a zone, as in 2026-01-31T09:30:00Z",
}
_PAIRS = (
    ("minimum", "maximum"),
    ("minimum", "exclusive_maximum"),
    ("exclusive_minimum", "maximum"),
    ("exclusive_minimum", "exclusive_maximum"),
    ("min_length", "max_length"),
)
_ARGUMENTS = {"validValues", "pattern"}


def read_checks(column: Property, kind: Type, path: KeyPath, findings: Findings) -> Checks:
    """Return the rules from the options of the logical type, the enumeration and the quality section."""
    rules = _options(column.get("logicalTypeOptions", {}), kind, (*path, "logicalTypeOptions"), findings)
    if "enum" in column:
        _add(rules, "allowed", [entry["value"] for entry in column["enum"]], (*path, "enum"), findings)
    for at, quality in enumerate(column.get("quality", [])):
        if is_row_rule(quality):
            for rule, value in quality["arguments"].items():
                name = "allowed" if rule == "validValues" else rule
                _add(rules, name, value, (*path, "quality", at), findings)
    _check_text(rules, kind, path, findings)
    for low, high in _PAIRS:
        if low in rules and high in rules and rules[low] > rules[high]:
            findings.add(path, f"{low} {rules[low]}", f"at most the {high}, {rules[high]}", "exchange them")
    return Checks(**rules)


def is_row_rule(quality: Quality) -> bool:
    """Whether every record that breaks the rule is to be rejected: no invalid value is allowed."""
    arguments = quality.get("arguments", {})
    return (
        quality.get("metric") == "invalidValues"
        and quality.get("mustBe") == 0
        and quality.get("severity", "error") == "error"
        and bool(arguments)
        and arguments.keys() <= _ARGUMENTS
    )


def text_of_list(values: object, path: KeyPath, findings: Findings) -> tuple[str, ...]:
    """Return a list of texts as a tuple; an empty one after a fault, which is noted."""
    if isinstance(values, list) and values and all(isinstance(value, str) for value in values):
        return tuple(values)
    findings.add(path, values, "a list of texts", "write each value in quotes")
    return ()


def check_pattern(pattern: object, path: KeyPath, findings: Findings) -> None:
    """Note a fault unless the value is a regular expression."""
    try:
        re.compile(pattern)  # type: ignore[call-overload]
    except (re.error, TypeError) as error:
        findings.add(path, pattern, f"a regular expression ({error})", "mend the pattern")


def _options(options: dict[str, object], kind: Type, path: KeyPath, findings: Findings) -> dict[str, Any]:
    enforced, descriptive = _known_options(kind)
    for key in options.keys() - enforced.keys() - descriptive:
        findings.add((*path, key), key, one_of([*enforced, *descriptive]), "remove it: no job enforces it")
    rules: dict[str, Any] = {enforced[key]: value for key, value in options.items() if key in enforced}
    if kind in _INSTANTS:
        for key, rule in _BOUNDS.items():
            if rule in rules and not _is_instant(rules[rule], kind):
                allowed = _INSTANTS[kind]
                findings.add((*path, key), rules.pop(rule), allowed, "write it in ISO 8601")
    return rules


def _known_options(kind: Type) -> tuple[dict[str, str], set[str]]:
    """Options that jobs enforce, by their names in the model, and options that only describe."""
    if kind is Scalar.STRING:
        return _TEXT, {"format"}
    if kind in _NUMBERS or isinstance(kind, Decimal):
        return _BOUNDS, {"format"}
    if isinstance(kind, Array):
        return _ITEMS, set()
    if kind in _INSTANTS:
        return _BOUNDS, {"format"} if kind is Scalar.DATE else {"format", "timezone"}
    return {}, set()


def _is_instant(value: object, kind: Type) -> bool:
    try:
        if kind is Scalar.DATE:
            return date.fromisoformat(str(value)).isoformat() == value
        return (datetime.fromisoformat(str(value)).tzinfo is not None) is (kind is Scalar.TIMESTAMPTZ)
    except ValueError:
        return False


def _add(rules: dict[str, Any], rule: str, value: object, path: KeyPath, findings: Findings) -> None:
    if rule in rules:
        findings.add(path, value, f"one place that sets the {rule} values", "remove one of them")
    rules[rule] = value


def _check_text(rules: dict[str, Any], kind: Type, path: KeyPath, findings: Findings) -> None:
    """Check the rules that only text can satisfy, and bring them into the form of the model."""
    for rule in ("allowed", "pattern"):
        if rule in rules and kind is not Scalar.STRING:
            findings.add(path, rule, "minimum and maximum, or a string column", "use a rule for this type")
    if "allowed" in rules:
        rules["allowed"] = text_of_list(rules["allowed"], path, findings)
    if "pattern" in rules:
        check_pattern(rules["pattern"], path, findings)
