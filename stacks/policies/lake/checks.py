"""The lake's own rules as one pack, beside those of cdk-nag."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import aws_cdk as cdk
import jsii

from stacks.policies.lake import access, services
from stacks.policies.lake.rules import Finding, Rule, resources

PACK = "Lake"
RULES: tuple[Rule, ...] = (*services.RULES, *access.RULES)


def findings(templates: Iterable[Path]) -> list[Finding]:
    """Return what breaks the rules in the templates of one environment, sorted by rule."""
    found = resources(templates)
    return [Finding(rule, *broken) for rule in RULES for broken in rule.check(found)]


@jsii.implements(cdk.IPolicyValidationPlugin)
class LakeChecks:
    """Has synthesis fail on what breaks a rule. There are no exceptions: a rule knows what it does not mean."""

    @property
    def name(self) -> str:
        """Name of the pack in the report."""
        return PACK

    @property
    def version(self) -> str | None:
        """None: the rules are of the project that they check."""
        return None

    @property
    def rule_ids(self) -> list[str]:
        """Names of the rules."""
        return [rule.name for rule in RULES]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Check the templates that were synthesized."""
        found = findings(Path(path) for path in context.template_paths)
        violations = [
            cdk.PolicyViolation(
                rule_name=name,
                description="; ".join(sorted({f"{each.rule.demand}; {each.fault}" for each in broken})),
                severity="error",
                violating_resources=[
                    cdk.PolicyViolatingResource(
                        locations=[],
                        resource_logical_id=each.resource.logical_id,
                        template_path=str(each.resource.template),
                    )
                    for each in broken
                ],
            )
            for name, group in groupby(found, key=lambda each: each.rule.name)
            for broken in [list(group)]
        ]
        return cdk.PolicyValidationPluginReport(success=not violations, violations=violations)
