"""Reads the rules that a single value must satisfy, and refuses rules that no job would enforce."""

import re
from typing import Any

from config.document import KeyPath
from config.faults import one_of
from lakehouse.model import Checks, Decimal, Scalar, Type
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Property, Quality

_TEXT = {"pattern": "pattern", "minLength": "min_length", "maxLength": "max_length"}
_NUMBER = {"minimum": "minimum", "maximum": "maximum"}
_NUMBERS = (Scalar.INT, Scalar.LONG, Scalar.FLOAT, Scalar.DOUBLE)
_ARGUMENTS = {"validValues", "pattern"}


def read_checks(column: Property, kind: Type, path: KeyPath, findings: Findings) -> Checks:
    """Return the rules from the options of the logical type, the enumeration and the quality section."""
    rules = _options(column.get("logicalTypeOptions", {}), kind, (*path, "logicalTypeOptions"), findings)
    if "enum" in column:
        _add(rules, "allowed", [entry["value"] for entry in column["enum"]], (*path, "enum"), findings)
    for at, quality in enumerate(column.get("quality", [])):
        for rule, value in _arguments(quality, (*path, "quality", at), findings).items():
            _add(rules, "allowed" if rule == "validValues" else rule, value, (*path, "quality", at), findings)
    _check_text(rules, kind, path, findings)
    for low, high in (("minimum", "maximum"), ("min_length", "max_length")):
        if low in rules and high in rules and rules[low] > rules[high]:
            findings.add(path, f"{low} {rules[low]}", f"at most the {high}, {rules[high]}", "exchange them")
    return Checks(**rules)


def check_documentation(rules: list[Quality], path: KeyPath, findings: Findings) -> None:
    """Refuse rules about whole tables, unless they are text for people."""
    for at, quality in enumerate(rules):
        if quality.get("type") != "text":
            findings.add((*path, at), quality.get("metric", "a rule"), "`type: text`", "describe it as text")


def _options(options: dict[str, object], kind: Type, path: KeyPath, findings: Findings) -> dict[str, Any]:
    enforced: dict[str, str] = {}
    descriptive = set()
    if kind is Scalar.STRING:
        enforced, descriptive = _TEXT, {"format"}
    elif kind in _NUMBERS or isinstance(kind, Decimal):
        enforced, descriptive = _NUMBER, {"format"}
    elif kind in (Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ):
        descriptive = {"timezone"}
    for key in options.keys() - enforced.keys() - descriptive:
        findings.add((*path, key), key, one_of([*enforced, *descriptive]), "remove it: no job enforces it")
    return {enforced[key]: value for key, value in options.items() if key in enforced}


def _arguments(quality: Quality, path: KeyPath, findings: Findings) -> dict[str, object]:
    """Return what a rule asks of each value; the one form that jobs enforce allows no invalid value."""
    if quality.get("type") == "text":
        return {}
    arguments = quality.get("arguments", {})
    if (
        quality.get("metric") == "invalidValues"
        and quality.get("mustBe") == 0
        and arguments.keys() <= _ARGUMENTS
    ):
        return arguments
    allowed = "`metric: invalidValues` with validValues or pattern and `mustBe: 0`, or `type: text`"
    got = quality.get("metric", quality.get("type", "a rule"))
    findings.add(path, got, allowed, "write it in this form, or describe it as text")
    return {}


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
        values = rules["allowed"]
        if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
            findings.add(path, values, "a list of texts", "write each value in quotes")
            values = []
        rules["allowed"] = tuple(values)
    if "pattern" in rules:
        try:
            re.compile(rules["pattern"])
        except (re.error, TypeError) as error:
            findings.add(path, rules["pattern"], f"a regular expression ({error})", "mend the pattern")
