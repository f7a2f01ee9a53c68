"""Alarms about all datasets, jobs and functions together; each message names the one that it is about.

CloudWatch finds them by query, so there is one alarm of a kind however many datasets there are, and a metric
is billed only while it has data. Jobs tell of a dataset what is not as its contract promises, and nothing
else, so a lake that was just deployed is quiet.
"""

from dataclasses import dataclass

from aws_cdk import aws_sns as sns
from constructs import Construct

from config.alarms import AlarmSettings
from stacks.components.functions.python_function import metrics_namespace
from stacks.components.monitoring.alarms import alarm, alarm_on_query
from stacks.components.monitoring.dataset_metrics import HOURS_OVERDUE, RECORDS_MISSING
from stacks.lake_stack import LakeStack

_FIVE_MINUTES, _HOUR = 300, 3600
"""Seconds."""

_JOBS = "FROM SCHEMA(Glue, JobName, JobRunId, Type) WHERE JobRunId = 'ALL' GROUP BY JobName"


@dataclass(frozen=True)
class _Kind:
    metric: str
    name: str
    description: str
    threshold: float


def estate_alarms(stack: LakeStack, topic: sns.ITopic) -> None:
    """Make the alarms in `stack`."""
    _dataset_alarms(stack, topic)
    _undeclared_alarm(stack, topic)
    _job_alarms(stack, topic)
    alarm(
        stack,
        "FunctionsThrottled",
        name=stack.naming.resource("functions-throttled"),
        description=(
            "Lambda refused to run functions of the account, of which too many run at once: see which, by "
            "the metric Throttles of each; ask for a higher quota, or lower `landing.concurrency`"
        ),
        runbook="functions-throttled",
        namespace="AWS/Lambda",
        metric="Throttles",  # without a dimension, of all functions, which share one quota
        dimensions={},
        statistic="Sum",
        period_seconds=_FIVE_MINUTES,
        threshold=0,
        topic=topic,
    )


def _dataset_alarms(stack: LakeStack, topic: sns.ITopic) -> None:
    settings = stack.settings.alarms
    namespace = metrics_namespace(stack)
    scope = Construct(stack, "Datasets")
    for kind in _kinds(settings):
        query = (
            f'SELECT MAX({kind.metric}) FROM SCHEMA("{namespace}", Dataset) GROUP BY Dataset '  # noqa: S608
            "ORDER BY MAX() DESC"
        )
        alarm_on_query(
            scope,
            kind.metric,
            name=stack.naming.resource("datasets", kind.name),
            description=kind.description,
            runbook=kind.name,
            query=query,
            period_seconds=_HOUR,
            periods=1,
            threshold=kind.threshold,
            topic=topic,
        )


def _kinds(settings: AlarmSettings) -> tuple[_Kind, ...]:
    """Return what jobs tell of a dataset that is not as it should be."""
    return (
        _Kind(
            HOURS_OVERDUE,
            "stale",
            "Nothing new came to a dataset, or happened by what came, for longer than its contract "
            "promises: see whether its pipeline succeeded, then whether its source still delivers",
            0,
        ),
        _Kind(
            RECORDS_MISSING,
            "incomplete",
            "Fewer records of a dataset came yesterday than its contract expects: see whether its source "
            "sends all, and whether records were refused on their way",
            0,
        ),
        _Kind(
            "GateClosed",
            "gate-closed",
            "A dataset is not fit for use, and its products keep their last version: the mail of its "
            "pipeline says which rules it breaks",
            0,
        ),
        _Kind(
            "RejectedPercent",
            "rejected",
            f"More than {settings.rejected_percent:g} % of the records of a run were rejected: query the "
            "quarantine table of the dataset for the reasons",
            settings.rejected_percent,
        ),
        _Kind(
            "HoursWaiting",
            "waiting",
            f"Objects of a dataset lie in bronze for more than {settings.waiting_hours} h and no run has "
            "taken them up: see why its pipeline does not",
            settings.waiting_hours,
        ),
    )


def _undeclared_alarm(stack: LakeStack, topic: sns.ITopic) -> None:
    """Make the alarm about personal data by dataset and column; the latter is a reserved word of queries.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-reserved-keywords.html
    """
    source = f'SCHEMA("{metrics_namespace(stack)}", "Column", Dataset)'
    query = (
        f"SELECT MAX(UndeclaredPersonalData) FROM {source} "  # noqa: S608
        'GROUP BY Dataset, "Column" ORDER BY MAX() DESC'
    )
    alarm_on_query(
        stack,
        "UndeclaredPersonalData",
        name=stack.naming.resource("datasets-undeclared"),
        description=(
            "A column holds what looks like personal data, and the contract of its dataset does not declare "
            "it: classify or mask the column, or say in `lake.not_personal` what it is"
        ),
        runbook="undeclared",
        query=query,
        period_seconds=_HOUR,
        periods=1,
        threshold=0,
        topic=topic,
    )


def _job_alarms(stack: LakeStack, topic: sns.ITopic) -> None:
    """Make the alarms about Glue jobs, all of the account.

    A query cannot ask for a part of a name. Metrics come while a job runs, each of what was done since the
    last one: https://docs.aws.amazon.com/glue/latest/dg/monitoring-awsglue-with-cloudwatch-metrics.html
    """
    settings = stack.settings.alarms
    scope = Construct(stack, "Jobs")
    alarm_on_query(
        scope,
        "Stalled",
        name=stack.naming.resource("jobs-stalled"),
        description=(
            f"A Glue job runs and has completed no stage for {settings.stalled_minutes} minutes: read its "
            "log; one stage may hold too much, or wait for a lock or a service"
        ),
        runbook="jobs-stalled",
        query=f'SELECT SUM("glue.driver.aggregate.numCompletedStages") {_JOBS}',
        period_seconds=_FIVE_MINUTES,
        periods=settings.stalled_minutes * 60 // _FIVE_MINUTES,
        threshold=0,
        comparison="LessThanOrEqualToThreshold",
        topic=topic,
    )
    alarm_on_query(
        scope,
        "Heap",
        name=stack.naming.resource("jobs-heap"),
        description=(
            f"A Glue job takes more than {settings.heap_percent} % of its heap, and may run out of memory: "
            "give it a larger `processing.worker_type`"
        ),
        runbook="jobs-heap",
        query=f'SELECT MAX("glue.ALL.jvm.heap.usage") {_JOBS}',
        period_seconds=_FIVE_MINUTES,
        periods=1,
        threshold=settings.heap_percent / 100,
        topic=topic,
    )
