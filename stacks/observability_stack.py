"""One page on which an operator sees whether the lake is well, alarms about all of it, and its cost."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from config.settings import Settings
from stacks.components.functions.python_function import metrics_namespace
from stacks.components.monitoring.estate_alarms import estate_alarms
from stacks.components.monitoring.key_denials import KeyDenials
from stacks.components.monitoring.spending import Spending
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources, IngestionResources

_Widget = dict[str, object]

_MOST = 20
"""Lines that one graph shows of each metric; more could not be told apart."""


class ObservabilityStack(LakeStack):
    """The dashboard of the estate, and the alarms that are about all of it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        foundation: FoundationResources,
        ingestion: IngestionResources,
        domains: Sequence[str],
    ) -> None:
        """Show these domains, and what they share on the way in."""
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description="Dashboard of the lake, alarms about all of it, and its cost",
        )
        rows = [self._ingestion(ingestion), self._records(), self._freshness(), self._rules()]
        rows.append(self._pipelines(domains))
        widgets = [
            {"type": "metric", "x": 0, "y": 7 * row, "width": 24, "height": 7, "properties": properties}
            for row, properties in enumerate(rows)
        ]
        cloudwatch.CfnDashboard(
            self,
            "Lake",
            dashboard_name=self.naming.resource("lake"),
            dashboard_body=self.to_json_string({"widgets": widgets}),
        )

        estate_alarms(self, foundation.alarm_topic)
        KeyDenials(self, "KeyDenials", topic=foundation.alarm_topic)
        if settings.cost is not None:
            Spending(self, "Spending", settings=settings.cost)

    def _graph(self, title: str, metrics: list[list[object]], statistic: str = "Sum") -> _Widget:
        return {
            "title": title,
            "region": self.region,
            "stat": statistic,
            "period": 300,
            "view": "timeSeries",
            "metrics": metrics,
        }

    def _ingestion(self, ingestion: IngestionResources) -> _Widget:
        return self._graph(
            "Files: waiting and failed",
            [
                ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", ingestion.queue_name],
                [
                    "AWS/SQS",
                    "ApproximateNumberOfMessagesVisible",
                    "QueueName",
                    ingestion.dead_letter_queue_name,
                ],
                ["AWS/Lambda", "Errors", "FunctionName", ingestion.router.function_name],
            ],
            "Maximum",
        )

    def _records(self) -> _Widget:
        return self._graph("Records in and rejected", self._datasets("RecordsIn", "RecordsRejected"))

    def _freshness(self) -> _Widget:
        return self._graph(
            "Hours since the newest data came, and beyond what contracts promise",
            self._datasets("HoursSinceArrival", "HoursOverdue", statistic="Maximum"),
            "Maximum",
        )

    def _rules(self) -> _Widget:
        return self._graph("Quality rules that failed", self._datasets("RulesFailed"))

    def _datasets(self, *metrics: str, statistic: str = "Sum") -> list[list[object]]:
        """The datasets with the most of each metric.

        Found by search, so that the dashboard stays as it is however many datasets there are.
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-search-expressions.html
        """
        schema = f'{{"{metrics_namespace(self)}",Dataset}}'
        found = [f"SEARCH('{schema} MetricName=\"{metric}\"', '{statistic}', 300)" for metric in metrics]
        order = "SUM" if statistic == "Sum" else "MAX"
        return [[{"expression": f"SORT({search}, {order}, DESC, {_MOST})"}] for search in found]

    def _pipelines(self, domains: Sequence[str]) -> _Widget:
        arns = [self.arns.state_machine(self.naming.resource(domain)) for domain in domains]
        return self._graph(
            "Pipeline runs that failed",
            [["AWS/States", "ExecutionsFailed", "StateMachineArn", arn] for arn in arns],
        )
