"""What a feature adds to the lake, where it is on."""

from collections.abc import Iterable, Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from config.section import Section
from config.settings import Settings
from lakehouse.model.access import AccessPolicy
from lakehouse.model.dataset import Dataset, Lake
from stacks.components.storage.lake_bucket import LakeBucket
from stacks.features.registry import part, switched_on
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources, GovernanceResources


class FeatureBuilder:
    """Adds nothing, where a feature does not say otherwise. There is one of each feature in an app."""

    def __init__(self, section: Section) -> None:
        """Take the feature's settings."""

    def ground(
        self, app: cdk.App, *, settings: Settings, foundation: FoundationResources
    ) -> Iterable[cdk.Stack]:
        """Add stacks that others refer to; they are deployed after the foundation and before all others."""
        return ()

    def found(self, stack: LakeStack, foundation: FoundationResources) -> None:
        """Add to the foundation stack what the feature asks of keys and of the masking key."""

    def store(
        self, stack: LakeStack, buckets: Mapping[str, LakeBucket], foundation: FoundationResources
    ) -> None:
        """Add to the storage stack what the feature does with the lake's buckets, which are given by role."""

    def share(self, stack: LakeStack, lake: Lake) -> None:
        """Add to the ingestion stack what the feature needs once."""

    def bring(
        self,
        scope: Construct,
        *,
        stack: LakeStack,
        dataset: Dataset,
        stream: kinesis.IStream | None,
        foundation: FoundationResources,
    ) -> None:
        """Add to a dataset that names the feature as its source what brings its records.

        They go to the `stream`; if it is None, into landing.
        """

    def publish(
        self,
        scope: Construct,
        *,
        stack: LakeStack,
        dataset: Dataset,
        policy: AccessPolicy,
        governed: cdk.CfnResource,
    ) -> None:
        """Add to a dataset what the feature does with its silver or gold table, once that is `governed`.

        The template of a domain's stack has a limit of which `lake.part` takes account: keep it small.
        """

    def govern(
        self,
        stack: LakeStack,
        *,
        lake: Lake,
        personas: Mapping[str, iam.Role],
        governance: GovernanceResources,
        after: Sequence[cdk.CfnResource],
    ) -> None:
        """Add to the governance stack what personas, whose roles are given by name, read beside the lake.

        What the feature puts into the catalog is made after Lake Formation is set up, which `after` stands
        for.
        """

    def stacks(
        self,
        app: cdk.App,
        *,
        settings: Settings,
        lake: Lake,
        foundation: FoundationResources,
        governance: GovernanceResources,
    ) -> Iterable[cdk.Stack]:
        """Add stacks of the feature's own; they are deployed after all of the platform's."""
        return ()

    def complete(self, app: cdk.App) -> None:
        """Change what the stacks of the app hold, once all of them are built."""


def builders(settings: Settings) -> Mapping[str, FeatureBuilder]:
    """Return the builders of the features that are on, by name.

    Raises:
        TypeError: A feature has no module `stack` with a `Builder`.
    """
    found = {}
    for name, section in switched_on(settings.features).items():
        kind = getattr(part(name, "stack"), "Builder", None)
        if kind is None or not issubclass(kind, FeatureBuilder):
            raise TypeError(f"stacks/features/{name}/stack.py has no class Builder(FeatureBuilder)")
        found[name] = kind(section)
    return found
