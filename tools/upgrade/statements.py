"""Policies as single rights, and whether one right covers another.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

Document = Mapping[str, Any]

_PATTERNS = ("like", "arn")
"""Parts of the names of operators whose values may be patterns."""


@dataclass(frozen=True, order=True)
class Condition:
    """One key that a request has to have a value of."""

    operator: str
    key: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        """For people."""
        return f"{self.key} {self.operator} {' or '.join(self.values)}"

    def is_looser_than(self, other: "Condition") -> bool:
        """Whether every request that meets the other one meets this."""
        own, its = self.operator.lower(), other.operator.lower()
        if self.key.lower() != other.key.lower():
            return False
        if own.removesuffix("ifexists") != its.removesuffix("ifexists"):
            return False
        if its.endswith("ifexists") and not own.endswith("ifexists"):
            return False
        if "not" in own:
            return set(self.values) <= set(other.values)
        if any(each in own for each in _PATTERNS):
            return all(any(matches(value, wide) for wide in self.values) for value in other.values)
        return set(other.values) <= set(self.values)


@dataclass(frozen=True, order=True)
class Right:
    """One thing that a policy allows or denies somebody to do with something."""

    allows: bool
    who: str
    """Principal, with its kind; empty where the policy is somebody's own."""
    action: str
    resource: str
    conditions: tuple[Condition, ...] = ()

    def covers(self, other: "Right") -> bool:
        """Whether it allows, or denies, all that the other does."""
        return (
            self.allows == other.allows
            and matches(other.who, self.who)
            and matches(other.action.lower(), self.action.lower())
            and matches(other.resource, self.resource)
            and all(any(own.is_looser_than(its) for its in other.conditions) for own in self.conditions)
        )


def matches(text: str, pattern: str) -> bool:
    """Whether a pattern covers all that a text, which may be a pattern itself, stands for."""
    if pattern in (text, "*"):
        return True
    return not pattern.startswith("!") and not text.startswith("!") and bool(_regex(pattern).fullmatch(text))


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": r"[^*]"}  # a star of the text is more than one character
    return re.compile("".join(parts.get(each, re.escape(each)) for each in pattern), re.DOTALL)


def rights(document: Document) -> Iterator[Right]:
    """Yield each right of a policy once.

    What is said by exclusion, as with `NotAction`, is one right that only the same exclusion covers, or all.
    """
    found = document.get("Statement", [])
    for statement in [found] if isinstance(found, Mapping) else found:
        conditions = tuple(sorted(_conditions(statement)))
        allows = statement.get("Effect") == "Allow"
        for who, action, resource in product(
            _principals(statement), _texts(statement, "Action"), _texts(statement, "Resource")
        ):
            yield Right(allows, who, action, resource, conditions)


def _conditions(statement: Document) -> Iterator[Condition]:
    for operator, block in statement.get("Condition", {}).items():
        for key, value in block.items():
            values = value if isinstance(value, list) else [value]
            texts = (str(each).lower() if isinstance(each, bool) else str(each) for each in values)
            yield Condition(operator, key, tuple(sorted(texts)))


def _principals(statement: Document) -> list[str]:
    if "NotPrincipal" in statement:
        return [_excluded(statement["NotPrincipal"])]
    if "Principal" not in statement:
        return [""]
    principal = statement["Principal"]
    if not isinstance(principal, Mapping):
        return [str(principal)]
    return [
        "*" if (kind, each) == ("AWS", "*") else f"{kind} {each}"
        for kind, values in principal.items()
        for each in ([values] if isinstance(values, str) else values)
    ]


def _texts(statement: Document, key: str) -> list[str]:
    if f"Not{key}" in statement:
        return [_excluded(statement[f"Not{key}"])]
    found = statement.get(key, "*" if key == "Resource" else [])  # a trust policy names no resource
    return [found] if isinstance(found, str) else [str(each) for each in found]


def _excluded(value: Any) -> str:
    if isinstance(value, list):
        value = sorted(map(str, value))
    return f"!{json.dumps(value, sort_keys=True)}"
