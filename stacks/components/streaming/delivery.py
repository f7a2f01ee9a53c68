"""From producers into bronze: a Kinesis stream, and the Firehose that puts its records into objects."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from constructs import Construct

from lakehouse.layout.paths import ingest_partition
from lakehouse.model.dataset import Layer
from stacks.components.access.grants import Grants
from stacks.components.monitoring.log_group import log_group
from stacks.components.streaming.delivery_alarms import delivery_alarms
from stacks.components.streaming.delivery_role import delivery_role
from stacks.components.streaming.stream_route import LOG_STREAM, Route
from stacks.lake_stack import KEEP, LakeStack
from stacks.policies.acknowledgements import acknowledge
from stacks.resources import FoundationResources

_WIDE_BUFFER_MEBIBYTES = 64
"""Least buffer where Firehose partitions by content or converts to Parquet.

https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-enable.html
https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html
"""

_TRANSFORM_RETRIES = "60"
"""Tries of the transform function beyond the first, where it is throttled or times out, instead of three.

A small account runs few functions at once. What fails after all goes to the error prefix, to be replayed.
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
"""

_PARTITION = ingest_partition("!{timestamp:yyyy-MM-dd}", "!{timestamp:HH}")

_Destination = firehose.CfnDeliveryStream


class Delivery(Construct):
    """Buffers records into objects by the hour of their arrival, and keeps apart what it cannot deliver."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack: LakeStack,
        foundation: FoundationResources,
        route: Route,
    ) -> None:
        """Build stream and Firehose from the settings of `stack`."""
        super().__init__(scope, construct_id)
        self._stack = stack
        self._foundation = foundation
        self._route = route
        self.stream = self._stream()
        role = delivery_role(self, stack, foundation, route, stream_arn=self.stream.stream_arn)
        self._delivery(role, self._logs())
        delivery_alarms(self, stack, route, foundation.alarm_topic)

    def _stream(self) -> kinesis.Stream:
        shards = self._route.shards
        stream = kinesis.Stream(
            self,
            "Stream",
            stream_name=self._route.name,
            encryption=kinesis.StreamEncryption.KMS,
            encryption_key=self._foundation.keys[Layer.BRONZE],
            retention_period=cdk.Duration.hours(self._stack.settings.streams.retention_hours),
            stream_mode=kinesis.StreamMode.PROVISIONED if shards else kinesis.StreamMode.ON_DEMAND,
            shard_count=shards,
            removal_policy=KEEP,
        )
        acknowledge(
            stream,
            "AwsSolutions-KDS3",
            "the bronze key limits who reads raw data; aws/kinesis could not",
        )
        return stream

    def _logs(self) -> logs.CfnLogStream:
        group = log_group(self._stack, self, self._route.log_group, self._foundation.logs_key)
        return logs.CfnLogStream(self, "LogStream", log_group_name=group.ref, log_stream_name=LOG_STREAM)

    def _delivery(self, role: iam.Role, log_stream: logs.CfnLogStream) -> None:
        route, settings = self._route, self._stack.settings.streams
        wide = route.by_content or route.conversion
        delivery = _Destination(
            self,
            "Delivery",
            delivery_stream_name=route.name,
            delivery_stream_type="KinesisStreamAsSource",
            kinesis_stream_source_configuration=_Destination.KinesisStreamSourceConfigurationProperty(
                kinesis_stream_arn=self.stream.stream_arn, role_arn=role.role_arn
            ),
            extended_s3_destination_configuration=_Destination.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=self._stack.arns.bucket("bronze"),
                role_arn=role.role_arn,
                prefix=route.prefix + _PARTITION,
                error_output_prefix=f"{route.errors}!{{firehose:error-output-type}}/!{{timestamp:yyyy-MM-dd}}/",
                compression_format="UNCOMPRESSED" if route.conversion else "GZIP",
                buffering_hints=_Destination.BufferingHintsProperty(
                    interval_in_seconds=settings.buffer_seconds,
                    size_in_m_bs=max(settings.buffer_mebibytes, _WIDE_BUFFER_MEBIBYTES if wide else 1),
                ),
                cloud_watch_logging_options=_Destination.CloudWatchLoggingOptionsProperty(
                    enabled=True, log_group_name=self._route.log_group, log_stream_name=LOG_STREAM
                ),
                processing_configuration=self._processing(),
                dynamic_partitioning_configuration=(
                    _Destination.DynamicPartitioningConfigurationProperty(enabled=True)
                    if route.by_content
                    else None
                ),
                data_format_conversion_configuration=(
                    route.conversion.configuration(role.role_arn, self._stack) if route.conversion else None
                ),
            ),
        )
        # Firehose checks what its role may do, and what it converts by, while it is created.
        delivery.node.add_dependency(role, log_stream)
        if route.conversion:
            for each in (route.conversion.resource, *Grants.of(self._stack).made):
                delivery.add_resource_dependency(each)
        acknowledge(
            delivery,
            "AwsSolutions-KDF1",
            "its source stream encrypts; a delivery stream with a stream as source takes no key of its own",
        )

    def _processing(self) -> _Destination.ProcessingConfigurationProperty | None:
        transform = self._route.transform
        if transform:
            processor = _processor(
                "Lambda",
                LambdaArn=transform.function.function_arn,
                BufferSizeInMBs=transform.buffer_mebibytes,
                NumberOfRetries=_TRANSFORM_RETRIES,
            )
        elif self._route.conversion:
            return None
        else:
            processor = _processor("AppendDelimiterToRecord", Delimiter="\\n")
        return _Destination.ProcessingConfigurationProperty(enabled=True, processors=[processor])


def _processor(kind: str, **parameters: str) -> _Destination.ProcessorProperty:
    return _Destination.ProcessorProperty(
        type=kind,
        parameters=[
            _Destination.ProcessorParameterProperty(parameter_name=name, parameter_value=value)
            for name, value in parameters.items()
        ],
    )
