"""CloudWatch alarms that say what to do, and whom they tell.

An alarm about one metric tells for itself, unless `monitoring.paging` has another one tell for it.
"""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.lake_stack import LakeStack


def alarm(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    description: str,
    runbook: str,
    namespace: str,
    metric: str,
    dimensions: Mapping[str, str],
    statistic: str,
    period_seconds: int,
    threshold: float,
    topic: sns.ITopic,
    comparison: str = "GreaterThanThreshold",
    periods: int = 1,
) -> None:
    """Raise an alarm when a metric passes `threshold`. Without data all is well: no news of faults is good.

    Args are those of the CloudWatch alarm; `threshold` is in the metric's unit, `description` says what
    happened and what to do, as people read it in a mail, and `runbook` is the anchor of its row in the
    runbook. `name` may be longer than other names of the lake.
    """
    made = _alarm(
        scope,
        construct_id,
        (name, description, runbook),
        topic,
        **_single(namespace, metric, dimensions, statistic, period_seconds),
        evaluation_periods=periods,
        threshold=threshold,
        comparison_operator=comparison,
        treat_missing_data="notBreaching",
    )
    _stack(scope).alarms.append(made)


def alarm_on_silence(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    description: str,
    runbook: str,
    namespace: str,
    metric: str,
    dimensions: Mapping[str, str],
    period_seconds: int,
    periods: int,
    topic: sns.ITopic,
) -> None:
    """Tell when a metric that has come does not come any more for so many periods, or comes as zero.

    What never came is not missed: the alarm stays without data, and `lake status` lists it as not
    started. So it must come into that state from another to tell, and is no part of a composite alarm.
    CloudWatch looks back some periods more before it takes data for missing:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    made = _alarm(
        scope,
        construct_id,
        (name, description, runbook),
        topic,
        **_single(namespace, metric, dimensions, "Sum", period_seconds),
        evaluation_periods=periods,
        threshold=0,
        comparison_operator="LessThanOrEqualToThreshold",
        treat_missing_data="missing",
    )
    made.insufficient_data_actions = [topic.topic_arn]


def alarm_on_query(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    description: str,
    runbook: str,
    query: str,
    period_seconds: int,
    periods: int,
    threshold: float,
    topic: sns.ITopic,
    comparison: str = "GreaterThanThreshold",
    on_silence: bool = False,
) -> None:
    """Tell of each series of a Metrics Insights query that passes `threshold`, by what the query groups by.

    A series is there while it has data, so one that ends is well again. `on_silence`: tell as well when data
    have come, and do not come any more.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
    """
    made = _alarm(
        scope,
        construct_id,
        (name, description, runbook),
        topic,
        metrics=[
            cloudwatch.CfnAlarm.MetricDataQueryProperty(
                id="worst", expression=query, period=period_seconds, return_data=True
            )
        ],
        evaluation_periods=periods,
        threshold=threshold,
        comparison_operator=comparison,
        treat_missing_data="missing" if on_silence else "notBreaching",
    )
    if on_silence:
        made.insufficient_data_actions = [topic.topic_arn]


def alarm_on_band(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    description: str,
    runbook: str,
    namespace: str,
    metric: str,
    dimensions: Mapping[str, str],
    period_seconds: int,
    periods: int,
    deviations: float,
    topic: sns.ITopic,
) -> None:
    """Raise an alarm when a metric is above what is usual for it, by so many standard deviations.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html
    """
    of = cloudwatch.CfnAlarm
    stat = of.MetricStatProperty(
        metric=of.MetricProperty(namespace=namespace, metric_name=metric, dimensions=_dimensions(dimensions)),
        period=period_seconds,
        stat="Sum",
    )
    made = _alarm(
        scope,
        construct_id,
        (name, description, runbook),
        topic,
        metrics=[
            of.MetricDataQueryProperty(id="seen", metric_stat=stat, return_data=True),
            of.MetricDataQueryProperty(
                id="usual", expression=f"ANOMALY_DETECTION_BAND(seen, {deviations:g})", return_data=True
            ),
        ],
        threshold_metric_id="usual",
        evaluation_periods=periods,
        comparison_operator="GreaterThanUpperThreshold",
        treat_missing_data="notBreaching",
    )
    _stack(scope).alarms.append(made)


def _single(
    namespace: str, metric: str, dimensions: Mapping[str, str], statistic: str, period_seconds: int
) -> dict[str, Any]:
    return {
        "namespace": namespace,
        "metric_name": metric,
        "dimensions": _dimensions(dimensions),
        "statistic": statistic,
        "period": period_seconds,
    }


def _dimensions(dimensions: Mapping[str, str]) -> list[cloudwatch.CfnAlarm.DimensionProperty]:
    made = cloudwatch.CfnAlarm.DimensionProperty
    return [made(name=name, value=value) for name, value in dimensions.items()]


def _alarm(
    scope: Construct, construct_id: str, text: tuple[str, str, str], topic: sns.ITopic, **properties: Any
) -> cloudwatch.CfnAlarm:
    name, description, runbook = text
    return cloudwatch.CfnAlarm(
        scope,
        construct_id,
        alarm_name=name,
        alarm_description=described(_stack(scope), description, runbook),
        alarm_actions=[topic.topic_arn],
        ok_actions=[topic.topic_arn],
        **properties,
    )


def described(stack: LakeStack, description: str, runbook: str) -> str:
    """Return a description with the link to its row in the runbook."""
    return f"{description}. {stack.settings.alarms.runbook_url}#{runbook}"


def _stack(scope: Construct) -> LakeStack:
    stack = cdk.Stack.of(scope)
    if not isinstance(stack, LakeStack):
        raise TypeError(f"{scope.node.path}: alarms belong into a stack of the lake")
    return stack
