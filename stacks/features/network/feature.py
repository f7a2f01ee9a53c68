"""The feature `network`."""

from stacks.features.feature import Feature
from stacks.features.network.settings import NetworkSettings

FEATURE = Feature(
    title="Functions and jobs in private subnets; buckets answer them, AWS's services, and whom you name",
    section=NetworkSettings,
    idle_cost="USD 88: six interface endpoints in two zones (us-east-1); flow logs by what flows",
    laptop="who is inside, endpoints and their policies decide on every request; no packets, no flow logs",
    stacks=("Network",),
    everywhere=True,
    patches=("ec2",),
)
