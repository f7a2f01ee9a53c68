"""Every Iceberg table is kept in shape by somebody, and nobody deletes what is not its own."""

import json
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from config.load import load_settings
from lakehouse.odcs.lake.load import load_lake
from tests.infra.lakes import in_two_parts

ROOT = Path(__file__).resolve().parents[3]
KINDS = {"compaction", "retention", "orphan_file_deletion"}
TABLE, OPTIMIZER = "Custom::IcebergTable", "AWS::Glue::TableOptimizer"
MANAGED, BY_JOB = "dev", "local"


def _of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    return {key: each for key, each in template["Resources"].items() if each["Type"] == kind}


def _optimizers(templates: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for stack, template in templates.items():
        yield from ((stack, each) for each in _of_type(template, OPTIMIZER).values())


def test_environments_show_both_ways_of_maintenance() -> None:
    chosen = {name: load_settings(name, ROOT).tables.maintenance for name in (MANAGED, BY_JOB)}
    assert chosen == {MANAGED: "managed", BY_JOB: "job"}


@pytest.mark.parametrize("lake", [None, in_two_parts()], ids=["project", "parts"])
def test_main_table_has_every_optimizer_once_it_exists_when_managed(
    synthesize: Callable[..., Any], lake: Any
) -> None:
    templates = synthesize(MANAGED, lake)
    found: dict[tuple[str, str], set[str]] = {}
    for stack, optimizer in _optimizers(templates):
        properties = optimizer["Properties"]
        name = properties["DatabaseName"], properties["TableName"]
        [table] = [
            key
            for key, each in _of_type(templates[stack], TABLE).items()
            if (each["Properties"]["Database"], each["Properties"]["Table"]) == name
        ]
        assert table in optimizer["DependsOn"]
        assert properties["TableOptimizerConfiguration"]["Enabled"] is True
        found.setdefault(name, set()).add(properties["Type"])
    wanted = {
        (f"lakehouse_dev_{dataset.layer}_{dataset.domain}", dataset.name)
        for dataset in (lake or load_lake(ROOT)).datasets
    }
    assert found == dict.fromkeys(wanted, KINDS)


def test_no_table_has_an_optimizer_when_the_job_does_it_all(synthesize: Callable[..., Any]) -> None:
    assert list(_optimizers(synthesize(BY_JOB))) == []


def test_optimizers_keep_as_long_as_the_settings_say(synthesize: Callable[..., Any]) -> None:
    tables = load_settings(MANAGED, ROOT).tables
    for _, optimizer in _optimizers(synthesize(MANAGED)):
        match optimizer["Properties"]["TableOptimizerConfiguration"]:
            case {"RetentionConfiguration": {"IcebergConfiguration": kept}}:
                assert kept == {
                    "SnapshotRetentionPeriodInDays": tables.snapshot_days,
                    "NumberOfSnapshotsToRetain": tables.snapshots_min,
                    "CleanExpiredFiles": True,
                }
            case {"OrphanFileDeletionConfiguration": {"IcebergConfiguration": orphans}}:
                assert orphans["OrphanFileRetentionPeriodInDays"] == tables.orphan_days
                assert orphans["Location"].endswith(f"/{optimizer['Properties']['TableName']}/")
            case {"CompactionConfiguration": {"IcebergConfiguration": compaction}}:
                assert compaction == {"Strategy": "binpack"}
            case other:
                pytest.fail(str(other))


def test_optimizer_role_reaches_its_domain_alone(synthesize: Callable[..., Any]) -> None:
    templates = synthesize(MANAGED)
    for domain in load_lake(ROOT).domains:
        policies = _of_type(templates[f"Domain{domain.title()}"], "AWS::IAM::Policy")
        [policy] = [each for key, each in policies.items() if key.startswith("OptimizerRole")]
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            named = [domain, "Fn::GetStackOutput", "/aws-glue/iceberg-", ":catalog"]
            whole = (
                statement["Action"] == "s3:ListBucket"
            )  # see `stacks.components.access.statements.list_bucket`
            assert whole or any(name in json.dumps(statement["Resource"]) for name in named), statement
        [role] = [
            each
            for key, each in _of_type(templates[f"Domain{domain.title()}"], "AWS::IAM::Role").items()
            if key.startswith("OptimizerRole")
        ]
        name = role["Properties"]["RoleName"]
        users = {
            each["Properties"]["TableOptimizerConfiguration"]["RoleArn"].rpartition("/")[2]
            for stack, each in _optimizers(templates)
            if stack == f"Domain{domain.title()}"
        }
        assert users == {name}


def test_no_table_and_no_state_lies_inside_another_tables_location(
    synthesize: Callable[..., Any], assemble: Callable[..., Path]
) -> None:
    locations = {
        f"{each['Properties']['Location']}/"
        for template in synthesize("prod").values()
        for each in _of_type(template, TABLE).values()
    }
    manifests = [json.loads(file.read_text()) for file in (assemble("prod") / "compiled").glob("*.json")]
    locations |= {
        dataset["state_location"] for each in manifests if "datasets" in each for dataset in each["datasets"]
    }
    assert len(locations) > len(load_lake(ROOT).datasets)
    assert [pair for pair in permutations(locations, 2) if pair[0].startswith(pair[1])] == []


def test_job_of_every_domain_is_told_what_the_settings_say(resources: Callable[..., Any]) -> None:
    jobs = {
        where.split("/")[0]: job["Properties"]
        for where, job in resources("AWS::Glue::Job")
        if job["Properties"]["Name"].endswith("-maintenance")
    }
    assert jobs.keys() == {f"Domain{domain.title()}" for domain in load_lake(ROOT).domains}
    for properties in jobs.values():
        environment = properties["Name"].split("-")[1]
        tables = load_settings(environment, ROOT).tables
        given = properties["DefaultArguments"]
        assert given["--maintenance"] == tables.maintenance
        days = [int(given[f"--{name}"]) for name in ("snapshot_days", "snapshots_min", "orphan_days")]
        assert days == [tables.snapshot_days, tables.snapshots_min, tables.orphan_days]
        # A run that is still going may not be taken for one that was killed.
        assert tables.orphan_days * 24 * 60 > properties["Timeout"]


def test_job_is_started_by_the_clock_and_missed_when_it_does_not_succeed(
    synthesize: Callable[..., Any],
) -> None:
    for environment, days, rate in (("prod", 1, "rate(1 day)"), ("dev", 3, "rate(3 days)")):
        template = synthesize(environment)["DomainSales"]
        job = f"lakehouse-{environment}-sales-maintenance"
        [schedule] = [
            each["Properties"]
            for each in _of_type(template, "AWS::Scheduler::Schedule").values()
            if each["Properties"]["Name"] == job
        ]
        assert schedule["ScheduleExpression"] == rate
        assert json.loads(schedule["Target"]["Input"]) == {"JobName": job}
        [alarm] = [
            each["Properties"]
            for each in _of_type(template, "AWS::CloudWatch::Alarm").values()
            if each["Properties"]["AlarmName"] == f"{job}-overdue"
        ]
        assert alarm["EvaluationPeriods"] * alarm["Period"] == (days + 1) * 86400 <= 7 * 86400
        assert alarm["TreatMissingData"] == "breaching"
    names = [
        each["Properties"]["Name"]
        for template in synthesize("local").values()
        for each in _of_type(template, "AWS::Scheduler::Schedule").values()
    ]
    assert [name for name in names if name.endswith("-maintenance")] == []
