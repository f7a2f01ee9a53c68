"""How data come through: files into bronze, pipelines to gold."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.components.boards.widgets import (
    DATASET,
    Row,
    Subject,
    all_of,
    found,
    graph,
    line,
    most,
    numbers,
    words,
)

_FILES = {
    "ReceivedEvents": "events",
    "RoutedObjects": "into bronze",
    "RepeatedEvents": "told again",
    "IgnoredObjects": "hidden",
    "UnroutedObjects": "into quarantine",
}
"""What the router tells, and what it means."""


def rows(subject: Subject) -> list[Row]:
    """Return the rows of the board."""
    return [
        [
            words(
                "Pipeline",
                "Files on their way into bronze, and each domain's pipeline from bronze to gold. "
                "`lake-ops redrive` takes up what failed.",
            )
        ],
        [
            numbers(
                "Pipelines",
                all_of(_executions(subject, "ExecutionsStarted"), "started"),
                all_of(_executions(subject, "ExecutionsSucceeded"), "succeeded"),
                all_of(_executions(subject, "ExecutionsFailed"), "failed"),
                all_of(_executions(subject, "ExecutionsTimedOut"), "timed out"),
            ),
            numbers("Files", *_files(subject)),
        ],
        _runs(subject),
        _arrivals(subject),
        _records(subject),
    ]


def _runs(subject: Subject) -> Row:
    return [
        graph("Pipelines: started", "runs", *_pipelines(subject, "ExecutionsStarted"), bars=True),
        graph("Pipelines: failed", "runs", *_pipelines(subject, "ExecutionsFailed"), bars=True),
        graph("Pipelines: longest run", "ms", *_pipelines(subject, "ExecutionTime", "Maximum")),
    ]


def _arrivals(subject: Subject) -> Row:
    waiting = _queues(subject, "ApproximateNumberOfMessagesVisible")
    age = _queues(subject, "ApproximateAgeOfOldestMessage")
    return [
        graph("Files: what became of them", "files", *_files(subject), bars=True),
        graph("Queues: messages that wait", "messages", most(waiting, "MAX")),
        graph("Queues: age of the oldest message", "seconds", most(age, "MAX")),
    ]


def _records(subject: Subject) -> Row:
    def total(metric: str, label: str) -> cloudwatch.MathExpression:
        return all_of(found(subject.own, DATASET, metric), label)

    became = (
        total("RecordsAccepted", "accepted"),
        total("RecordsSuperseded", "superseded"),
        total("RecordsRejected", "rejected"),
    )
    awaited = most(found(subject.own, DATASET, "InputsAwaited"))
    return [
        graph("Records: what became of them", "records", *became, width=12, bars=True),
        graph("Products: inputs that they wait for", "inputs", awaited, width=12, bars=True),
    ]


def _executions(subject: Subject, metric: str) -> str:
    return found("AWS/States", ("StateMachineArn",), metric, "Sum", subject.named("StateMachineArn"))


def _pipelines(subject: Subject, metric: str, statistic: str = "Sum") -> Sequence[cloudwatch.Metric]:
    """Domains by name, as a search would name them by their whole ARN."""
    stack = subject.stack
    return [
        line(
            "AWS/States",
            metric,
            {"StateMachineArn": stack.arns.state_machine(stack.naming.resource(domain))},
            domain,
            statistic,
        )
        for domain in subject.domains
    ]


def _files(subject: Subject) -> Sequence[cloudwatch.Metric]:
    return [
        line(subject.own, metric, {"service": "landing_router"}, label) for metric, label in _FILES.items()
    ]


def _queues(subject: Subject, metric: str) -> str:
    return found("AWS/SQS", ("QueueName",), metric, "Maximum", subject.named("QueueName"))
