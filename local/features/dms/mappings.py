"""Table mappings: which tables are replicated, where their files go, and which columns they get.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.html
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from local.features.dms.state import Table

Rule = Mapping[str, Any]


class MappingError(ValueError):
    """Table mappings cannot be read, pick no table, or have a rule that is not emulated."""


@dataclass(frozen=True)
class Placement:
    """What is told about one table of the source."""

    schema: str
    table: str
    sequence: str | None = None
    """Column that gets the number of the change."""
    before: str | None = None
    """Prefix of key columns as they were before an update."""


def placements(mappings: str, tables: Iterable[Table]) -> dict[Table, Placement]:
    """Return the tables that mappings pick.

    Raises:
        MappingError: The mappings cannot be followed; holds every fault.
    """
    try:
        rules: list[Rule] = json.loads(mappings)["rules"]
        unknown = [f"rule {rule['rule-id']}" for rule in rules if _change(rule) is None]
    except (ValueError, KeyError, TypeError) as error:
        raise MappingError(f"the table mappings cannot be read: {error!r}") from error
    if unknown:
        raise MappingError(f"not emulated: {', '.join(unknown)}; the embedded DMS has {', '.join(_CHANGES)}")
    picked = {table: _placed(rules, table) for table in tables if _picked(rules, table)}
    if not picked:
        raise MappingError("no table of the source passes the selection rules of the table mappings")
    return picked


def _picked(rules: list[Rule], table: Table) -> bool:
    selections = [rule for rule in rules if rule["rule-type"] == "selection" and _about(rule, table)]
    actions = {rule["rule-action"] for rule in selections}
    return "exclude" not in actions and bool(actions & {"include", "explicit"})


def _placed(rules: list[Rule], table: Table) -> Placement:
    found = Placement(*table)
    for rule in rules:
        change = _change(rule)
        if change and rule["rule-type"] == "transformation" and _about(rule, table):
            found = change(found, rule)
    return found


def _about(rule: Rule, table: Table) -> bool:
    """Whether the rule's pattern, in which `%` stands for any characters, fits a table of the source."""
    place = rule["object-locator"]
    patterns = place.get("schema-name", "%"), place.get("table-name", "%")
    return all(
        fnmatchcase(name, pattern.replace("%", "*")) for name, pattern in zip(table, patterns, strict=True)
    )


def _sequence(found: Placement, rule: Rule) -> Placement:
    return replace(found, sequence=rule["value"])


def _before(found: Placement, rule: Rule) -> Placement:
    return replace(found, before=rule["before-image-def"]["column-prefix"])


_CHANGES: dict[str, Callable[[Placement, Rule], Placement]] = {
    "schema rename": lambda found, rule: replace(found, schema=rule["value"]),
    "table rename": lambda found, rule: replace(found, table=rule["value"]),
    "column add-column $AR_H_CHANGE_SEQ": _sequence,
    "column add-before-image-columns pk-only": _before,
}
"""Transformations by target, action and what else decides about them."""


def _change(rule: Rule) -> Callable[[Placement, Rule], Placement] | None:
    """How a rule changes what is told about a table; None if it is not emulated."""
    if rule["rule-type"] == "selection":
        known = rule["rule-action"] in ("include", "exclude", "explicit") and not rule.get("filters")
        return (lambda found, _: found) if known else None
    image = rule.get("before-image-def") or {}
    if image.get("column-suffix"):
        return None
    words = [
        rule.get("rule-target"),
        rule.get("rule-action"),
        rule.get("expression"),
        image.get("column-filter"),
    ]
    return _CHANGES.get(" ".join(word for word in words if word))
