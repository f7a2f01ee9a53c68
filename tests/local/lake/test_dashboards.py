"""After a run every widget of every board shows something, but for those that tell of what is wrong."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from local.demo.command import prove
from local.demo.show import Stages
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from tests.fixtures.environments import FIXTURE
from tests.local.lake.project_copy import copy_project
from tools.lake.dashboards.drawing import svg
from tools.lake.dashboards.reading import Board, Span, names, queries, read

pytestmark = pytest.mark.lake

FAULTS = {
    "ExecutionsFailed", "ExecutionsTimedOut", "FailedConversion.Records", "GateClosed", "HoursOverdue",
    "HoursWaiting", "IgnoredObjects", "InputsAwaited", "RefusedRecords", "RejectedPercent", "RepeatedEvents",
    "RulesFailed", "TotalExecutionTime of failed queries", "UnroutedObjects",
}  # fmt: skip
"""Told only where there is something to tell, which tests of those who tell it make happen."""

ELSEWHERE = {
    "4xxErrors", "AllRequests",  # of S3, which the embedded AWS does not count
    "TablesMaintained",  # once in days
    "glue.ALL.jvm.heap.usage",  # measured every ten seconds, so not of short jobs
}  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLake]:
    """The framework's project, which has files, streams and products, after its first run."""
    folder = tmp_path_factory.mktemp("boards")
    root = copy_project(folder / "project", FIXTURE / "contracts")
    with EmbeddedAws(folder / "lake", port=0) as aws:
        lake = LocalLake(aws, root)
        prove(
            lake, Stages(Console(quiet=True))
        )  # whether generated records keep every rule is no matter here
        aws.evaluate_alarms()
        yield lake


@pytest.fixture(scope="module")
def boards(lake: LocalLake) -> list[Board]:
    end = datetime.now(UTC) + timedelta(minutes=1)
    cloudwatch = lake.aws.client("cloudwatch")
    span = Span(end - timedelta(hours=1), end, 60)
    return [read(cloudwatch, name, span) for name in names(cloudwatch, lake.naming.prefix)]


def metrics_of(lake: LocalLake, board: Board) -> dict[str, set[str]]:
    """Metrics that each widget of a dashboard asks for, by its title."""
    body = lake.aws.client("cloudwatch").get_dashboard(DashboardName=board.name)["DashboardBody"]
    found: dict[str, set[str]] = {}
    for widget in json.loads(body)["widgets"]:
        if widget["type"] == "metric":
            found[widget["properties"]["title"]] = {_name(each) for each in queries(widget["properties"])}
    return found


def _name(query: dict[str, Any]) -> str:
    if "MetricStat" in query:
        return str(query["MetricStat"]["Metric"]["MetricName"])
    [name] = re.findall(r'MetricName="([^"]+)"', query["Expression"])
    return f"{name} of failed queries" if 'QueryState="FAILED"' in query["Expression"] else str(name)


def test_widget_has_data_unless_it_tells_of_faults(lake: LocalLake, boards: list[Board]) -> None:
    silent = set()
    for board in boards:
        metrics = metrics_of(lake, board)
        shown = {panel.title: any(line.points for line in panel.lines) for panel in board.panels}
        silent |= {
            f"{board.name}: {title} ({', '.join(sorted(asked))})"
            for title, asked in metrics.items()
            if not shown[title] and not asked <= FAULTS | ELSEWHERE
        }
    assert silent == set()


def test_every_metric_that_is_no_fault_came(lake: LocalLake, boards: list[Board]) -> None:
    pages = lake.aws.client("cloudwatch").get_paginator("list_metrics").paginate()
    there = {each["MetricName"] for page in pages for each in page["Metrics"]}
    asked = {name for board in boards for names in metrics_of(lake, board).values() for name in names}
    assert asked - there - FAULTS - ELSEWHERE == set()


def test_totals_are_those_that_runs_reported(lake: LocalLake, boards: list[Board]) -> None:
    [came] = [panel for board in boards for panel in board.panels if panel.title == "What came"]
    totals = {line.label: line.number for line in came.lines}
    assert totals["records in"] == sum(_counts(lake, "RecordsIn"))
    assert totals["records in"] > 0


def _counts(lake: LocalLake, metric: str) -> Iterator[float]:
    """Sums of a metric of each dataset, asked for one by one."""
    cloudwatch = lake.aws.client("cloudwatch")
    for dataset in lake.lake.datasets:
        points = cloudwatch.get_metric_statistics(
            Namespace=f"{lake.settings.project}/{lake.settings.environment}",
            MetricName=metric,
            Dimensions=[{"Name": "Dataset", "Value": dataset.id}],
            StartTime=datetime.now(UTC) - timedelta(hours=2),
            EndTime=datetime.now(UTC) + timedelta(hours=1),
            Period=86400,
            Statistics=["Sum"],
        )["Datapoints"]
        yield from (point["Sum"] for point in points)


def test_picture_is_light_and_every_dataset_that_brought_records_is_on_it(
    lake: LocalLake, boards: list[Board], tmp_path: Path
) -> None:
    end = datetime.now(UTC)
    span = Span(end - timedelta(hours=1), end, 60)
    for board in boards:
        drawn = svg(board, span)
        assert len(drawn) < 20_000 * len(board.panels), board.name
        ET.fromstring(drawn)  # noqa: S314 (made by the code under test)
    title = "Complete: records in"
    [records] = [panel for board in boards for panel in board.panels if panel.title == title]
    assert {line.label for line in records.lines} == {each.id for each in lake.sources}
