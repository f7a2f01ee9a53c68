"""One page on which an operator sees whether the lake is well."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from config.settings import Settings
from stacks.components.python_function import metrics_namespace
from stacks.lake_stack import LakeStack
from stacks.resources import DomainResources, IngestionResources

_Widget = dict[str, object]


class ObservabilityStack(LakeStack):
    """The dashboard of the estate, and the alarm that stands for all others."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        ingestion: IngestionResources,
        domains: Sequence[DomainResources],
    ) -> None:
        """Show these domains and doors."""
        super().__init__(scope, construct_id, settings=settings, description="Dashboard of the lake")
        rows = [self._doors(ingestion), self._records(domains), self._pipelines(domains)]
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

    def _graph(self, title: str, metrics: list[list[object]], statistic: str = "Sum") -> _Widget:
        return {
            "title": title,
            "region": self.region,
            "stat": statistic,
            "period": 300,
            "view": "timeSeries",
            "metrics": metrics,
        }

    def _doors(self, ingestion: IngestionResources) -> _Widget:
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

    def _records(self, domains: Sequence[DomainResources]) -> _Widget:
        """By search expression, so that the dashboard keeps its size however many datasets there are."""
        namespace = metrics_namespace(self)
        return self._graph(
            f"Records in and rejected, of {len(domains)} domains",
            [
                [{"expression": f"SEARCH('{{{namespace},Dataset}} {metric}', 'Sum', 300)"}]
                for metric in ("RecordsIn", "RecordsRejected")
            ],
        )

    def _pipelines(self, domains: Sequence[DomainResources]) -> _Widget:
        return self._graph(
            "Pipeline runs that failed",
            [
                ["AWS/States", "ExecutionsFailed", "StateMachineArn", domain.pipeline_arn]
                for domain in domains
            ],
        )
