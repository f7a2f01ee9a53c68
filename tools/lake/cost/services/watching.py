"""CloudWatch: alarms and dashboards. What writes logs and metrics is charged for them itself."""

from collections.abc import Iterator

from tools.assembly.assembly import Resource
from tools.lake.cost.charges import Charge, Spread, always
from tools.lake.cost.subject import LAKE, Subject


def alarm(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """An alarm by the metrics that it looks at.

    https://aws.amazon.com/cloudwatch/pricing/
    """
    queried = [each for each in resource.properties.get("Metrics", ()) if "MetricStat" in each]
    yield Charge("cloudwatch_alarm", always(max(1, len(queried))), LAKE)


def dashboard(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A dashboard."""
    yield Charge("cloudwatch_dashboard", always(1), LAKE)


def logs(gb: Spread, owner: str, subject: Subject) -> Iterator[Charge]:
    """Logs that something writes, for as long as the environment keeps them."""
    yield Charge("logs_gb", gb, owner)
    yield Charge("logs_gb_month", gb * (subject.settings.alarms.log_retention_days / 30), owner)


RULES = {"AWS::CloudWatch::Alarm": alarm, "AWS::CloudWatch::Dashboard": dashboard}
