"""What templates hand to functions and jobs is exactly what their code takes."""

import ast
import dataclasses
import importlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from awsglue.utils import GlueArgumentError
from lakehouse_etl.job import runtime

from config.load import PROJECT_ROOT
from lakehouse.layout import paths
from lakehouse.model.table_rules import Operator
from lakehouse.targets import manifest, run_events
from stacks.components.monitoring import dataset_metrics
from tests.fixtures.environments import LIVE, OWN, TRIAL

ROOT = Path(__file__).resolve().parents[3]
GLUE_OWN = {
    "--conf", "--datalake-formats", "--extra-py-files", "--enable-auto-scaling", "--enable-metrics",
    "--enable-observability-metrics", "--enable-continuous-cloudwatch-log",
    "--job-bookmark-option", "--additional-python-modules",
    "--python-modules-installer-option",
}  # fmt: skip
"""Arguments that Glue itself takes: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html"""


def test_environment_variables_equal_the_settings_of_the_code(resources: Callable[..., Any]) -> None:
    functions = list(resources("AWS::Lambda::Function"))
    assert functions
    for where, function in functions:
        package = function["Properties"]["Handler"].split(".")[0]
        variables = set(function["Properties"]["Environment"]["Variables"])
        has_settings = any(
            (ROOT / folder / package / "settings.py").exists() for folder in ("lambda_src", "glue_scripts")
        )
        settings = importlib.import_module(f"{package}.settings").Settings if has_settings else None
        assert _unequal(variables, settings) == set(), where


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
    assert set(importlib.import_module("lakehouse_etl.quality.measured").OPERATORS) == set(Operator)


def test_functions_and_jobs_spell_names_below_buckets_as_the_model_does() -> None:
    router, objects = map(importlib.import_module, ("landing_router.logic", "lakehouse_etl.bronze.objects"))
    hour = datetime(2026, 1, 31, 9, tzinfo=UTC)
    partition = paths.ingest_partition_of(hour)
    assert router.ingest_partition(hour) == objects.partition(hour) == partition
    assert partition.startswith(objects.PARTITIONS)
    assert objects.hour_of(f"{partition}object") == hour.replace(tzinfo=None)
    assert router.UNROUTED == paths.UNROUTED
    assert router.REPLAY == paths.FILE_REPLAY


def test_jobs_and_pipelines_call_the_record_of_runs_as_its_table_does() -> None:
    facets = importlib.import_module("lakehouse_etl.lineage.facets")
    for name in ("PRODUCER", "RUN_FACET", "RUN_FACET_SCHEMA"):
        assert getattr(facets, name) == getattr(run_events, name)


@pytest.mark.parametrize(
    "name", [value for name, value in vars(dataset_metrics).items() if name.isupper() and name != "DIMENSION"]
)
def test_jobs_publish_the_metrics_of_datasets_by_the_names_that_are_asked_for(name: str) -> None:
    sources = [path.read_text() for path in (PROJECT_ROOT / "glue_scripts").rglob("*.py")]
    assert any(f'"{name}"' in source for source in sources)
    assert any(f'"Name": "{dataset_metrics.DIMENSION}"' in source for source in sources)


@pytest.fixture(params=(TRIAL, LIVE, *OWN), ids=str)
def assembly(request: pytest.FixtureRequest, assemble: Callable[..., Path]) -> Path:
    """What is deployed in each environment in turn: templates, and the scripts that they name."""
    return assemble(request.param)


def test_job_arguments_equal_what_its_script_reads(assembly: Path) -> None:
    jobs = [
        (f"{file.name}/{logical_id}", resource["Properties"])
        for file in assembly.glob("*.template.json")
        for logical_id, resource in json.loads(file.read_text())["Resources"].items()
        if resource["Type"] == "AWS::Glue::Job"
    ]
    assert jobs
    for where, job in jobs:
        [name] = re.findall(r"[0-9a-f]{64}\.py", json.dumps(job["Command"]["ScriptLocation"]))
        script = (assembly / f"asset.{name}").read_text()
        assert _differences(set(job["DefaultArguments"]), script) == set(), where


def _differences(given: set[str], script: str) -> set[str]:
    """Arguments that a job is given and does not read, or that it needs and is not given."""
    needed = {f"--{name}" for name in {*runtime.REQUIRED, *_own_options(script)} - {"JOB_NAME"}}
    at_start = {f"--{name}" for name in runtime.AT_START}
    return (given - GLUE_OWN - at_start) ^ needed


def _own_options(script: str) -> set[str]:
    """Names that a script asks `runtime.options` for, which no other job has."""
    calls = [
        node
        for node in ast.walk(ast.parse(script))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "runtime.options"
    ]
    return {str(ast.literal_eval(name)) for call in calls for name in call.args[1:]}


SCRIPT = 'args = runtime.parse(argv)\nown = runtime.options(argv, "days", "mode")\n'
GOOD = {"--conf", "--manifest", "--parallel", "--metrics_namespace", "--code_version", "--days", "--mode"}


def test_arguments_of_a_job_are_told_when_one_is_missing_or_superfluous() -> None:
    assert _differences(GOOD, SCRIPT) == set()
    assert _differences(GOOD - {"--mode"}, SCRIPT) == {"--mode"}
    assert _differences(GOOD - {"--manifest"}, SCRIPT) == {"--manifest"}
    assert _differences({*GOOD, "--more"}, SCRIPT) == {"--more"}
    assert _differences(GOOD, SCRIPT.replace('"days", ', "")) == {"--days"}


def test_arguments_that_a_script_asks_for_reach_it() -> None:
    """Glue's own reader of arguments agrees with what is compared here."""
    argv = ["job", "--JOB_NAME", "j", *(word for name in sorted(GOOD) for word in (name, "1"))]
    assert runtime.parse(argv).parallel == 1
    assert runtime.options(argv, *_own_options(SCRIPT)) == {"days": "1", "mode": "1"}
    for name in ("--manifest", "--parallel", "--metrics_namespace"):
        at = argv.index(name)
        with pytest.raises(GlueArgumentError, match=name.removeprefix("--")):
            runtime.parse(argv[:at] + argv[at + 2 :])


def _unequal(variables: set[str], settings: type | None) -> set[str]:
    """Environment variables that a function is given and does not read, or the other way round."""
    wanted = {field.name.upper() for field in dataclasses.fields(settings)} if settings else set()
    return {name for name in variables if not name.startswith("POWERTOOLS_")} ^ wanted


def test_variables_of_a_function_are_told_when_one_is_missing_or_superfluous() -> None:
    settings = dataclasses.make_dataclass("Settings", ["bucket", "key"])
    good = {"BUCKET", "KEY", "POWERTOOLS_LOG_LEVEL"}
    assert _unequal(good, settings) == set()
    assert _unequal(good - {"KEY"}, settings) == {"KEY"}
    assert _unequal({*good, "MORE"}, settings) == {"MORE"}
    assert _unequal({"MORE"}, None) == {"MORE"}
