"""The feature `second_region`."""

from stacks.features.feature import Feature
from stacks.features.second_region.agreement import agreement
from stacks.features.second_region.settings import SecondRegionSettings

FEATURE = Feature(
    title="What cannot be made again is replicated into another region, where a second lake is made of it",
    section=SecondRegionSettings,
    idle_cost="USD 3: metrics and alarms of two rules, replicas of the keys of masking; the other side's own",
    laptop="all of it but time and metrics: S3 copies at once, with the rights of the deployed role",
    agreement=agreement,
)
