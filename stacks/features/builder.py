"""What a feature adds to the lake, where it is on."""

from collections.abc import Iterable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from config.section import Section
from config.settings import Settings
from lakehouse.model.dataset import Dataset, Lake
from stacks.components.storage.lake_bucket import LakeBucket
from stacks.features.registry import part, switched_on
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources


class FeatureBuilder:
    """Adds nothing, where a feature does not say otherwise. There is one of each feature in an app."""

    def __init__(self, section: Section) -> None:
        """Take the feature's settings."""

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

    def stacks(
        self, app: cdk.App, *, settings: Settings, lake: Lake, foundation: FoundationResources
    ) -> Iterable[cdk.Stack]:
        """Add stacks of the feature's own; they are deployed after all of the platform's."""
        return ()


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
