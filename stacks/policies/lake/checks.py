"""The lake's own rules, all together."""

from collections.abc import Iterable
from pathlib import Path

from stacks.policies.lake import access, services
from stacks.policies.lake.rules import Finding, Rule, resources

PACK = "Lake"
"""Name of the pack that they make."""

RULES: tuple[Rule, ...] = (*services.RULES, *access.RULES)


def findings(templates: Iterable[Path]) -> list[Finding]:
    """Return what breaks the rules in the templates of one environment, rule by rule."""
    found = resources(templates)
    return [Finding(rule, *broken) for rule in RULES for broken in rule.check(found)]
