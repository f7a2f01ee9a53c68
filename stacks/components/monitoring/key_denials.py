"""Requests that a key refuses: somebody lacks a right, or tries what is none of theirs."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.components.monitoring.alarms import alarm
from stacks.components.monitoring.undelivered_events import take_events, undelivered_events_arn
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge

DENIALS = "key-denials"
"""Name of the queue, the rule and the alarm, after the environment's."""


class KeyDenials(Construct):
    """A queue of what CloudTrail tells of refusals by KMS in the account, and an alarm about it.

    Requests to encrypt and decrypt only read, and EventBridge passes on such events to rules of this state
    alone: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    """

    def __init__(self, scope: LakeStack, construct_id: str, *, topic: sns.ITopic) -> None:
        """Keep refusals for two weeks."""
        super().__init__(scope, construct_id)
        name = scope.naming.resource(DENIALS)
        queue = sqs.Queue(
            self,
            "Queue",
            queue_name=name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
        acknowledge(queue, "AwsSolutions-SQS3", "nobody receives from it but people who look")
        rule = events.CfnRule(
            self,
            "Rule",
            name=name,
            description="Keeps what KMS refused",
            state="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
            event_pattern={
                "source": ["aws.kms"],
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {"errorCode": ["AccessDenied", "AccessDeniedException"]},
            },
            targets=[
                events.CfnRule.TargetProperty(
                    arn=queue.queue_arn,
                    id="Denials",
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=undelivered_events_arn(scope)
                    ),
                )
            ],
        )
        take_events(queue, rule.attr_arn)
        self._alarm(name, topic)

    def _alarm(self, name: str, topic: sns.ITopic) -> None:
        alarm(
            self,
            "Alarm",
            name=name,
            description=(
                f"A key refused a request: the messages of the queue {name} say whose, for which key, and "
                "under which role"
            ),
            runbook=DENIALS,
            namespace="AWS/SQS",
            metric="NumberOfMessagesSent",
            dimensions={"QueueName": name},
            statistic="Sum",
            period_seconds=300,
            threshold=0,
            topic=topic,
        )
