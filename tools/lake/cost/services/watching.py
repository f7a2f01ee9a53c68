"""CloudWatch: alarms and dashboards. What writes logs and metrics is charged for them itself."""

from collections.abc import Iterator

from tools.assembly.assembly import Resource
from tools.lake.cost.charges import Charge, Spread, always, in_use
from tools.lake.cost.subject import LAKE, Subject

_BAND_METRICS = 3
"""Metrics that a band is billed as: the one that is seen, and both edges of what is usual."""


def alarm(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """An alarm by the metrics that it looks at; a query by those that have data.

    https://aws.amazon.com/cloudwatch/pricing/
    """
    queries = resource.properties.get("Metrics", ())
    if any("SELECT " in each.get("Expression", "") for each in queries):
        yield Charge("cloudwatch_alarm", _found(queries[0]["Expression"], subject), LAKE)
        return
    if "ThresholdMetricId" in resource.properties:
        yield Charge("cloudwatch_alarm", always(_BAND_METRICS), LAKE)
        return
    queried = [each for each in queries if "MetricStat" in each]
    yield Charge("cloudwatch_alarm", always(max(1, len(queried))), LAKE)


def _found(query: str, subject: Subject) -> Spread:
    """Metrics that a query finds: of datasets only while something is wrong, of jobs while they run."""
    if query.endswith("GROUP BY JobName"):
        return in_use(0, len(list(subject.assembly.of("AWS::Glue::Job"))))
    if "GROUP BY Dataset" in query:
        return in_use(0, len(subject.lake.datasets))
    return always(1)


def composite_alarm(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """An alarm that is composed of others.

    https://aws.amazon.com/cloudwatch/pricing/
    """
    yield Charge("cloudwatch_composite_alarm", always(1), LAKE)


def dashboard(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A dashboard."""
    yield Charge("cloudwatch_dashboard", always(1), LAKE)


def logs(gb: Spread, owner: str, subject: Subject) -> Iterator[Charge]:
    """Logs that something writes, for as long as the environment keeps them."""
    yield Charge("logs_gb", gb, owner)
    yield Charge("logs_gb_month", gb * (subject.settings.alarms.log_retention_days / 30), owner)


RULES = {
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::CompositeAlarm": composite_alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
}
