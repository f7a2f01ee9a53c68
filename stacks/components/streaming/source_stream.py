"""A dataset's own way from its producers into bronze: Kinesis stream and Firehose."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lakehouse.layout.streams import error_prefix, stream_name, unpacks
from lakehouse.model.dataset import Dataset, Format
from lakehouse.targets.glue import source_columns
from stacks.components.streaming.delivery import Delivery
from stacks.components.streaming.parquet_conversion import ParquetConversion
from stacks.components.streaming.stream_route import Route, Transform
from stacks.components.tables.external_table import ExternalTable
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

UNPACKING_MEBIBYTES = "0.5"
"""MiB of records that are unpacked in one invocation: up to eight times as much fits into its answer."""


class SourceStream(Delivery):
    """Delivers the records of one dataset: as they came, unpacked, or as Parquet."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack: LakeStack,
        dataset: Dataset,
        foundation: FoundationResources,
        transform: lambda_.IFunction,
        table: ExternalTable,
    ) -> None:
        """Build the stream of one dataset; `table` is its own, and `transform` used where it asks for it."""
        folder = f"{dataset.id}/"
        converted = dataset.ingestion is not None and dataset.ingestion.format is Format.PARQUET
        route = Route(
            name=stream_name(dataset, stack.naming),
            subject=dataset.id,
            prefix=folder,
            folders=[folder],
            errors=error_prefix(dataset),
            shards=stack.settings.streams.shards,
            transform=Transform(transform, UNPACKING_MEBIBYTES) if unpacks((dataset,)) else None,
            conversion=(
                ParquetConversion(dataset.domain, dataset.name, table.resource, source_columns(dataset))
                if converted
                else None
            ),
        )
        super().__init__(scope, construct_id, stack=stack, foundation=foundation, route=route)
