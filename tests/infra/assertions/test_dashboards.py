"""Boards fit CloudWatch, grow with no dataset, and ask for nothing that nobody tells."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Lake
from local.alarms.metrics import Metric
from local.graphs.search import Search
from stacks.observability_stack import BOARDS
from tests.fixtures.environments import LIVE, TRIAL, Environment
from tests.infra.lakes import FILES, POLICY
from tests.unit.lakehouse.datasets import ORDERS
from tools.assembly.assembly import Assembly
from tools.lake.dashboards.reading import queries

SERVICES = {
    ("AWS/Athena", frozenset({"QueryState", "QueryType", "WorkGroup"})),
    ("AWS/Firehose", frozenset({"DeliveryStreamName"})),
    ("AWS/Kinesis", frozenset({"StreamName"})),
    ("AWS/Lambda", frozenset({"FunctionName"})),
    ("AWS/S3", frozenset({"BucketName", "FilterId"})),
    ("AWS/SQS", frozenset({"QueueName"})),
    ("AWS/States", frozenset({"StateMachineArn"})),
    ("Glue", frozenset({"JobName", "JobRunId", "Type"})),
}
"""By what AWS's services tell metrics apart: each one's page is named where boards ask for them."""

Json = dict[str, Any]


def boards(folder: str | Path) -> dict[str, list[Json]]:
    """Widgets of each dashboard of an assembly."""
    found = Assembly.of_folder(Path(folder)).of("AWS::CloudWatch::Dashboard")
    return {
        each.properties["DashboardName"]: json.loads(each.properties["DashboardBody"])["widgets"]
        for each in found
    }


def asked(widgets: list[Json]) -> Iterator[Json]:
    """What GetMetricData would be asked for."""
    for widget in widgets:
        if widget["type"] == "metric":
            yield from queries(widget["properties"])


def searched(query: Json) -> Search:
    [text] = re.findall(r"SEARCH\('[^']*', '\w+'\)", query["Expression"])
    search = Search.parse(text)
    assert search is not None
    return search


def named(query: Json) -> tuple[str, str, frozenset[str]]:
    """Namespace, name and dimensions of the metric that a query is about."""
    if "MetricStat" in query:
        of = query["MetricStat"]["Metric"]
        metric = Metric.of(of["Namespace"], of["MetricName"], of["Dimensions"])
        return metric.namespace, metric.name, frozenset(dict(metric.dimensions))
    search = searched(query)
    [name] = [term.value for term in search.terms if term.property == "MetricName" and term.exact]
    return search.namespace, name, search.dimensions


@cache
def told() -> frozenset[str]:
    """Every text in the code of functions and jobs, among them the names of metrics."""
    files = (*(PROJECT_ROOT / "lambda_src").rglob("*.py"), *(PROJECT_ROOT / "glue_scripts").rglob("*.py"))
    return frozenset(
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@pytest.fixture
def of(environment: Environment, assemble: Callable[..., Any]) -> dict[str, list[Json]]:
    return boards(assemble(environment))


def test_environment_has_one_dashboard_or_one_for_each_board(
    environment: Environment, of: dict[str, list[Json]]
) -> None:
    names = BOARDS if environment.settings.alarms.dashboards == "each" else ["lake"]
    assert of.keys() == {environment.naming.resource(name) for name in names}


def test_one_dashboard_shows_what_those_of_each_board_show(build_app: Callable[..., Any]) -> None:
    shown = []
    for dashboards in ("one", "each"):
        alarms = TRIAL.settings.alarms.model_copy(update={"dashboards": dashboards})
        settings = TRIAL.settings.model_copy(update={"alarms": alarms})
        found = boards(build_app(TRIAL, settings=settings).synth().directory)
        shown.append([widget["properties"] for widgets in found.values() for widget in widgets])
    one, each = (sorted(map(json.dumps, widgets)) for widgets in shown)
    assert one == each


def test_metric_of_the_lake_is_told_by_the_code_of_a_function_or_job(of: dict[str, list[Json]]) -> None:
    asked_for = {named(query) for widgets in of.values() for query in asked(widgets)}
    own = {name for namespace, name, _ in asked_for if "/" in namespace and not namespace.startswith("AWS/")}
    assert len(own) > 10
    assert own - told() == set()


def test_metric_of_a_service_is_asked_for_by_the_dimensions_that_it_has(of: dict[str, list[Json]]) -> None:
    asked_for = {named(query) for widgets in of.values() for query in asked(widgets)}
    services = {
        (namespace, dimensions)
        for namespace, _, dimensions in asked_for
        if namespace.startswith("AWS/") or namespace == "Glue"
    }
    assert services == SERVICES


def test_dashboard_names_no_dataset(environment: Environment, of: dict[str, list[Json]]) -> None:
    text = json.dumps(of)
    assert not [dataset.id for dataset in environment.lake.datasets if dataset.id in text]


def test_search_finds_what_is_this_environments_alone(
    environment: Environment, of: dict[str, list[Json]]
) -> None:
    for query in (query for widgets in of.values() for query in asked(widgets) if "Expression" in query):
        search = searched(query)
        if search.namespace.startswith(environment.settings.project):
            continue
        [term] = [term for term in search.terms if not term.exact]
        assert term.fits(environment.naming.resource("some", "thing"))
        assert not term.fits(f"other-{environment.settings.environment}-thing")


def test_widgets_lie_beside_one_another(of: dict[str, list[Json]]) -> None:
    for widgets in of.values():
        cells = [
            (x, y)
            for widget in widgets
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        ]
        assert len(cells) == len(set(cells))
        assert {x for x, _ in cells} == set(range(24))


@pytest.mark.parametrize("environment", [TRIAL, LIVE], ids=["one", "each"])
def test_boards_of_many_domains_fit_cloudwatch(
    environment: Environment, assemble: Callable[..., Any]
) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"""  # noqa: D415
    many = tuple(replace(ORDERS, domain=f"domain{index:02}", ingestion=FILES) for index in range(50))
    for widgets in boards(assemble(environment, Lake(many, POLICY))).values():
        assert len(widgets) <= 500
        assert sum(1 for _ in asked(widgets)) <= 2500
        for widget in widgets:
            found = list(asked([widget]))
            searches = [query["Expression"] for query in found if "Expression" in query]
            assert len(found) <= 500
            assert len(searches) <= 5
            assert all(len(search) <= 1024 for search in searches)
