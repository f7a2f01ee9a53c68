"""The security services of the account, the table of what they find, and who hears of it."""

from collections.abc import Mapping

import aws_cdk as cdk

from config.settings import Settings
from lakehouse.model.dataset import Lake, Layer
from stacks.components.storage.lake_bucket import LakeBucket
from stacks.features.builder import FeatureBuilder
from stacks.features.security_findings.conformance import Conformance, let_config_write
from stacks.features.security_findings.findings_delivery import FindingsDelivery, expire
from stacks.features.security_findings.findings_table import FindingsTable
from stacks.features.security_findings.macie_session import MacieSession, let_decrypt
from stacks.features.security_findings.routing import Routing
from stacks.features.security_findings.services import services
from stacks.features.security_findings.settings import SecurityFindingsSettings
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources, GovernanceResources


class SecurityFindingsStack(LakeStack):
    """Everything of the feature but what it asks of the lake's keys and buckets."""

    def __init__(
        self,
        scope: cdk.App,
        construct_id: str,
        *,
        settings: Settings,
        section: SecurityFindingsSettings,
        lake: Lake,
        foundation: FoundationResources,
        governance: GovernanceResources,
    ) -> None:
        """Build from the feature's settings."""
        super().__init__(
            scope, construct_id, settings=settings, description="Security services, and what they find"
        )
        FindingsTable(self, "Table", section=section, governance=governance)
        delivery = FindingsDelivery(self, "Delivery", foundation=foundation)
        Routing(self, "Routing", section=section, foundation=foundation, delivery_arn=delivery.arn)
        services(self, section)
        if section.macie:
            MacieSession(self, "Macie", settings=section.macie, lake=lake)
        if section.config:
            Conformance(self, "Config", settings=section.config, foundation=foundation)


class Builder(FeatureBuilder):
    """Adds the stack, the expiry of findings, and what Macie and Config need of keys and buckets."""

    def __init__(self, section: SecurityFindingsSettings) -> None:
        """Take the feature's settings."""
        self._section = section

    def found(self, stack: LakeStack, foundation: FoundationResources) -> None:
        """Let Macie decrypt, and Config write."""
        if self._section.macie:
            let_decrypt(stack, self._section.macie, foundation)
        if self._section.config and not self._section.config.existing:
            let_config_write(stack, foundation)

    def store(
        self, stack: LakeStack, buckets: Mapping[str, LakeBucket], foundation: FoundationResources
    ) -> None:
        """Have findings expire."""
        expire(buckets[Layer.SILVER].bucket, self._section)

    def stacks(
        self,
        app: cdk.App,
        *,
        settings: Settings,
        lake: Lake,
        foundation: FoundationResources,
        governance: GovernanceResources,
    ) -> list[cdk.Stack]:
        """Add it."""
        return [
            SecurityFindingsStack(
                app,
                "SecurityFindings",
                settings=settings,
                section=self._section,
                lake=lake,
                foundation=foundation,
                governance=governance,
            )
        ]
