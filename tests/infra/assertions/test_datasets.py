"""What each contract deploys besides its tables: rules, results, freshness; and where its tables are."""

import json
import re
from collections.abc import Callable
from typing import Any

from config.load import PROJECT_ROOT
from lakehouse.layout.cdc import is_replica
from lakehouse.model.dataset import Format, Layer
from lakehouse.placement.parts import stack_id
from lakehouse.targets.bronze_csv import by_header
from lakehouse.targets.dqdl import ruleset
from lakehouse.targets.erasures import tells_subjects
from lakehouse.targets.manifest import compile_domain
from stacks.features.registry import features
from tests.fixtures.environments import Environment


def test_ruleset_is_bound_to_the_table_that_it_waits_for(
    environment: Environment, templates: dict[str, Any]
) -> None:
    found = {}
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Glue::DataQualityRuleset":
                properties, [before] = resource["Properties"], resource["DependsOn"]
                table, target = template["Resources"][before]["Properties"], properties["TargetTable"]
                assert target == {"DatabaseName": table["Database"], "TableName": table["Table"]}
                found[target["DatabaseName"], target["TableName"]] = properties["Ruleset"]
    assert found == {
        (environment.naming.database(dataset.layer, dataset.domain), dataset.name): ruleset(dataset)
        for dataset in environment.lake.datasets
    }


QUERY = re.compile(r'SELECT MAX\((\w+)\) FROM SCHEMA\("[\w/-]+"(?:, "Column")?, Dataset\)')


def test_metric_that_an_alarm_watches_is_one_that_jobs_publish(resources: Callable[..., Any]) -> None:
    source = "".join(path.read_text() for path in (PROJECT_ROOT / "glue_scripts").rglob("*.py"))
    watched = {
        metric
        for _, alarm in resources("AWS::CloudWatch::Alarm")
        for query in alarm["Properties"].get("Metrics", ())
        for metric in QUERY.findall(query.get("Expression", ""))
    }
    assert watched == {
        *("HoursOverdue", "RecordsMissing", "GateClosed", "RejectedPercent", "HoursWaiting"),
        "UndeclaredPersonalData",
    }
    for metric in watched:
        assert f'"{metric}"' in source


def test_results_have_a_table_in_each_layer_that_a_domain_measures(
    environment: Environment, resources: Callable[..., Any]
) -> None:
    found = {
        table["Properties"]["Database"]
        for _, table in resources("Custom::IcebergTable")
        if table["Properties"]["Table"] == "quality_results"
    }
    assert found == {
        environment.naming.database(dataset.layer, dataset.domain) for dataset in environment.lake.datasets
    }


def test_erasures_have_a_table_where_contracts_say_whose_data_records_are(
    environment: Environment, resources: Callable[..., Any]
) -> None:
    naming, told = environment.naming, filter(tells_subjects, environment.lake.datasets)
    found = {
        table["DatabaseName"]: table["TableInput"]["StorageDescriptor"]["Location"]
        for _, resource in resources("AWS::Glue::Table")
        if (table := resource["Properties"])["TableInput"]["Name"] == "erasures"
    }
    bronze = naming.bucket(Layer.BRONZE)
    assert found == {
        naming.database(Layer.BRONZE, domain): f"s3://{bronze}/_erasures/{domain}/"
        for domain in {each.domain for each in told}
    }
    assert found


def test_runs_have_a_table_in_each_layer_that_a_domain_makes_over_what_jobs_write(
    environment: Environment, resources: Callable[..., Any]
) -> None:
    naming = environment.naming
    found = {
        table["DatabaseName"]: table["TableInput"]["StorageDescriptor"]["Location"]
        for _, resource in resources("AWS::Glue::Table")
        if (table := resource["Properties"])["TableInput"]["Name"] == "run_events"
    }
    expected = {}
    for dataset in environment.lake.datasets:
        events = compile_domain(environment.lake, dataset.domain, naming)["lineage"]["events"]
        expected[naming.database(dataset.layer, dataset.domain)] = events[dataset.layer]
    assert found == expected


def test_table_waits_for_its_tagged_database_in_the_stack_of_its_domain(
    environment: Environment, templates: dict[str, Any]
) -> None:
    tables = 0
    of_features = {stack for feature in features().values() for stack in feature.stacks}
    for stack, template in templates.items():
        if stack in of_features:
            continue
        databases = {
            logical_id: {each["Database"] for each in json.loads(resource["Properties"]["Governed"])}
            for logical_id, resource in template["Resources"].items()
            if resource["Type"] == "Custom::GovernedTables" and resource["Properties"]["Access"] == "open"
        }
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] in {"AWS::Glue::Table", "Custom::IcebergTable"}:
                tables += 1
                [before] = resource["DependsOn"]
                properties = resource["Properties"]
                name = properties.get("Database", properties.get("DatabaseName"))
                assert name in databases[before], (stack, logical_id)
    datasets = environment.lake.datasets
    own = sum(3 if dataset.ingestion else 1 for dataset in datasets)
    deleted = sum(is_replica(dataset) for dataset in datasets)
    results = len({(dataset.layer, dataset.domain) for dataset in datasets})
    erasures = len({dataset.domain for dataset in datasets if tells_subjects(dataset)})
    assert tables == own + deleted + 2 * results + erasures  # of rules and of runs


def test_replica_has_a_table_of_its_deleted_keys_where_its_job_may_write(
    environment: Environment, templates: dict[str, Any]
) -> None:
    found = {
        (table["Properties"]["Database"], table["Properties"]["Table"])
        for template in templates.values()
        for table in template["Resources"].values()
        if table["Type"] == "Custom::IcebergTable" and table["Properties"]["Table"].endswith("_deleted")
    }
    assert found == {
        (environment.naming.database(dataset.layer, dataset.domain), f"{dataset.name}_deleted")
        for dataset in environment.lake.datasets
        if is_replica(dataset)
    }


def test_job_writes_results_where_its_layer_keeps_them(
    environment: Environment, templates: dict[str, Any]
) -> None:
    jobs = {Layer.SILVER: "BronzeToSilverRole", Layer.GOLD: "SilverToGoldRole"}
    for domain in environment.lake.domains:
        template = templates[stack_id(domain, 1)]
        for layer in {dataset.layer for dataset in environment.lake.of_domain(domain)}:
            [table] = [
                resource["Properties"]
                for resource in template["Resources"].values()
                if resource["Properties"].get("Table") == "quality_results"
                and f"_{layer}_" in resource["Properties"]["Database"]
            ]
            [policy] = [
                resource["Properties"]["PolicyDocument"]["Statement"]
                for logical_id, resource in template["Resources"].items()
                if logical_id.startswith(f"{jobs[layer]}DefaultPolicy")
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


def test_saved_query_is_in_a_work_group_whose_persona_may_read_the_tables(
    environment: Environment,
    resources: Callable[..., Any],
) -> None:
    layers = {
        environment.naming.database(layer, domain): layer
        for layer in Layer
        for domain in environment.lake.domains
    }
    found = {}
    for _, query in resources("AWS::Athena::NamedQuery"):
        properties = query["Properties"]
        if properties["Database"] not in layers:  # of a feature
            continue
        layer = layers[properties["Database"]]
        readers = environment.lake.access.readers(layer)
        assert properties["WorkGroup"] in {environment.naming.resource(name) for name in readers}
        found[properties["Name"]] = layer, properties["QueryString"]
    products = {
        f"{dataset.id}: first rows": (Layer.GOLD, f"SELECT * FROM {dataset.name} LIMIT 100")  # noqa: S608
        for dataset in environment.lake.datasets
        if dataset.layer is Layer.GOLD
    }
    arrivals = {
        f"{dataset.id}: bronze by header": (Layer.BRONZE, by_header(dataset))
        for dataset in environment.lake.datasets
        if dataset.ingestion and dataset.ingestion.format is Format.CSV
    }
    assert found == products | arrivals
