"""CloudWatch alarms that say what to do."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct


def alarm(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    description: str,
    namespace: str,
    metric: str,
    dimensions: Mapping[str, str],
    statistic: str,
    period_seconds: int,
    threshold: float,
    topic: sns.ITopic,
    missing: str = "notBreaching",
    comparison: str = "GreaterThanThreshold",
    periods: int = 1,
) -> None:
    """Tell the topic when a metric passes `threshold`, and when it is well again.

    Args are those of the CloudWatch alarm; `threshold` is in the metric's unit, and `description` says what
    happened and what to do, as people read it in a mail. `name` may be longer than other names of the lake.
    """
    _alarm(
        scope,
        construct_id,
        name,
        description,
        topic,
        namespace=namespace,
        metric_name=metric,
        dimensions=[
            cloudwatch.CfnAlarm.DimensionProperty(name=key, value=value) for key, value in dimensions.items()
        ],
        statistic=statistic,
        period=period_seconds,
        evaluation_periods=periods,
        threshold=threshold,
        comparison_operator=comparison,
        treat_missing_data=missing,
    )


def alarm_on_query(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    description: str,
    query: str,
    period_seconds: int,
    periods: int,
    threshold: float,
    missing: str,
    topic: sns.ITopic,
) -> None:
    """Tell the topic when the one series that a Metrics Insights query yields is above `threshold`.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
    """
    _alarm(
        scope,
        construct_id,
        name,
        description,
        topic,
        metrics=[
            cloudwatch.CfnAlarm.MetricDataQueryProperty(
                id="worst", expression=query, period=period_seconds, return_data=True
            )
        ],
        evaluation_periods=periods,
        threshold=threshold,
        comparison_operator="GreaterThanThreshold",
        treat_missing_data=missing,
    )


def _alarm(
    scope: Construct, construct_id: str, name: str, description: str, topic: sns.ITopic, **properties: Any
) -> None:
    cloudwatch.CfnAlarm(
        scope,
        construct_id,
        alarm_name=name,
        alarm_description=description,
        alarm_actions=[topic.topic_arn],
        ok_actions=[topic.topic_arn],
        **properties,
    )
