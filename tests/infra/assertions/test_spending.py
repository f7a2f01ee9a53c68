"""Who is told of what an environment costs, by which tags, and what is done to keep it low."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from tests.fixtures.environments import LIVE, TRIAL, Environment
from tools.assembly.assembly import Assembly
from tools.lake.cost.estimate import RULES

WATCHES = {"AWS::Budgets::Budget", "AWS::CE::AnomalyMonitor", "AWS::CE::AnomalySubscription"}
UNTAGGED = {
    "AWS::Config::ConfigurationRecorder", "AWS::Glue::TableOptimizer", "AWS::Macie::Session",
    "AWS::Scheduler::Schedule", "AWS::SecurityHub::Standard",
}  # fmt: skip
"""What costs something and takes no tags."""
MAILS = ["costs@example.com", "more-costs@example.com"]


def _properties(templates: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = [
        each["Properties"]
        for template in templates.values()
        for each in template["Resources"].values()
        if each["Type"] == kind
    ]
    return dict(found)


def test_nobody_watches_costs_where_settings_say_nothing(synthesize: Callable[..., Any]) -> None:
    kinds = {
        each["Type"] for template in synthesize(TRIAL).values() for each in template["Resources"].values()
    }
    assert kinds.isdisjoint(WATCHES)


def test_budget_is_of_this_lake_alone_and_tells_everybody_at_each_step(
    synthesize: Callable[..., Any],
) -> None:
    budget = _properties(synthesize(LIVE), "AWS::Budgets::Budget")
    assert budget["Budget"] == {
        "BudgetName": "proof-lake-live",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": 900, "Unit": "USD"},
        "CostFilters": {"TagKeyValue": ["user:lake$proof-lake-live"]},
    }
    told = budget["NotificationsWithSubscribers"]
    steps = [(each["Notification"]["NotificationType"], each["Notification"]["Threshold"]) for each in told]
    assert steps == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    for each in told:
        assert [one["Address"] for one in each["Subscribers"]] == MAILS


def test_anomalies_of_this_lake_are_told_from_the_amount_on_that_settings_say(
    synthesize: Callable[..., Any],
) -> None:
    templates = synthesize(LIVE)
    monitor = _properties(templates, "AWS::CE::AnomalyMonitor")
    assert json.loads(monitor["MonitorSpecification"])["Tags"]["Values"] == ["proof-lake-live"]
    subscription = _properties(templates, "AWS::CE::AnomalySubscription")
    assert json.loads(subscription["ThresholdExpression"])["Dimensions"]["Values"] == ["30"]
    assert [each["Address"] for each in subscription["Subscribers"]] == MAILS


def test_every_stack_is_tagged_with_whose_cost_it_is(assemble: Callable[..., Path]) -> None:
    artifacts = json.loads((assemble(LIVE) / "manifest.json").read_text())["artifacts"]
    tags = {
        name: each["properties"]["tags"]
        for name, each in artifacts.items()
        if each["type"] == "aws:cloudformation:stack"
    }
    assert len(tags) > 5
    for name, own in tags.items():
        assert own["lake"] == "proof-lake-live"
        assert {"project", "environment", "owner", "cost-center", "managed-by"} < set(own)
        assert ("domain" in own) == name.startswith("Domain")


def test_cloudformation_hands_the_tags_of_stacks_to_all_that_costs_something() -> None:
    """As the schemas of resource types say: https://github.com/aws-cloudformation/cloudformation-cli."""
    schemas = {kind: PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema for kind in RULES}
    untagged = {kind for kind, schema in schemas.items() if not schema["tagging"]["taggable"]}
    assert untagged == UNTAGGED


def test_jobs_take_no_more_workers_than_they_need_and_spare_capacity_where_settings_say(
    assemble: Callable[..., Path],
) -> None:
    for environment, flexible in ((LIVE, {"maintenance", "silver-to-gold"}), (TRIAL, set())):
        jobs = list(Assembly.of_folder(assemble(environment)).of("AWS::Glue::Job"))
        assert jobs
        for job in jobs:
            assert job.properties["DefaultArguments"]["--enable-auto-scaling"] == "true"
            spare = any(job.name.endswith(name) for name in flexible)
            assert job.properties["ExecutionClass"] == ("FLEX" if spare else "STANDARD"), job.name


def test_no_bucket_pays_for_metrics_that_nothing_looks_at(
    assemble: Callable[..., Path], framework_environment: Environment
) -> None:
    buckets = list(Assembly.of_folder(assemble(framework_environment)).of("AWS::S3::Bucket"))
    assert len(buckets) == 7
    counted = [bucket.name for bucket in buckets if bucket.properties.get("MetricsConfigurations")]
    settings = framework_environment.settings
    assert sorted(counted) == sorted(map(settings.naming.bucket, settings.alarms.counted_buckets))
