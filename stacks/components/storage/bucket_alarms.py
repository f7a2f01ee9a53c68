"""Alarms about requests to a bucket: far more than is usual, or many that S3 refuses."""

from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.components.monitoring.alarms import alarm, alarm_on_band
from stacks.components.storage.lake_bucket import ALL_REQUESTS
from stacks.lake_stack import LakeStack

_SECONDS = 300


def bucket_alarms(stack: LakeStack, role: str, topic: sns.ITopic) -> None:
    """Make the alarms of a bucket whose requests are counted.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
    """
    settings, bucket = stack.settings.alarms, stack.naming.bucket(role)
    scope = Construct(stack, f"{role.title()}Alarms")
    dimensions = {"BucketName": bucket, "FilterId": ALL_REQUESTS}
    alarm_on_band(
        scope,
        "Requests",
        name=stack.naming.resource(role, "requests"),
        description=(
            f"Far more requests than usual to {bucket}, and each costs: see in the audit trail who asks, and "
            "whether a job runs in circles"
        ),
        runbook="bucket-requests",
        namespace="AWS/S3",
        metric="AllRequests",
        dimensions=dimensions,
        period_seconds=_SECONDS,
        periods=3,
        deviations=settings.request_deviations,
        topic=topic,
    )
    alarm(
        scope,
        "ClientErrors",
        name=stack.naming.resource(role, "client-errors"),
        description=(
            f"S3 refused more than {settings.client_errors} requests to {bucket} within five minutes: see in "
            "the audit trail whose, and the error code"
        ),
        runbook="bucket-client-errors",
        namespace="AWS/S3",
        metric="4xxErrors",
        dimensions=dimensions,
        statistic="Sum",
        period_seconds=_SECONDS,
        threshold=settings.client_errors,
        topic=topic,
    )
