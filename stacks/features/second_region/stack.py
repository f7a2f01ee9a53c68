"""Adds to foundation and storage of both environments of a pair what replication asks of them."""

from collections.abc import Mapping

from config.settings import Settings
from stacks.components.storage.lake_bucket import LakeBucket
from stacks.features.builder import FeatureBuilder
from stacks.features.second_region import receiving, sending
from stacks.features.second_region.pair import Pair
from stacks.features.second_region.settings import SecondRegionSettings
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources


class Builder(FeatureBuilder):
    """Has the buckets that send replicate, and the keys that receive be used for it."""

    def __init__(self, section: SecondRegionSettings) -> None:
        """Take the feature's settings."""
        self._section = section

    def found(self, stack: LakeStack, foundation: FoundationResources) -> None:
        """Open keys to what is received, and replicate the keys of masking from the side that has it."""
        pair = self._pair(stack.settings)
        if self._section.receives is not None:
            receiving.open_keys(stack, pair, foundation)
        if stack.settings.masking_key_of == pair.there.environment:
            receiving.take_masking_keys(stack, pair, foundation)
        elif self._section.sends is not None and stack.settings.masking_key_of is None:
            sending.give_masking_keys(pair, foundation)

    def store(
        self, stack: LakeStack, buckets: Mapping[str, LakeBucket], foundation: FoundationResources
    ) -> None:
        """Replicate the buckets of the side that sends, and watch over it on both."""
        pair = self._pair(stack.settings)
        if (sends := self._section.sends) is not None:
            sending.replicate(stack, pair, buckets, foundation, time_control=sends.time_control)
        if (receives := self._section.receives) is not None:
            receiving.watch(stack, pair, receives, foundation)

    def _pair(self, settings: Settings) -> Pair:
        return Pair.of(settings.naming, self._section.environment, self._section.region)
