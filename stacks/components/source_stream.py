"""A dataset's own way from its producers into bronze: Kinesis stream and Firehose."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from lakehouse.model import Dataset
from stacks.components.access import USE_KEY, WRITE_OBJECTS, allow, service_role
from stacks.components.alarms import alarm
from stacks.components.log_group import log_group
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge

ERROR_PREFIX = "_errors/"
"""Where Firehose puts, in the bronze bucket, what it could not deliver."""

_LOG_STREAM = "delivery"


class SourceStream(Construct):
    """Buffers JSON records into compressed objects, partitioned by the hour of their arrival."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack: LakeStack,
        dataset: Dataset,
        bronze_key: kms.IKey,
        logs_key: kms.IKey,
        alarm_topic: sns.ITopic,
    ) -> None:
        """Build the stream of one dataset from the settings of `stack`."""
        super().__init__(scope, construct_id)
        self._stack = stack
        self._dataset = dataset
        self._name = stack.naming.resource(dataset.domain, dataset.name)
        self._log_group_name = f"/aws/kinesisfirehose/{self._name}"
        self.stream = self._stream(bronze_key)
        role = self._role(bronze_key)
        self._delivery(role, self._logs(logs_key))
        self._alarm(alarm_topic)

    def _stream(self, key: kms.IKey) -> kinesis.Stream:
        settings = self._stack.settings.streams
        stream = kinesis.Stream(
            self,
            "Stream",
            stream_name=self._name,
            encryption=kinesis.StreamEncryption.KMS,
            encryption_key=key,
            retention_period=cdk.Duration.hours(settings.retention_hours),
            stream_mode=kinesis.StreamMode.PROVISIONED if settings.shards else kinesis.StreamMode.ON_DEMAND,
            shard_count=settings.shards,
            removal_policy=self._stack.data_removal,
        )
        acknowledge(
            stream,
            "AwsSolutions-KDS3",
            "the bronze key limits who reads raw data; aws/kinesis could not",
        )
        return stream

    def _logs(self, key: kms.IKey) -> logs.CfnLogStream:
        group = log_group(self._stack, self, self._log_group_name, key)
        return logs.CfnLogStream(self, "LogStream", log_group_name=group.ref, log_stream_name=_LOG_STREAM)

    def _role(self, bronze_key: kms.IKey) -> iam.Role:
        prefix, arns = f"{self._dataset.id}/", self._stack.arns
        role = service_role(self, "Role", "firehose.amazonaws.com", f"Delivers {self._name} to bronze")
        allow(
            role,
            [
                "kinesis:DescribeStream",
                "kinesis:GetShardIterator",
                "kinesis:GetRecords",
                "kinesis:ListShards",
            ],
            [self.stream.stream_arn],
        )
        allow(
            role,
            WRITE_OBJECTS,
            [arns.objects("bronze", prefix), arns.objects("bronze", ERROR_PREFIX + prefix)],
            why_wildcard="Firehose names the objects that it writes under the dataset's prefix",
        )
        allow(
            role,
            ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            [arns.bucket("bronze")],
        )
        allow(role, USE_KEY, [bronze_key.key_arn])
        allow(role, ["logs:PutLogEvents"], [arns.log_stream(self._log_group_name, _LOG_STREAM)])
        return role

    def _delivery(self, role: iam.Role, log_stream: logs.CfnLogStream) -> None:
        destination = firehose.CfnDeliveryStream
        prefix, settings = f"{self._dataset.id}/", self._stack.settings.streams
        delivery = destination(
            self,
            "Delivery",
            delivery_stream_name=self._name,
            delivery_stream_type="KinesisStreamAsSource",
            kinesis_stream_source_configuration=destination.KinesisStreamSourceConfigurationProperty(
                kinesis_stream_arn=self.stream.stream_arn, role_arn=role.role_arn
            ),
            extended_s3_destination_configuration=destination.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=self._stack.arns.bucket("bronze"),
                role_arn=role.role_arn,
                prefix=prefix + "ingest_date=!{timestamp:yyyy-MM-dd}/ingest_hour=!{timestamp:HH}/",
                error_output_prefix=ERROR_PREFIX
                + prefix
                + "!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/",
                compression_format="GZIP",
                buffering_hints=destination.BufferingHintsProperty(
                    interval_in_seconds=settings.buffer_seconds, size_in_m_bs=settings.buffer_mebibytes
                ),
                cloud_watch_logging_options=destination.CloudWatchLoggingOptionsProperty(
                    enabled=True, log_group_name=self._log_group_name, log_stream_name=_LOG_STREAM
                ),
                processing_configuration=destination.ProcessingConfigurationProperty(
                    enabled=True,
                    processors=[
                        destination.ProcessorProperty(
                            type="AppendDelimiterToRecord",
                            parameters=[
                                destination.ProcessorParameterProperty(
                                    parameter_name="Delimiter", parameter_value="\\n"
                                )
                            ],
                        )
                    ],
                ),
            ),
        )
        # Firehose checks what its role may do while it is created.
        delivery.node.add_dependency(role, log_stream)
        acknowledge(
            delivery,
            "AwsSolutions-KDF1",
            "its source stream encrypts; a delivery stream with a stream as source takes no key of its own",
        )

    def _alarm(self, topic: sns.ITopic) -> None:
        alarm(
            self,
            "IteratorAge",
            name=f"{self._name}-iterator-age",
            description=f"Firehose falls behind on {self._dataset.id}: add shards, or read its delivery log",
            namespace="AWS/Kinesis",
            metric="GetRecords.IteratorAgeMilliseconds",
            dimensions={"StreamName": self._name},
            statistic="Maximum",
            period_seconds=60,
            periods=5,
            threshold=self._stack.settings.alarms.iterator_age_seconds * 1000,
            topic=topic,
        )
