"""Every Iceberg table is kept in shape by somebody, and nobody deletes what is not its own."""

import json
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from lakehouse.placement.parts import stack_id
from tests.fixtures.environments import LIVE, TRIAL, Environment
from tests.infra.lakes import in_two_parts

KINDS = {"compaction", "retention", "orphan_file_deletion"}
TABLE, OPTIMIZER = "Custom::IcebergTable", "AWS::Glue::TableOptimizer"
SCHEDULE = "AWS::Scheduler::Schedule"
MANAGED, BY_JOB = LIVE, TRIAL


def _of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    return {key: each for key, each in template["Resources"].items() if each["Type"] == kind}


def _optimizers(templates: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for stack, template in templates.items():
        yield from ((stack, each) for each in _of_type(template, OPTIMIZER).values())


def test_environments_show_both_ways_of_maintenance() -> None:
    chosen = [environment.settings.tables.maintenance for environment in (MANAGED, BY_JOB)]
    assert chosen == ["managed", "job"]


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
        (MANAGED.naming.database(dataset.layer, dataset.domain), dataset.name)
        for dataset in (lake or MANAGED.lake).datasets
    }
    assert found == dict.fromkeys(wanted, KINDS)


def test_no_table_has_an_optimizer_when_the_job_does_it_all(synthesize: Callable[..., Any]) -> None:
    assert list(_optimizers(synthesize(BY_JOB))) == []


def test_optimizers_keep_as_long_as_the_settings_say(synthesize: Callable[..., Any]) -> None:
    tables = MANAGED.settings.tables
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
    for domain in MANAGED.lake.domains:
        stack = stack_id(domain, 1)
        policies = _of_type(templates[stack], "AWS::IAM::Policy")
        [policy] = [each for key, each in policies.items() if key.startswith("OptimizerRole")]
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            named = [f"/{domain}/", f"_{domain}", "Fn::GetStackOutput", "/aws-glue/iceberg-", ":catalog"]
            # The bucket: see `stacks.components.access.statements.list_bucket`.
            # Access to data has no resources.
            whole = statement["Action"] in ("s3:ListBucket", "lakeformation:GetDataAccess")
            assert whole or any(name in json.dumps(statement["Resource"]) for name in named), statement
        [role] = [
            each
            for key, each in _of_type(templates[stack], "AWS::IAM::Role").items()
            if key.startswith("OptimizerRole")
        ]
        name = role["Properties"]["RoleName"]
        users = {
            each["Properties"]["TableOptimizerConfiguration"]["RoleArn"].rpartition("/")[2]
            for where, each in _optimizers(templates)
            if where == stack
        }
        assert users == {name}


def test_no_table_and_no_state_lies_inside_another_tables_location(
    environment: Environment, synthesize: Callable[..., Any], assemble: Callable[..., Path]
) -> None:
    locations = {
        f"{each['Properties']['Location']}/"
        for template in synthesize(environment).values()
        for each in _of_type(template, TABLE).values()
    }
    manifests = [json.loads(file.read_text()) for file in (assemble(environment) / "compiled").glob("*.json")]
    locations |= {
        dataset["state_location"] for each in manifests if "datasets" in each for dataset in each["datasets"]
    }
    assert len(locations) > len(environment.lake.datasets)
    assert [pair for pair in permutations(locations, 2) if pair[0].startswith(pair[1])] == []


def test_job_of_every_domain_is_told_what_the_settings_say(
    environment: Environment, resources: Callable[..., Any]
) -> None:
    tables = environment.settings.tables
    jobs = {
        where.split("/")[0]: job["Properties"]
        for where, job in resources("AWS::Glue::Job")
        if job["Properties"]["Name"].endswith("-maintenance")
    }
    assert jobs.keys() == {stack_id(domain, 1) for domain in environment.lake.domains}
    for properties in jobs.values():
        given = properties["DefaultArguments"]
        assert given["--maintenance"] == tables.maintenance
        days = [int(given[f"--{name}"]) for name in ("snapshot_days", "snapshots_min", "orphan_days")]
        assert days == [tables.snapshot_days, tables.snapshots_min, tables.orphan_days]
        forgets = [int(given[f"--{name}"]) or None for name in ("results_days", "rejected_text_days")]
        assert forgets == [tables.results_days, tables.rejected_text_days]
        # A run that is still going may not be taken for one that was killed.
        assert tables.orphan_days * 24 * 60 > properties["Timeout"]


@pytest.mark.parametrize(("days", "rate"), [(1, "rate(1 day)"), (2, "rate(2 days)")])
def test_job_is_started_by_the_clock_and_missed_when_it_does_not_succeed(
    build_app: Callable[..., cdk.App], days: int, rate: str
) -> None:
    tables = LIVE.settings.tables.model_copy(update={"job_every_days": days})
    app = build_app(LIVE, settings=LIVE.settings.model_copy(update={"tables": tables}))
    stack = cast("cdk.Stack", app.node.find_child("DomainShop"))
    template = dict(Template.from_stack(stack).to_json())
    job = LIVE.naming.resource("shop", "maintenance")
    [schedule] = [
        each["Properties"]
        for each in _of_type(template, SCHEDULE).values()
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
    assert alarm["TreatMissingData"] == "missing"
    assert alarm["InsufficientDataActions"] == alarm["AlarmActions"] != []


def test_no_clock_starts_the_job_when_the_settings_name_no_days(synthesize: Callable[..., Any]) -> None:
    assert TRIAL.settings.tables.job_every_days is None
    names = [
        each["Properties"]["Name"]
        for template in synthesize(TRIAL).values()
        for each in _of_type(template, SCHEDULE).values()
    ]
    assert [name for name in names if name.endswith("-maintenance")] == []
