"""Starts a domain's pipeline when there is something new for it: once, however much comes at a time.

New are objects in bronze, and what the pipelines of domains that it reads have published. EventBridge sends
the same text for each to a FIFO queue, which takes a text once in five minutes and keeps it back for at least
as long. So the execution starts when all is there that the texts stand for which the queue left out.

A pipeline that failed or timed out may have published a part, and starts its readers as well. An execution
that was superseded starts them in vain, at most once in as many minutes. One that a person stopped starts
nobody.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_pipes as pipes
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from lakehouse.layout.paths import OBJECT_CREATED
from stacks.components.access.statements import allow, service_role, tell_asked_when
from stacks.components.monitoring.undelivered_events import take_events, undelivered_events_arn
from stacks.components.pipeline.fresh_news import FreshNews
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge

_ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT")
"""States in which an execution may have published something.

Delivered to the best of AWS's effort: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-states.html
"""


class ArrivalTrigger(Construct):
    """EventBridge rules → FIFO queue with a delay → EventBridge pipe → state machine."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack: LakeStack,
        name: str,
        domain: str,
        machine_arn: str,
        minutes: int,
        on_objects: bool,
        after: Sequence[str],
        also: FreshNews | None = None,
    ) -> None:
        """Start the state machine `minutes` after the first of some news came.

        Args:
            scope: Parent.
            construct_id: Id below it.
            stack: Stack of the domain.
            name: Physical name of the pipe and of the rule about objects, and of the queue up to its suffix.
            domain: Which domain's pipeline it is.
            machine_arn: What is started.
            minutes: As long as the queue leaves out the same text, or longer; at most 15.
            on_objects: Whether to watch the domain's prefix of the bronze bucket.
            after: ARNs of state machines whose ends are watched.
            also: Who else is told of objects.
        """
        super().__init__(scope, construct_id)
        self._stack = stack
        self._domain = domain
        self._queue = self._fifo(name, minutes)
        if on_objects:
            told = f"Tells of objects that have come to bronze of {domain}"
            more = [] if also is None else [also.target(name)]
            self._rule("Rule", name, told, _objects(stack.naming.bucket("bronze"), domain), *more)
        if after:
            told = f"Tells of pipelines that have ended, which make what {domain} reads"
            self._rule("Lineage", stack.naming.resource(domain, "lineage"), told, _ends(after))
        self._pipe(name, machine_arn)

    def _pipe(self, name: str, machine_arn: str) -> None:
        role = service_role(self, "Role", "pipes.amazonaws.com", f"Starts {name} when objects have come")
        tell_asked_when(role, "the pipe takes what the queue holds")
        allow(
            role,
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            [self._queue.queue_arn],
        )
        allow(role, ["states:StartExecution"], [machine_arn])
        pipes.CfnPipe(
            self,
            "Pipe",
            name=name,
            role_arn=role.role_arn,
            source=self._queue.queue_arn,
            source_parameters=pipes.CfnPipe.PipeSourceParametersProperty(
                sqs_queue_parameters=pipes.CfnPipe.PipeSourceSqsQueueParametersProperty(batch_size=1)
            ),
            target=machine_arn,
            target_parameters=pipes.CfnPipe.PipeTargetParametersProperty(
                step_function_state_machine_parameters=(
                    pipes.CfnPipe.PipeTargetStateMachineParametersProperty(invocation_type="FIRE_AND_FORGET")
                )
            ),
        ).node.add_dependency(role)

    def _fifo(self, name: str, minutes: int) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "Queue",
            queue_name=f"{name}.fifo",
            fifo=True,
            content_based_deduplication=True,
            delivery_delay=cdk.Duration.minutes(minutes),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
        acknowledge(
            queue,
            "AwsSolutions-SQS3",
            "its only message says that there is something to do; each is tried again for two weeks",
        )
        return queue

    def _rule(
        self,
        construct_id: str,
        name: str,
        description: str,
        pattern: Mapping[str, Any],
        *more: events.CfnRule.TargetProperty,
    ) -> None:
        rule = events.CfnRule(
            self,
            construct_id,
            name=name,
            description=description,
            event_pattern=pattern,
            targets=[
                events.CfnRule.TargetProperty(
                    arn=self._queue.queue_arn,
                    id="Queue",
                    input=json.dumps({"start": self._domain}),
                    sqs_parameters=events.CfnRule.SqsParametersProperty(message_group_id=self._domain),
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=undelivered_events_arn(self._stack)
                    ),
                ),
                *more,
            ],
        )
        take_events(self._queue, rule.attr_arn)


def _objects(bucket: str, domain: str) -> Mapping[str, Any]:
    """Pattern of the events of new objects below a domain's prefix."""
    return {
        "source": ["aws.s3"],
        "detail-type": [OBJECT_CREATED],
        "detail": {"bucket": {"name": [bucket]}, "object": {"key": [{"prefix": f"{domain}/"}]}},
    }


def _ends(machines: Sequence[str]) -> Mapping[str, Any]:
    """Pattern of the events of executions that have ended."""
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"stateMachineArn": list(machines), "status": list(_ENDED)},
    }
