"""Word of a pipeline that its schedule does not start any more: nobody else would notice."""

import math
import re

from aws_cdk import aws_sns as sns

from stacks.components.monitoring.alarms import alarm_on_silence
from stacks.lake_stack import LakeStack

_LEAST, _MOST = 6, 168
"""Hours: nobody is told of a run or two, and CloudWatch looks back a week."""

_UNITS = {"minute": 1 / 60, "hour": 1, "day": 24}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


def silent_hours(schedule: str) -> int:
    """Return the hours without a run that are too many: three of its intervals; a week of a `cron` one."""
    rate = _RATE.fullmatch(schedule)
    if rate is None:
        return _MOST
    return min(_MOST, max(_LEAST, math.ceil(3 * int(rate[1]) * _UNITS[rate[2]])))


def alarm_on_silent_schedule(
    stack: LakeStack, domain: str, machine_arn: str, hours: int, topic: sns.ITopic
) -> None:
    """Tell when no run of a domain's pipeline has succeeded for so many hours, after one that did."""
    alarm_on_silence(
        stack,
        "PipelineSilent",
        name=f"{stack.naming.resource(domain)}-pipeline-silent",
        description=(
            f"No run of {domain} has succeeded for {hours} h, though a schedule starts them: see whether it "
            "is enabled, and the last run"
        ),
        runbook="pipeline-silent",
        namespace="AWS/States",
        metric="ExecutionsSucceeded",
        dimensions={"StateMachineArn": machine_arn},
        period_seconds=3600,
        periods=hours,
        topic=topic,
    )
