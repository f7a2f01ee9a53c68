"""Alarms of a stream: its Firehose falls behind, or records are not delivered."""

from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.components.functions.python_function import metrics_namespace
from stacks.components.monitoring.alarms import alarm
from stacks.components.streaming.stream_route import Route
from stacks.lake_stack import LakeStack


def delivery_alarms(scope: Construct, stack: LakeStack, route: Route, topic: sns.ITopic) -> None:
    """Make the alarms in `scope`; those about records only where something can refuse them.

    https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
    https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
    """
    _reading(scope, stack, route, topic)
    _delivery(scope, stack, route, topic)
    if route.transform:
        metric = (metrics_namespace(stack), "RefusedRecords", {"Stream": route.name})
        _undelivered(scope, "Refused", what="refused", route=route, metric=metric, topic=topic)
    if route.conversion:
        metric = ("AWS/Firehose", "FailedConversion.Records", {"DeliveryStreamName": route.name})
        _undelivered(scope, "Unconverted", what="not-converted", route=route, metric=metric, topic=topic)


def _reading(scope: Construct, stack: LakeStack, route: Route, topic: sns.ITopic) -> None:
    alarm(
        scope,
        "IteratorAge",
        name=f"{route.name}-iterator-age",
        description=f"Firehose falls behind on {route.subject}: add shards, or read its delivery log",
        runbook="iterator-age",
        namespace="AWS/Kinesis",
        metric="GetRecords.IteratorAgeMilliseconds",
        dimensions={"StreamName": route.name},
        statistic="Maximum",
        period_seconds=60,
        periods=5,
        threshold=stack.settings.alarms.iterator_age_seconds * 1000,
        topic=topic,
    )
    alarm(
        scope,
        "Throttled",
        name=f"{route.name}-throttled",
        description=f"The stream of {route.subject} refused records for want of room: add shards",
        runbook="throttled",
        namespace="AWS/Kinesis",
        metric="WriteProvisionedThroughputExceeded",
        dimensions={"StreamName": route.name},
        statistic="Sum",
        period_seconds=60,
        periods=5,
        threshold=0,
        topic=topic,
    )


def _delivery(scope: Construct, stack: LakeStack, route: Route, topic: sns.ITopic) -> None:
    settings = stack.settings
    alarm(
        scope,
        "Undelivered",
        name=f"{route.name}-undelivered",
        description=(
            f"Records of {route.subject} wait in Firehose and do not come to bronze: read its delivery log; "
            "after 24 h it gives them up"
        ),
        runbook="undelivered",
        namespace="AWS/Firehose",
        metric="DeliveryToS3.DataFreshness",  # seconds
        dimensions={"DeliveryStreamName": route.name},
        statistic="Maximum",
        period_seconds=300,
        threshold=settings.streams.buffer_seconds + settings.alarms.delivery_minutes * 60,
        topic=topic,
    )


def _undelivered(
    scope: Construct,
    construct_id: str,
    *,
    what: str,
    route: Route,
    metric: tuple[str, str, dict[str, str]],
    topic: sns.ITopic,
) -> None:
    namespace, name, dimensions = metric
    alarm(
        scope,
        construct_id,
        name=f"{route.name}-{what}",
        description=(
            f"Records of {route.subject} were {what.replace('-', ' ')}: they wait in bronze under "
            f"{route.errors}; see why, mend what sends them, replay them"
        ),
        runbook=what,
        namespace=namespace,
        metric=name,
        dimensions=dimensions,
        statistic="Sum",
        period_seconds=300,
        threshold=0,
        topic=topic,
    )
