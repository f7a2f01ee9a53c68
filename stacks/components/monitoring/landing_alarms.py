"""Alarms about dropped files: one is refused, nobody knows it, or the router itself is in trouble."""

from aws_cdk import aws_sns as sns

from stacks.components.functions.python_function import metrics_namespace
from stacks.components.monitoring.alarms import alarm
from stacks.lake_stack import LakeStack
from stacks.resources import IngestionResources


def landing_alarms(stack: LakeStack, ingestion: IngestionResources, topic: sns.ITopic) -> None:
    """Make the alarms in `stack`, which has the router and its queues."""
    _router_alarms(stack, ingestion.router.function_name, topic)
    alarm(
        stack,
        "DeadLettersAlarm",
        name=stack.naming.resource("landing-dead-letters"),
        description="A file was refused five times: see the router's log; `lake-ops redrive landing`",
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": ingestion.dead_letter_queue_name},
        statistic="Maximum",
        period_seconds=60,
        threshold=0,
        topic=topic,
    )
    alarm(
        stack,
        "UnroutedObjectsAlarm",
        name=stack.naming.resource("landing-unrouted"),
        description="A file is in quarantine, its folder tells why: mend, `lake-ops replay files`",
        namespace=metrics_namespace(stack),
        metric="UnroutedObjects",
        dimensions={"service": "landing_router"},
        statistic="Sum",
        period_seconds=300,
        threshold=0,
        topic=topic,
    )


def _router_alarms(stack: LakeStack, router: str, topic: sns.ITopic) -> None:
    alarm(
        stack,
        "RouterErrorsAlarm",
        name=stack.naming.resource("landing-router-errors"),
        description="The router crashed or ran out of time, so that its file waits: see the router's log",
        namespace="AWS/Lambda",
        metric="Errors",
        dimensions={"FunctionName": router},
        statistic="Sum",
        period_seconds=60,
        threshold=0,
        topic=topic,
    )
    alarm(
        stack,
        "RouterDurationAlarm",
        name=stack.naming.resource("landing-router-duration"),
        description="The router ran for 9 of its 15 minutes: files are larger than it was sized for",
        namespace="AWS/Lambda",
        metric="Duration",
        dimensions={"FunctionName": router},
        statistic="Maximum",
        period_seconds=300,
        threshold=9 * 60 * 1000,
        topic=topic,
    )
