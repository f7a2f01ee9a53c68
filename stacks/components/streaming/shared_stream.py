"""A stream that several datasets share, of one domain or of many: each record says whose it is."""

from collections.abc import Sequence

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lakehouse.layout.streams import shared_error_prefix, shared_name, unpacks
from lakehouse.model.dataset import Dataset
from stacks.components.streaming.delivery import Delivery
from stacks.components.streaming.source_stream import UNPACKING_MEBIBYTES
from stacks.components.streaming.stream_route import Route, Transform
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_ROUTING_MEBIBYTES = "1"
"""MiB of records that are routed in one invocation: the answer repeats them in base64."""


class SharedStream(Delivery):
    """Delivers each record to the folder of its dataset; one that names none goes to the error prefix.

    The transform function returns the folder, and only of datasets that it knows.
    https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack: LakeStack,
        stream: str,
        datasets: Sequence[Dataset],
        foundation: FoundationResources,
        transform: lambda_.IFunction,
    ) -> None:
        """Build the stream of these datasets, which contracts call `stream`."""
        mebibytes = UNPACKING_MEBIBYTES if unpacks(tuple(datasets)) else _ROUTING_MEBIBYTES
        route = Route(
            name=shared_name(stream, stack.naming),
            subject=f"the shared stream {stream}",
            prefix="!{partitionKeyFromLambda:domain}/!{partitionKeyFromLambda:dataset}/",
            folders=[f"{dataset.id}/" for dataset in datasets],
            errors=shared_error_prefix(stream),
            shards=stack.settings.streams.shared_shards,
            transform=Transform(transform, mebibytes),
        )
        super().__init__(scope, construct_id, stack=stack, foundation=foundation, route=route)
