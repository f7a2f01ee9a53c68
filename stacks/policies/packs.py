"""Every pack that an environment's templates are checked by."""

from aws_cdk import App, IPolicyValidationPlugin
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, NagPack, NIST80053R5Checks, PCIDSS321Checks

from stacks.policies.lake.checks import LakeChecks

NAG_PACKS: tuple[type[NagPack], ...] = (
    AwsSolutionsChecks,
    NIST80053R5Checks,
    HIPAASecurityChecks,
    PCIDSS321Checks,
)
"""Packs of cdk-nag: AWS Solutions, NIST 800-53 revision 5, HIPAA Security, PCI DSS 3.2.1.

Their rules: https://github.com/cdklabs/cdk-nag/blob/main/RULES.md
"""


def plugins(app: App) -> list[IPolicyValidationPlugin]:
    """Return the packs as what synthesis asks."""
    return [*(pack(app, verbose=True) for pack in NAG_PACKS), LakeChecks()]
