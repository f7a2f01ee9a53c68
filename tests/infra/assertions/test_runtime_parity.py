"""What templates hand to functions and jobs is exactly what their code takes."""

import dataclasses
import importlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakehouse.layout import paths
from lakehouse.model.table_rules import Operator
from lakehouse.targets import manifest

ROOT = Path(__file__).resolve().parents[3]
GLUE_OWN = {
    "--conf", "--datalake-formats", "--extra-py-files", "--enable-metrics", "--enable-observability-metrics",
    "--enable-continuous-cloudwatch-log", "--job-bookmark-option",
}  # fmt: skip
"""Arguments that Glue itself takes: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html"""


def test_environment_variables_equal_the_settings_of_the_code(resources: Callable[..., Any]) -> None:
    functions = list(resources("AWS::Lambda::Function"))
    assert functions
    for where, function in functions:
        package = function["Properties"]["Handler"].split(".")[0]
        variables = set(function["Properties"]["Environment"]["Variables"])
        wanted = set()
        if (ROOT / "lambda_src" / package / "settings.py").exists():
            settings = importlib.import_module(f"{package}.settings").Settings
            wanted = {field.name.upper() for field in dataclasses.fields(settings)}
        assert {name for name in variables if not name.startswith("POWERTOOLS_")} == wanted, where


def test_handler_exists(resources: Callable[..., Any]) -> None:
    for where, function in resources("AWS::Lambda::Function"):
        module, name = function["Properties"]["Handler"].rsplit(".", 1)
        assert callable(getattr(importlib.import_module(module), name)), where


def test_alarm_on_unrouted_files_watches_what_the_router_counts(resources: Callable[..., Any]) -> None:
    [router] = [
        function["Properties"]["Environment"]["Variables"]
        for _, function in resources("AWS::Lambda::Function")
        if function["Properties"]["Handler"].startswith("landing_router.")
    ]
    [alarm] = [
        alarm["Properties"]
        for _, alarm in resources("AWS::CloudWatch::Alarm")
        if alarm["Properties"]["AlarmName"].endswith("-landing-unrouted")
    ]
    outcome = importlib.import_module("landing_router.mover").Outcome
    assert alarm["MetricName"] == outcome.UNROUTED.value
    assert alarm["Namespace"] == router["POWERTOOLS_METRICS_NAMESPACE"]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": router["POWERTOOLS_SERVICE_NAME"]}]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 0)


def test_jobs_read_the_manifests_of_this_commit_and_know_every_comparison() -> None:
    assert importlib.import_module("lakehouse_etl.contract.manifest").VERSION == manifest.VERSION
    assert set(importlib.import_module("lakehouse_etl.quality.measure").OPERATORS) == set(Operator)


def test_functions_and_jobs_spell_names_below_buckets_as_the_model_does() -> None:
    router, objects = map(importlib.import_module, ("landing_router.logic", "lakehouse_etl.bronze.objects"))
    hour = datetime(2026, 1, 31, 9, tzinfo=UTC)
    partition = paths.ingest_partition_of(hour)
    assert router.ingest_partition(hour) == objects.partition(hour) == partition
    assert partition.startswith(objects.PARTITIONS)
    assert objects.hour_of(f"{partition}object") == hour.replace(tzinfo=None)
    assert router.UNROUTED == paths.UNROUTED
    assert router.REPLAY == paths.FILE_REPLAY


def test_job_arguments_equal_what_the_code_takes(resources: Callable[..., Any]) -> None:
    source = "".join(path.read_text() for path in (ROOT / "glue_scripts").rglob("*.py"))
    for where, job in resources("AWS::Glue::Job"):
        given = set(job["Properties"]["DefaultArguments"]) - GLUE_OWN
        for argument in given:
            assert re.search(rf'"{argument.removeprefix("--")}"', source), (where, argument)
