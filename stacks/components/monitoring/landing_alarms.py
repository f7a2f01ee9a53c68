"""Alarms about dropped files: one is refused, nobody knows it, or the router itself is in trouble."""

from aws_cdk import aws_sns as sns

from stacks.components.functions.python_function import metrics_namespace
from stacks.components.monitoring.alarms import alarm
from stacks.lake_stack import LakeStack
from stacks.resources import IngestionResources

ROUTER_MINUTES = 15
"""Time that the router has, Lambda's maximum: an object beyond 5 GB is copied in parts."""


def landing_alarms(stack: LakeStack, ingestion: IngestionResources, topic: sns.ITopic) -> None:
    """Make the alarms in `stack`, which has the router and its queues."""
    _router_alarms(stack, ingestion.router.function_name, topic)
    alarm(
        stack,
        "DeadLettersAlarm",
        name=stack.naming.resource("landing-dead-letters"),
        description="A file was refused five times: see the router's log; `lake-ops redrive landing`",
        runbook="landing-dead-letters",
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
        runbook="landing-unrouted",
        namespace=metrics_namespace(stack),
        metric="UnroutedObjects",
        dimensions={"service": "landing_router"},
        statistic="Sum",
        period_seconds=300,
        threshold=0,
        topic=topic,
    )


def _router_alarms(stack: LakeStack, router: str, topic: sns.ITopic) -> None:
    percent = stack.settings.alarms.function_time_percent
    alarm(
        stack,
        "RouterErrorsAlarm",
        name=stack.naming.resource("landing-router-errors"),
        description="The router crashed or ran out of time, so that its file waits: see the router's log",
        runbook="landing-router-errors",
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
        description=(
            f"The router ran for {percent} % of its {ROUTER_MINUTES} minutes: files are larger than it was "
            "sized for"
        ),
        runbook="landing-router-duration",
        namespace="AWS/Lambda",
        metric="Duration",
        dimensions={"FunctionName": router},
        statistic="Maximum",
        period_seconds=300,
        threshold=percent / 100 * ROUTER_MINUTES * 60 * 1000,
        topic=topic,
    )
