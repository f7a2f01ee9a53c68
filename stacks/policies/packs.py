"""Every pack that synthesis checks an environment's templates by."""

from itertools import groupby
from pathlib import Path

import aws_cdk as cdk
import jsii
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, NagPack, NIST80053R5Checks, PCIDSS321Checks

from stacks.policies.lake.checks import PACK, RULES, findings

NAG_PACKS: tuple[type[NagPack], ...] = (
    AwsSolutionsChecks,
    NIST80053R5Checks,
    HIPAASecurityChecks,
    PCIDSS321Checks,
)
"""Packs of cdk-nag: AWS Solutions, NIST 800-53 revision 5, HIPAA Security, PCI DSS 3.2.1.

Their rules: https://github.com/cdklabs/cdk-nag/blob/main/RULES.md
"""


@jsii.implements(cdk.IPolicyValidationPlugin)
class LakeChecks:
    """Has synthesis fail on what breaks a rule of the lake.

    No exception is taken: a rule knows what it does not mean.
    """

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


def plugins(app: cdk.App) -> list[cdk.IPolicyValidationPlugin]:
    """Return the packs as what synthesis asks."""
    return [*(pack(app, verbose=True) for pack in NAG_PACKS), LakeChecks()]
