"""A Firehose that writes findings into silver, and costs nothing while there are none."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lakehouse.model.dataset import Layer
from stacks.components.access.statements import (
    FIREHOSE,
    READ_OBJECTS,
    USE_KEY,
    WRITE_OBJECTS,
    allow,
    service_role,
)
from stacks.components.monitoring.alarms import alarm
from stacks.components.monitoring.log_group import log_group
from stacks.features.security_findings.findings_table import DAY, FINDINGS, FOLDER
from stacks.features.security_findings.settings import SecurityFindingsSettings
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_ERRORS = f"{FOLDER}/_errors/"
_LOG_STREAM = "delivery"
_BUFFER_SECONDS = 60

_BY_AWS = "AWS's page demands it; the laptop's Firehose only puts objects"


def expire(bucket: s3.Bucket, section: SecurityFindingsSettings) -> None:
    """Have the silver bucket delete findings once nobody keeps them."""
    bucket.add_lifecycle_rule(
        id="SecurityFindings", prefix=f"{FOLDER}/", expiration=cdk.Duration.days(section.keep_days)
    )


class FindingsDelivery(Construct):
    """Takes rows by direct put, and tells when it cannot write them."""

    def __init__(self, scope: LakeStack, construct_id: str, *, foundation: FoundationResources) -> None:
        """Build with the key of silver."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._foundation = foundation
        self._name = scope.naming.resource("findings")
        self.arn = self._deliver()
        """ARN of the Firehose."""
        self._alarm()

    def _deliver(self) -> str:
        """Buffer rows into objects by the day of their arrival."""
        stack, group_name = self._stack, f"/aws/kinesisfirehose/{self._name}"
        group = log_group(stack, self, group_name, self._foundation.logs_key)
        stream = logs.CfnLogStream(self, "LogStream", log_group_name=group.ref, log_stream_name=_LOG_STREAM)
        role = self._role(stack.arns.log_stream(group_name, _LOG_STREAM))
        of = firehose.CfnDeliveryStream
        delimiter = of.ProcessorParameterProperty(parameter_name="Delimiter", parameter_value="\\n")
        delivery = of(
            self,
            "Delivery",
            delivery_stream_name=self._name,
            delivery_stream_type="DirectPut",
            # For the seconds until the rows are in the bucket, under its own key.
            delivery_stream_encryption_configuration_input=of.DeliveryStreamEncryptionConfigurationInputProperty(
                key_type="AWS_OWNED_CMK"
            ),
            extended_s3_destination_configuration=of.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=stack.arns.bucket(Layer.SILVER),
                role_arn=role.role_arn,
                prefix=f"{FINDINGS}{DAY}=!{{timestamp:yyyy-MM-dd}}/",
                error_output_prefix=f"{_ERRORS}!{{firehose:error-output-type}}/",
                compression_format="GZIP",
                buffering_hints=of.BufferingHintsProperty(
                    interval_in_seconds=_BUFFER_SECONDS, size_in_m_bs=1
                ),
                cloud_watch_logging_options=of.CloudWatchLoggingOptionsProperty(
                    enabled=True, log_group_name=group_name, log_stream_name=_LOG_STREAM
                ),
                processing_configuration=of.ProcessingConfigurationProperty(
                    enabled=True,
                    processors=[of.ProcessorProperty(type="AppendDelimiterToRecord", parameters=[delimiter])],
                ),
            ),
        )
        delivery.node.add_dependency(role, stream)
        return delivery.attr_arn

    def _role(self, log_stream: str) -> iam.Role:
        """What Firehose may do: https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html."""
        arns = self._stack.arns
        role = service_role(self, "Role", FIREHOSE, "Keeps security findings")
        allow(
            role,
            (*READ_OBJECTS, *WRITE_OBJECTS),
            [arns.objects(Layer.SILVER, f"{FOLDER}/")],
            why_wildcard="Firehose names the objects that it writes",
            not_asked=_BY_AWS,
        )
        allow(
            role,
            ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            [arns.bucket(Layer.SILVER)],
            not_asked=_BY_AWS,
        )
        key = self._foundation.keys[Layer.SILVER].key_arn
        allow(role, USE_KEY, [key], not_asked=_BY_AWS)
        allow(role, ["logs:PutLogEvents"], [log_stream], asked_when="a finding cannot be written")
        return role

    def _alarm(self) -> None:
        alarm(
            self,
            "Undelivered",
            name=f"{self._name}-undelivered",
            description=(
                "Security findings wait in Firehose and do not come into their table: read its delivery log; "
                "after 24 h it gives them up"
            ),
            runbook="undelivered",
            namespace="AWS/Firehose",
            metric="DeliveryToS3.DataFreshness",  # seconds
            dimensions={"DeliveryStreamName": self._name},
            statistic="Maximum",
            period_seconds=300,
            threshold=_BUFFER_SECONDS + self._stack.settings.alarms.delivery_minutes * 60,
            topic=self._foundation.alarm_topic,
        )
