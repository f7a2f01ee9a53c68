"""Adds to a domain's stack what others read, and to the governance stack what is read of others."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from lakehouse.model.access import AccessPolicy
from lakehouse.model.dataset import Dataset, Lake
from stacks.features.builder import FeatureBuilder
from stacks.features.sharing.exchange import Shared, owner_of
from stacks.features.sharing.giving import give
from stacks.features.sharing.reading import SharedTables
from stacks.features.sharing.settings import SharingSettings
from stacks.lake_stack import LakeStack
from stacks.resources import GovernanceResources


class Builder(FeatureBuilder):
    """Grants tables to other accounts, and links and grants theirs here."""

    def __init__(self, section: SharingSettings) -> None:
        """Take the feature's settings."""
        self._section = section

    def publish(
        self,
        scope: Construct,
        *,
        stack: LakeStack,
        dataset: Dataset,
        policy: AccessPolicy,
        governed: cdk.CfnResource,
    ) -> None:
        """Let the accounts that read the dataset's table have the cells that are shared."""
        alone = Lake((dataset,), policy)
        for entry in self._section.shares:
            for shared in Shared.of(alone, entry, owner=stack.naming, reader=entry.environment):
                give(scope, stack, shared, entry.account, governed)

    def govern(
        self,
        stack: LakeStack,
        *,
        lake: Lake,
        personas: Mapping[str, iam.Role],
        governance: GovernanceResources,
        after: Sequence[cdk.CfnResource],
    ) -> None:
        """Let personas find and read what others share."""
        for entry in self._section.reads:
            owner = owner_of(stack.settings, entry)
            tables = [*Shared.of(lake, entry, owner=owner, reader=stack.naming.environment)]
            if tables:
                SharedTables(
                    stack,
                    f"Of{entry.environment.title().replace('-', '')}",
                    owner=owner,
                    tables=tables,
                    readers={name: personas[name] for name in entry.personas},
                    governance=governance,
                    after=after,
                )
