"""Starts a domain's silver function within seconds of an object, a dataset at a time, without its pipeline.

EventBridge sends the key of each new object to a queue. A dispatcher gathers them for some seconds, and
sends one message for each dataset to a FIFO queue whose groups are datasets, so that one run of a dataset is
at work at a time; what comes meanwhile is the next one's. What the function leaves, or fails at, is the
pipeline's, which starts some minutes later.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.components.access.statements import allow
from stacks.components.functions.python_function import PythonFunction
from stacks.components.jobs.silver_function import SilverFunction
from stacks.components.monitoring.undelivered_events import take_events, undelivered_events_arn
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge
from stacks.resources import FoundationResources

_DISPATCHER_SECONDS = 30
_VISIBILITY = 6
"""Times of a function's timeout for which its queue hides a message.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""
_GATHERED = 1000
"""Keys in a batch; a batch takes 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
_TURNS = 10
"""Messages in a batch, the most that a FIFO queue gives; those of one dataset are one run."""
_RECEIVE = (
    "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility",
)  # fmt: skip
_COMMON: dict[str, Any] = {
    "encryption": sqs.QueueEncryption.SQS_MANAGED,
    "enforce_ssl": True,
    "retention_period": cdk.Duration.days(1),
}
_CONCURRENT_MIN = 2
"""Fewest runs at a time to which Lambda limits who reads a queue."""


class FreshNews(Construct):
    """Two queues, and the dispatcher between them."""

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        domain: str,
        function: SilverFunction,
        seconds: int,
        parallel: int,
        foundation: FoundationResources,
    ) -> None:
        """Gather news for so many seconds, and work on so many datasets at the same time."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._domain = domain
        self._news = self._queue("News", "news", seconds + _VISIBILITY * _DISPATCHER_SECONDS)
        turns = self._turns(_VISIBILITY * function.settings.timeout_seconds)
        dispatcher = self._dispatcher(turns, foundation)
        self._read(
            dispatcher.function,
            dispatcher.role,
            self._news,
            batch_size=_GATHERED,
            max_batching_window=cdk.Duration.seconds(seconds),
            max_concurrency=_CONCURRENT_MIN,
        )
        self._read(
            function.function,
            function.role,
            turns,
            batch_size=_TURNS,
            max_concurrency=max(_CONCURRENT_MIN, parallel),
        )

    def target(self, rule_name: str) -> events.CfnRule.TargetProperty:
        """Return where a rule of this name sends the events of new objects."""
        take_events(self._news, self._stack.arns.rule(rule_name))
        return events.CfnRule.TargetProperty(
            arn=self._news.queue_arn,
            id="News",
            input_transformer=events.CfnRule.InputTransformerProperty(
                input_paths_map={"key": "$.detail.object.key"}, input_template='{"key": <key>}'
            ),
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                arn=undelivered_events_arn(self._stack)
            ),
        )

    def _queue(self, construct_id: str, name: str, hidden_seconds: int) -> sqs.Queue:
        """Make the queue of keys; what the dispatcher fails at is told of as what EventBridge fails at."""
        dead_letters = sqs.Queue.from_queue_arn(self, "DeadLetters", undelivered_events_arn(self._stack))
        return sqs.Queue(
            self,
            construct_id,
            queue_name=self._stack.naming.resource(self._domain, name),
            visibility_timeout=cdk.Duration.seconds(hidden_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=5),
            **_COMMON,
        )

    def _turns(self, hidden_seconds: int) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "Turns",
            queue_name=f"{self._stack.naming.resource(self._domain, 'silver')}.fifo",
            fifo=True,
            visibility_timeout=cdk.Duration.seconds(hidden_seconds),
            **_COMMON,
        )
        acknowledge(
            queue,
            "AwsSolutions-SQS3",
            "its messages say what there is to do, which the pipeline looks for too",
        )
        return queue

    def _dispatcher(self, turns: sqs.Queue, foundation: FoundationResources) -> PythonFunction:
        dispatcher = PythonFunction(
            self._stack,
            "NewsDispatcher",
            package="news_dispatcher",
            name=self._stack.naming.resource(self._domain, "news"),
            description=f"Tells which datasets of {self._domain} have something new",
            environment={"QUEUE_URL": turns.queue_url},
            timeout=cdk.Duration.seconds(_DISPATCHER_SECONDS),
            memory_mebibytes=256,
            logs_key=foundation.logs_key,
        )
        dispatcher.allow(["sqs:SendMessage"], [turns.queue_arn])
        return dispatcher

    def _read(self, function: lambda_.Function, role: iam.Role, queue: sqs.Queue, **options: Any) -> None:
        function.add_event_source_mapping(queue.node.id, event_source_arn=queue.queue_arn, **options)
        allow(
            role,
            _RECEIVE,
            [queue.queue_arn],
            not_asked="Lambda polls the queue under the function's role; the laptop polls under none",
        )
