"""Starts a domain's pipeline when objects have come to bronze: once, however many come at a time.

EventBridge sends the same text for each object to a FIFO queue, which takes a text once in five minutes and
keeps it back for at least as long. So the execution starts when the objects of all the texts that the queue
left out are there, and lists them.
"""

import json

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_pipes as pipes
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.components.access import allow, service_role
from stacks.components.undelivered_events import take_events, undelivered_events_arn
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge


class ArrivalTrigger(Construct):
    """EventBridge rule → FIFO queue with a delay → EventBridge pipe → state machine."""

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
    ) -> None:
        """Start the state machine `minutes` after the first of some objects came.

        Args:
            scope: Parent.
            construct_id: Id below it.
            stack: Stack of the domain.
            name: Physical name of rule and pipe, and of the queue up to its suffix.
            domain: Whose prefix of the bronze bucket is watched.
            machine_arn: What is started.
            minutes: As long as the queue leaves out the same text, or longer; at most 15.
        """
        super().__init__(scope, construct_id)
        queue = self._queue(name, minutes)
        self._rule(stack, name, domain, queue)
        role = service_role(self, "Role", "pipes.amazonaws.com", f"Starts {name} when objects have come")
        allow(
            role,
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            [queue.queue_arn],
        )
        allow(role, ["states:StartExecution"], [machine_arn])
        pipes.CfnPipe(
            self,
            "Pipe",
            name=name,
            role_arn=role.role_arn,
            source=queue.queue_arn,
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

    def _queue(self, name: str, minutes: int) -> sqs.Queue:
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
            "its only message says that there is something to do; it is repeated until the pipeline starts",
        )
        return queue

    def _rule(self, stack: LakeStack, name: str, domain: str, queue: sqs.Queue) -> None:
        rule = events.CfnRule(
            self,
            "Rule",
            name=name,
            description=f"Tells of objects that have come to bronze of {domain}",
            event_pattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {
                    "bucket": {"name": [stack.naming.bucket("bronze")]},
                    "object": {"key": [{"prefix": f"{domain}/"}]},
                },
            },
            targets=[
                events.CfnRule.TargetProperty(
                    arn=queue.queue_arn,
                    id="Queue",
                    input=json.dumps({"start": domain}),
                    sqs_parameters=events.CfnRule.SqsParametersProperty(message_group_id=domain),
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=undelivered_events_arn(stack)
                    ),
                )
            ],
        )
        take_events(queue, rule.attr_arn)
