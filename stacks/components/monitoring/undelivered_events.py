"""Events that EventBridge could not hand over to their target: kept, and told of."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.components.monitoring.alarms import alarm
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge

_NAME = "undelivered-events"


class UndeliveredEvents(Construct):
    """The dead-letter queue of the environment's rules, such as those that start pipelines, with an alarm.

    Without one EventBridge drops an event that it has retried for a day, or that its target refuses.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """

    def __init__(self, scope: LakeStack, construct_id: str, *, alarm_topic: sns.ITopic) -> None:
        """Build the one queue of the environment."""
        super().__init__(scope, construct_id)
        queue = sqs.Queue(
            self,
            "Queue",
            queue_name=scope.naming.resource(_NAME),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
        take_events(queue, scope.arns.rule(f"{scope.naming.prefix}-*"))
        acknowledge(queue, "AwsSolutions-SQS3", "it is a dead-letter queue itself")
        alarm(
            self,
            "Alarm",
            name=scope.naming.resource(_NAME),
            description=(
                "EventBridge could not hand over an event, such as one that starts a pipeline: read the "
                "message's attributes, mend what they name, and do what it was for"
            ),
            runbook="undelivered-events",
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": scope.naming.resource(_NAME)},
            statistic="Maximum",
            period_seconds=60,
            threshold=0,
            topic=alarm_topic,
        )


def undelivered_events_arn(stack: LakeStack) -> str:
    """Return the queue that `UndeliveredEvents` makes."""
    return stack.arns.queue(stack.naming.resource(_NAME))


def take_events(queue: sqs.Queue, rule_arn: str) -> None:
    """Let EventBridge send what a rule matches, or what it could not deliver, to a queue.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"ArnLike": {"aws:SourceArn": rule_arn}},
        )
    )
