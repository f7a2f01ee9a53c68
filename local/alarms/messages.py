"""What SNS is given when an alarm changes.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local.alarms.alarm import MetricAlarm
from local.alarms.engine import Change

_SUBJECT_MAX = 100
"""Characters that SNS takes."""


def subject(change: Change, region: str) -> str:
    """Return the subject of a mail."""
    return f'{change.new}: "{change.alarm.name}" in {region}'[:_SUBJECT_MAX]


def message(change: Change, *, account: str, region: str, prefix: str) -> str:
    """Return the message about a change.

    Args:
        change: What changed.
        account: Id of the account.
        region: Name of the region for people, such as `US East (N. Virginia)`.
        prefix: ARN of an alarm up to its name.
    """
    properties = change.alarm.properties
    told: dict[str, Any] = {
        "AlarmName": change.alarm.name,
        "AlarmDescription": properties.get("AlarmDescription"),
        "AWSAccountId": account,
        "NewStateValue": change.new,
        "NewStateReason": change.reason,
        "StateChangeTime": _time(change.time),
        "Region": region,
        "AlarmArn": prefix + change.alarm.name,
        "OldStateValue": change.old,
        "OKActions": list(properties.get("OKActions") or ()),
        "AlarmActions": list(properties.get("AlarmActions") or ()),
        "InsufficientDataActions": list(properties.get("InsufficientDataActions") or ()),
    }
    if isinstance(change.alarm, MetricAlarm):
        told["Trigger"] = _trigger(change.alarm)
    else:
        told["AlarmRule"] = properties["AlarmRule"]
        told["TriggeringChildren"] = [
            {"Arn": prefix + name, "State": {"Value": state, "Timestamp": _time(since)}}
            for name, state, since in change.triggering
        ]
    if change.contributor:
        told["AlarmContributorAttributes"] = dict(change.contributor)
    return json.dumps(told)


def _trigger(alarm: MetricAlarm) -> Mapping[str, Any]:
    properties = alarm.properties
    told = {
        "Period": alarm.period,
        "EvaluationPeriods": alarm.judge.periods,
        "DatapointsToAlarm": alarm.judge.breaching,
        "ComparisonOperator": alarm.comparison,
        "TreatMissingData": properties.get("TreatMissingData") or "missing",
        "EvaluateLowSampleCountPercentile": properties.get("EvaluateLowSampleCountPercentile") or "",
    }
    if properties.get("Threshold") is not None:
        told["Threshold"] = float(properties["Threshold"])
    if properties.get("Metrics"):
        return {**told, "Metrics": list(properties["Metrics"])}
    dimensions = properties.get("Dimensions") or ()
    return {
        **told,
        "MetricName": properties["MetricName"],
        "Namespace": properties["Namespace"],
        "StatisticType": "ExtendedStatistic" if properties.get("ExtendedStatistic") else "Statistic",
        "Statistic": str(properties.get("ExtendedStatistic") or properties.get("Statistic") or "").upper(),
        "Unit": None,
        "Dimensions": [{"value": each["Value"], "name": each["Name"]} for each in dimensions],
    }


def _time(seconds: float) -> str:
    when = datetime.fromtimestamp(seconds, UTC)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}+0000"
