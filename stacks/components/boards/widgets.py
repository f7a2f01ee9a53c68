"""Widgets, whose lines are found by search, so that a board stays as it is however many datasets there are.

CloudWatch shows 500 widgets and 2,500 metrics on a dashboard, 500 metrics on a widget, and five searches:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.components.functions.python_function import metrics_namespace
from stacks.lake_stack import LakeStack

ACROSS = 24
"""Columns of a dashboard:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html"""

DATASET = ("Dataset",)
"""Dimensions of what jobs and functions tell of a dataset."""

MOST = 20
"""Lines of one search that a graph shows: more could not be told apart."""

_HIGH, _LOW, _WORDS = 6, 3, 2
"""Rows that a graph, numbers and text take."""

Row = Sequence[cloudwatch.IWidget]


@dataclass(frozen=True)
class Subject:
    """What boards are about."""

    stack: LakeStack
    domains: Sequence[str]

    @property
    def own(self) -> str:
        """Namespace of the lake's own metrics."""
        return metrics_namespace(self.stack)

    def named(self, dimension: str) -> str:
        """Term that finds what is named as this lake's things are, whichever it is.

        Unquoted, it is found as part of a name; quoted, it would have to be all of it.
        """
        return f"{dimension}={self.stack.naming.prefix}"


def found(
    namespace: str,
    dimensions: Sequence[str],
    metric: str,
    statistic: str = "Sum",
    *terms: str,
    divided_by: int = 1,
) -> str:
    """Return a search for one metric: a series for each value of its dimensions.

    It finds metrics with these dimensions and no others, and of those what all `terms` fit.
    """
    schema = ",".join((f'"{namespace}"', *dimensions))
    wanted = " ".join((f'MetricName="{metric}"', *terms))
    search = f"SEARCH('{{{schema}}} {wanted}', '{statistic}')"
    return search if divided_by == 1 else f"{search}/{divided_by}"


def most(search: str, order: str = "SUM") -> cloudwatch.SearchExpression:
    """Return the lines of a search with the most, each named by what tells it from the others."""
    return cloudwatch.SearchExpression(expression=f"SORT({search}, {order}, DESC, {MOST})", label="")


def all_of(search: str, label: str, function: str = "SUM") -> cloudwatch.MathExpression:
    """Return one line of all that a search finds, by `SUM` or `MAX`."""
    return cloudwatch.MathExpression(expression=f"{function}({search})", label=label)


def line(
    namespace: str, metric: str, dimensions: Mapping[str, str], label: str, statistic: str = "Sum"
) -> cloudwatch.Metric:
    """Return one metric that is known by name."""
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=metric,
        dimensions_map=dict(dimensions),
        label=label,
        statistic=statistic,
        period=cdk.Duration.minutes(5),
    )


def graph(
    title: str, unit: str, *lines: cloudwatch.IMetric, width: int = 8, bars: bool = False
) -> cloudwatch.GraphWidget:
    """Return lines over time from zero on, counts in each period as `bars`."""
    return cloudwatch.GraphWidget(
        title=title,
        left=list(lines),
        left_y_axis=cloudwatch.YAxisProps(label=unit, min=0, show_units=False),
        view=cloudwatch.GraphWidgetView.TIME_SERIES,
        stacked=bars,
        width=width,
        height=_HIGH,
    )


def numbers(title: str, *values: cloudwatch.IMetric, width: int = 12) -> cloudwatch.SingleValueWidget:
    """Return one number for each, of the whole time that the board shows."""
    return cloudwatch.SingleValueWidget(
        title=title, metrics=list(values), set_period_to_time_range=True, width=width, height=_LOW
    )


def words(title: str, text: str) -> cloudwatch.TextWidget:
    """Return a heading, and a sentence on what is to be seen."""
    return cloudwatch.TextWidget(markdown=f"# {title}\n{text}", width=ACROSS, height=_WORDS)


def deploy(scope: LakeStack, construct_id: str, name: str, rows: Iterable[Row]) -> None:
    """Make a dashboard of these rows, which opens on the last day.

    Periods follow from the time that is shown, as the API has it by default.
    """
    dashboard = cloudwatch.Dashboard(
        scope, construct_id, dashboard_name=name, default_interval=cdk.Duration.days(1)
    )
    for row in rows:
        dashboard.add_widgets(*row)
    resource = dashboard.node.default_child
    if not isinstance(resource, cloudwatch.CfnDashboard):
        raise TypeError(f"got {type(resource).__name__}; allowed: CfnDashboard")
    # Names must stay where they are: CloudFormation makes the new resource before it deletes the old one.
    resource.override_logical_id(construct_id)
