"""What `lake cost` makes of templates: every type is known, and each change shows where it should."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lakehouse.model.dataset import Lake
from lakehouse.model.service import Volume
from stacks.features.registry import features
from tests.fixtures.environments import FIXTURE, LIVE, TRIAL, Environment
from tests.fixtures.repository import commit
from tools.assembly.assembly import Assembly
from tools.lake.cost.charges import Spread
from tools.lake.cost.estimate import Estimate, estimate, unknown
from tools.lake.cost.prices import assumptions, prices_of
from tools.lake.cost.subject import Subject
from tools.lake.main import app

Json = dict[str, Any]
Change = Callable[[Json], None]
EVERYTHING = replace(LIVE, features=tuple(features()))


def estimated(folder: Path, environment: Environment, lake: Lake | None = None) -> Estimate:
    """An estimate at the prices of one region, whatever region the environment is in."""
    subject = Subject(
        Assembly.of_folder(folder), lake or environment.lake, environment.settings, assumptions()
    )
    return estimate(subject, prices_of("us-east-1"))


def with_volume(lake: Lake, volume: Volume) -> Lake:
    """The lake with this volume of every source."""
    return replace(
        lake,
        datasets=tuple(replace(each, volume=volume if each.ingestion else None) for each in lake.datasets),
    )


def units(found: Estimate, price: str, subject: str | None = None) -> Spread:
    """Units of one price, of one dataset or domain if named."""
    sums = found.by(lambda line: f"{line.price} {line.subject}" if subject else line.price)
    usd = sums[f"{price} {subject}" if subject else price]
    return usd * (1 / prices_of("us-east-1")[price].usd)


@pytest.fixture
def changed(assemble: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """Assembly of an environment in which each resource of a type was changed."""

    def change(environment: Environment, kind: str, how: Change) -> Path:
        folder = tmp_path / "changed"
        shutil.copytree(assemble(environment), folder)
        for file in folder.glob("*.template.json"):
            template = json.loads(file.read_text())
            for resource in template["Resources"].values():
                if resource["Type"] == kind:
                    how(resource["Properties"])
            file.write_text(json.dumps(template))
        return folder

    return change


def test_every_type_is_priced_or_known_to_be_free(assembly: Assembly) -> None:
    assert unknown(assembly) == ()


def test_every_type_of_the_features_is_known(assemble: Callable[..., Path]) -> None:
    assert unknown(Assembly.of_folder(assemble(EVERYTHING))) == ()


def test_a_type_that_nobody_knows_is_told(changed: Callable[..., Path]) -> None:
    folder = changed(TRIAL, "none", lambda _: None)
    [file] = folder.glob("Storage.template.json")
    template = json.loads(file.read_text())
    template["Resources"]["Cluster"] = {"Type": "AWS::MSK::Cluster", "Properties": {}}
    file.write_text(json.dumps(template))
    assert estimated(folder, TRIAL).not_priced == ("AWS::MSK::Cluster",)


def test_what_is_nobodys_is_told_as_unused(
    changed: Callable[..., Path], assemble: Callable[..., Path]
) -> None:
    assert estimated(assemble(LIVE), LIVE).strangers == ()
    folder = changed(TRIAL, "none", lambda _: None)
    [file] = folder.glob("Storage.template.json")
    template = json.loads(file.read_text())
    for kind, properties in (
        ("Lambda::Function", {"FunctionName": "own-function", "Handler": "own.handler"}),
        ("S3::Bucket", {"BucketName": "own-bucket"}),
        ("StepFunctions::StateMachine", {"StateMachineName": "own-machine"}),
        ("Glue::Job", {"Name": "own-job", "NumberOfWorkers": 2, "WorkerType": "G.1X"}),
    ):
        added = {"Type": f"AWS::{kind}", "Properties": properties}
        template["Resources"][f"Own{kind.split(':')[-1]}"] = added
    file.write_text(json.dumps(template))
    found = estimated(folder, TRIAL)
    assert found.strangers == ("own-bucket", "own-function", "own-job", "own-machine")
    assert found.not_priced == ()


def test_idle_is_at_most_low_and_low_at_most_high(
    framework_environment: Environment, assemble: Callable[..., Path]
) -> None:
    found = estimated(assemble(framework_environment), framework_environment)
    assert found.usd.idle > 0
    for line in found.lines:
        assert 0 <= line.usd.idle <= line.usd.low <= line.usd.high, line


def test_keys_streams_and_alarms_are_counted(assemble: Callable[..., Path]) -> None:
    found = estimated(assemble(TRIAL), TRIAL)
    assert units(found, "kms_key").idle == pytest.approx(5)
    assert units(found, "kinesis_shard_hour").idle == pytest.approx(730 * (1 + 1 + 2))
    alarms = Assembly.of_folder(assemble(TRIAL)).of("AWS::CloudWatch::Alarm")
    plain = [each for each in alarms if "Metrics" not in each.properties]
    assert units(found, "cloudwatch_alarm").idle == pytest.approx(len(plain))


def test_queries_cost_while_they_find_anything_bands_as_three_metrics_and_composites_by_themselves(
    assemble: Callable[..., Path],
) -> None:
    found, assembly = estimated(assemble(LIVE), LIVE), Assembly.of_folder(assemble(LIVE))
    alarms = list(assembly.of("AWS::CloudWatch::Alarm"))
    plain = [each for each in alarms if "Metrics" not in each.properties]
    bands = [each for each in alarms if "ThresholdMetricId" in each.properties]
    queried = len(alarms) - len(plain) - len(bands)
    assert (len(bands), queried) == (2, 8)
    cost = units(found, "cloudwatch_alarm")
    assert cost.idle == pytest.approx(len(plain) + 3 * len(bands))
    jobs = len(list(assembly.of("AWS::Glue::Job")))
    assert cost.high == pytest.approx(cost.idle + 6 * len(LIVE.lake.datasets) + 2 * jobs)
    composites = list(assembly.of("AWS::CloudWatch::CompositeAlarm"))
    assert units(found, "cloudwatch_composite_alarm").idle == pytest.approx(len(composites))


def test_streams_on_demand_are_billed_by_the_hour_and_the_record(assemble: Callable[..., Path]) -> None:
    volume = Volume((1000, 2000), 1025)
    found = estimated(assemble(LIVE), LIVE, with_volume(LIVE.lake, volume))
    hours = units(found, "kinesis_stream_hour", "shop/orders")
    assert hours == pytest.approx(Spread(730, 730, 730))
    written = units(found, "kinesis_gb_in", "shop/orders")
    month = 730 / 24 * 2048 * 1e-9  # each record counts as two KB
    assert written == pytest.approx(Spread(0, 1000 * month, 2000 * month))


def test_requests_of_keys_are_a_hundredfold_without_a_bucket_key(
    assemble: Callable[..., Path], changed: Callable[..., Path]
) -> None:
    def remove(properties: Json) -> None:
        for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]:
            rule.pop("BucketKeyEnabled", None)

    name = "shop/articles"  # of files, so that no stream uses a key for it
    before = units(estimated(assemble(LIVE), LIVE), "kms_request", name)
    after = units(estimated(changed(LIVE, "AWS::S3::Bucket", remove), LIVE), "kms_request", name)
    assert before.high > 0
    assert after == pytest.approx(before * 100)


def test_twice_the_workers_cost_twice_when_there_is_little_to_do(
    assemble: Callable[..., Path], changed: Callable[..., Path]
) -> None:
    def double(properties: Json) -> None:
        properties["NumberOfWorkers"] *= 2

    lake = with_volume(TRIAL.lake, Volume((1, 1), 1))
    before = units(estimated(assemble(TRIAL), TRIAL, lake), "glue_hour")
    after = units(estimated(changed(TRIAL, "AWS::Glue::Job", double), TRIAL, lake), "glue_hour")
    assert before.high > 0
    assert after.high == pytest.approx(2 * before.high, rel=1e-6)


def test_jobs_that_a_clock_starts_cost_without_data_where_no_function_looks_first(
    assemble: Callable[..., Path],
) -> None:
    assembly, settings = Assembly.of_folder(assemble(LIVE)), LIVE.settings
    alone = settings.model_copy(
        update={"processing": settings.processing.model_copy(update={"function": None})}
    )
    found = estimate(Subject(assembly, LIVE.lake, alone, assumptions()), prices_of("us-east-1"))
    steps = [job.name for job in assembly.of("AWS::Glue::Job") if "-to-" in job.name]
    assert len(steps) == 6
    hours = 730 / 2 * 2 * 2 / 60  # every two hours two workers of two DPUs for a minute
    flexible = sum("-to-gold" in name for name in steps)
    maintenance = 730 / 24 / 2 * 3 * 2 * 2 / 60
    assert units(found, "glue_hour").idle == pytest.approx((6 - flexible) * hours)
    assert units(found, "glue_flex_hour").idle == pytest.approx(flexible * hours + maintenance)
    looked = estimated(assemble(LIVE), LIVE)
    assert units(looked, "glue_flex_hour").idle == pytest.approx(maintenance)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The fixture project, with an environment in a region that has prices."""
    root = tmp_path / "project"
    shutil.copytree(FIXTURE, root)
    file = root / "config/environments/trial.yaml"
    file.write_text(file.read_text().replace("eu-north-1", "us-east-1"))
    return root


def test_command_prints_services_assumptions_and_doubts(assemble: Callable[..., Path], root: Path) -> None:
    words = ["cost", "--env", "trial", "--templates", str(assemble(TRIAL)), "--root", str(root)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0
    assert "trial in us-east-1, USD a month" in result.stdout
    for told in ("Kinesis", "shop/orders", "key and month", "bytes of a record", "found in no list"):
        assert told in result.stdout


def test_command_prints_one_document_with_json(assemble: Callable[..., Path], root: Path) -> None:
    words = ["cost", "--env", "trial", "--templates", str(assemble(TRIAL)), "--root", str(root), "--json"]
    found = json.loads(CliRunner().invoke(app, words).stdout)
    low, high = found["monthly_usd"]["low"], found["monthly_usd"]["high"]
    assert 0 < found["idle_usd_month"] <= low <= high
    assert sum(each["idle"] for each in found["services"].values()) == pytest.approx(
        found["idle_usd_month"], abs=0.01
    )
    assert sum(each["high"] for each in found["subjects"].values()) == pytest.approx(high, abs=0.01)
    assert found["not_priced"] == []
    assert found["assumptions"]["bytes_per_record"] == [200, 1000]


def test_revision_is_compared_by_templates_of_its_own_code(repository: Path) -> None:
    """Also where its settings lack a key that today's need: its templates are its own all the same."""
    settings, code = repository / "config/environments/trial.yaml", repository / "config/processing.py"
    today, code_today = settings.read_text().replace("eu-north-1", "us-east-1"), code.read_text()
    settings.write_text(today.replace("  flex_jobs: []\n", ""))
    code.write_text(code_today.replace('"maintenance"], ...]\n', '"maintenance"], ...] = ()\n'))
    commit(repository)
    settings.write_text(today.replace("  shards: 1", "  shards: 3"))
    code.write_text(code_today)
    words = ["cost", "--env", "trial", "--root", str(repository), "--against", "main", "--json"]
    result = CliRunner().invoke(app, words)
    assert "1 fault in the settings of main, by today's rules" in result.stderr
    told = json.loads(result.stdout)
    hours = told["changes"]["shop/orders: kinesis_shard_hour"]
    month = 730 * prices_of("us-east-1")["kinesis_shard_hour"].usd
    assert hours["before"]["idle"] == pytest.approx(month)
    assert hours["after"]["idle"] == pytest.approx(3 * month)
    assert told["total"]["after"]["idle"] > told["total"]["before"]["idle"]


def test_command_refuses_a_region_without_prices(assemble: Callable[..., Path]) -> None:
    words = ["cost", "--env", "trial", "--templates", str(assemble(TRIAL)), "--root", str(FIXTURE)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert "'eu-north-1'" in result.stderr
    assert "us-east-1" in result.stderr
