"""What each contract deploys besides its tables: rules, results, freshness; and where its tables are."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lakehouse.layout.cdc import is_replica
from lakehouse.model.dataset import READABLE_LAYERS, Format, Layer
from lakehouse.odcs.lake.load import load_lake
from lakehouse.targets.bronze_csv import by_header
from lakehouse.targets.dqdl import ruleset

ROOT = Path(__file__).resolve().parents[3]
LAKE = load_lake(ROOT)


def test_ruleset_is_bound_to_the_table_that_it_waits_for(templates: dict[str, Any]) -> None:
    found = {}
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Glue::DataQualityRuleset":
                properties, [before] = resource["Properties"], resource["DependsOn"]
                table, target = template["Resources"][before]["Properties"], properties["TargetTable"]
                assert target == {"DatabaseName": table["Database"], "TableName": table["Table"]}
                layer, domain = target["DatabaseName"].split("_")[2:]
                found[f"{domain}/{target['TableName']}"] = (layer, properties["Ruleset"])
    assert found == {dataset.id: (dataset.layer.value, ruleset(dataset)) for dataset in LAKE.datasets}


def test_freshness_alarm_watches_as_many_hours_as_the_contract_promises(
    resources: Callable[..., Any],
) -> None:
    watched = {}
    for where, alarm in resources("AWS::CloudWatch::Alarm"):
        properties = alarm["Properties"]
        if properties["AlarmName"].endswith("-stale"):
            [dimension] = properties["Dimensions"]
            assert dimension["Name"] == "Dataset", where
            assert properties["Namespace"].startswith("lakehouse/"), where
            assert properties["TreatMissingData"] == "breaching", where
            assert "DatapointsToAlarm" not in properties, where  # all of them
            watched[dimension["Value"]] = tuple(
                properties[name]
                for name in (
                    "MetricName",
                    "Statistic",
                    "Period",
                    "EvaluationPeriods",
                    "ComparisonOperator",
                    "Threshold",
                )
            )
    promised = {
        dataset.id: _alarm(dataset.layer, dataset.service.freshness_hours)
        for dataset in LAKE.datasets
        if dataset.service.freshness_hours
    }
    assert watched == promised != {}


def _alarm(layer: Layer, hours: int) -> tuple[object, ...]:
    """CloudWatch looks back seven days and no further."""
    if hours > 168:
        return "HoursSinceArrival", "Minimum", 86400, 7, "GreaterThanThreshold", hours - 168
    metric = {Layer.SILVER: ("RecordsIn", "Sum"), Layer.GOLD: ("Rows", "SampleCount")}[layer]
    return *metric, 3600, hours, "LessThanThreshold", 1


def test_metric_that_an_alarm_watches_is_one_that_jobs_publish(resources: Callable[..., Any]) -> None:
    source = "".join(path.read_text() for path in (ROOT / "glue_scripts").rglob("*.py"))
    for where, alarm in resources("AWS::CloudWatch::Alarm"):
        if alarm["Properties"]["AlarmName"].endswith("-stale"):
            assert f'"{alarm["Properties"]["MetricName"]}"' in source, where


def test_results_have_a_table_in_each_layer_that_a_domain_measures(resources: Callable[..., Any]) -> None:
    found = {
        tuple(table["Properties"]["Database"].split("_")[2:])
        for _, table in resources("Custom::IcebergTable")
        if table["Properties"]["Table"] == "quality_results"
    }
    assert found == {(dataset.layer.value, dataset.domain) for dataset in LAKE.datasets}


def test_table_waits_for_its_database_in_the_stack_of_its_domain(templates: dict[str, Any]) -> None:
    tables = 0
    for stack, template in templates.items():
        databases = {
            logical_id: resource["Properties"]["DatabaseInput"]["Name"]
            for logical_id, resource in template["Resources"].items()
            if resource["Type"] == "AWS::Glue::Database"
        }
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] in {"AWS::Glue::Table", "Custom::IcebergTable"}:
                tables += 1
                [before] = resource["DependsOn"]
                properties = resource["Properties"]
                name = properties.get("Database", properties.get("DatabaseName"))
                assert databases[before] == name, (stack, logical_id)
    own = sum(3 if dataset.ingestion else 1 for dataset in LAKE.datasets)
    deleted = sum(is_replica(dataset) for dataset in LAKE.datasets)
    results = len({(dataset.layer, dataset.domain) for dataset in LAKE.datasets})
    assert tables == own + deleted + results


def test_replica_has_a_table_of_its_deleted_keys_where_its_job_may_write(templates: dict[str, Any]) -> None:
    found = {
        (table["Properties"]["Database"].split("_", 3)[3], table["Properties"]["Table"])
        for template in templates.values()
        for table in template["Resources"].values()
        if table["Type"] == "Custom::IcebergTable" and table["Properties"]["Table"].endswith("_deleted")
    }
    assert found == {
        (dataset.domain, f"{dataset.name}_deleted") for dataset in LAKE.datasets if is_replica(dataset)
    }


def test_job_writes_results_where_its_layer_keeps_them(templates: dict[str, Any]) -> None:
    for domain in LAKE.domains:
        template = templates[f"Domain{domain.title()}"]
        for layer, job in (("silver", "BronzeToSilverRole"), ("gold", "SilverToGoldRole")):
            [table] = [
                resource["Properties"]
                for resource in template["Resources"].values()
                if resource["Properties"].get("Table") == "quality_results"
                and f"_{layer}_" in resource["Properties"]["Database"]
            ]
            [policy] = [
                resource["Properties"]["PolicyDocument"]["Statement"]
                for logical_id, resource in template["Resources"].items()
                if logical_id.startswith(f"{job}DefaultPolicy")
            ]
            bucket, _, prefix = table["Location"].removeprefix("s3://").partition("/")
            objects = f"arn:aws:s3:::{bucket}/{prefix.partition('/')[0]}/*"
            assert "s3:PutObject" in _actions(policy, objects)
            assert "s3:DeleteObject" in _actions(policy, objects)
            assert "glue:UpdateTable" in _actions(policy, f":table/{table['Database']}/*")


def _actions(statements: list[dict[str, Any]], resource: str) -> set[str]:
    """Actions that statements allow on a resource whose ARN ends so."""
    return {
        action
        for statement in statements
        if any(str(arn).endswith(resource) for arn in _list(statement["Resource"]))
        for action in _list(statement["Action"])
    }


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_dashboard_finds_datasets_by_search_and_names_none(resources: Callable[..., Any]) -> None:
    [(_, dashboard)] = resources("AWS::CloudWatch::Dashboard")
    body = json.dumps(dashboard["Properties"]["DashboardBody"]).replace("\\", "")
    for metric in ("RecordsIn", "RecordsRejected", "RulesFailed"):
        assert re.search(rf'SEARCH\(\'{{"lakehouse/\w+",Dataset}} MetricName="{metric}"\'', body), metric
    assert not [dataset.id for dataset in LAKE.datasets if dataset.id in body]


def test_saved_query_is_in_a_work_group_whose_persona_may_read_the_tables(
    resources: Callable[..., Any],
) -> None:
    found = {}
    for _, query in resources("AWS::Athena::NamedQuery"):
        properties = query["Properties"]
        layer = Layer(properties["Database"].split("_")[2])
        assert layer in READABLE_LAYERS[properties["WorkGroup"].split("-")[-1]]
        found[properties["Name"]] = layer, properties["QueryString"]
    products = {
        f"{dataset.id}: first rows": (Layer.GOLD, f"SELECT * FROM {dataset.name} LIMIT 100")  # noqa: S608
        for dataset in LAKE.datasets
        if dataset.layer is Layer.GOLD
    }
    arrivals = {
        f"{dataset.id}: bronze by header": (Layer.BRONZE, by_header(dataset))
        for dataset in LAKE.datasets
        if dataset.ingestion and dataset.ingestion.format is Format.CSV
    }
    assert found == products | arrivals
