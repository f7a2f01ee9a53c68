"""What the environment costs: a budget, and word of what is unusual. Neither stops anything.

Both count what is tagged as the environment's, once the tag is activated in the account that pays:
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
"""

import json

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_ce as ce
from constructs import Construct

from config.settings import CostSettings
from stacks.lake_stack import COST_TAG, LakeStack

_TOLD = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))
"""What is compared with the budget, and at how many percent of it people are told."""


class Spending(Construct):
    """A budget and a monitor of anomalies, which mail themselves: no topic and no key is opened to them."""

    def __init__(self, scope: LakeStack, construct_id: str, *, settings: CostSettings) -> None:
        """Watch the cost of the environment of `scope`."""
        super().__init__(scope, construct_id)
        self._lake = scope.naming.prefix
        self._budget(settings)
        self._anomalies(settings)

    def _budget(self, settings: CostSettings) -> None:
        budget = budgets.CfnBudget
        told = [
            budget.SubscriberProperty(subscription_type="EMAIL", address=email) for email in settings.emails
        ]
        budget(
            self,
            "Budget",
            budget=budget.BudgetDataProperty(
                budget_name=self._lake,
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budget.SpendProperty(amount=settings.monthly_budget_usd, unit="USD"),
                cost_filters={"TagKeyValue": [f"user:{COST_TAG}${self._lake}"]},
            ),
            notifications_with_subscribers=[
                budget.NotificationWithSubscribersProperty(
                    notification=budget.NotificationProperty(
                        notification_type=kind,
                        comparison_operator="GREATER_THAN",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=told,
                )
                for kind, percent in _TOLD
            ],
        )

    def _anomalies(self, settings: CostSettings) -> None:
        """Mail once a day, if anything: only that frequency needs no topic.

        https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalySubscription.html
        """
        monitor = ce.CfnAnomalyMonitor(
            self,
            "Monitor",
            monitor_name=self._lake,
            monitor_type="CUSTOM",
            monitor_specification=json.dumps(
                {"Tags": {"Key": COST_TAG, "MatchOptions": ["EQUALS"], "Values": [self._lake]}}
            ),
        )
        impact = {
            "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
            "Values": [str(settings.anomaly_usd)],
        }
        ce.CfnAnomalySubscription(
            self,
            "Anomalies",
            subscription_name=self._lake,
            frequency="DAILY",
            monitor_arn_list=[monitor.attr_monitor_arn],
            subscribers=[
                ce.CfnAnomalySubscription.SubscriberProperty(type="EMAIL", address=email)
                for email in settings.emails
            ],
            threshold_expression=json.dumps({"Dimensions": impact}),
        )
