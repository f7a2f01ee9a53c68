"""`lake-ops reprocess` and `lake-ops redrive pipeline` against buckets and state machines of their names."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.load import PROJECT_ROOT
from local.emulator.launcher import EmbeddedAws
from tests.fixtures.environments import FIXTURE
from tests.local.lake.project_copy import copy_project

BRONZE = "lakehouse-local-bronze-000000000000-us-east-1"
COMMAND = [sys.executable, "-c", "from tools.ops.main import app; app(prog_name='lake-ops')"]
Ops = Callable[..., dict[str, Any]]
Machine = Callable[[dict[str, Any]], str]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("ops") / "project", FIXTURE / "contracts")


@pytest.fixture
def ops(embedded_aws: EmbeddedAws, project: Path) -> Ops:
    """Runs the command as a user does, and returns what it prints as JSON, by item."""

    def run(*arguments: str, code: int = 0) -> dict[str, Any]:
        done = subprocess.run(
            [*COMMAND, *arguments, "--env", "local", "--json", "--root", str(project)],
            cwd=PROJECT_ROOT,
            env=embedded_aws.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        if code:
            return {"error": done.stderr}
        return {item["name"]: item for item in json.loads(done.stdout)["items"]}

    return run


@pytest.fixture
def bronze(embedded_aws: EmbeddedAws) -> Callable[[str], list[str]]:
    """The bucket with pings of three days; lists the keys below a prefix."""
    s3 = embedded_aws.client("s3")
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=BRONZE)
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        for hour in ("00", "23"):
            key = f"power_plant/pings/ingest_date={day}/ingest_hour={hour}/one.json"
            s3.put_object(Bucket=BRONZE, Key=key, Body=b"{}")
    return lambda prefix: [
        found["Key"] for found in s3.list_objects_v2(Bucket=BRONZE, Prefix=prefix).get("Contents", [])
    ]


@pytest.fixture
def machine(embedded_aws: EmbeddedAws, make_role: Callable[..., str]) -> Iterator[Machine]:
    """Makes the pipeline of the power plant from one state."""
    states = embedded_aws.client("stepfunctions")
    made: list[str] = []

    def make(state: dict[str, Any]) -> str:
        definition = json.dumps({"StartAt": "Only", "States": {"Only": state}})
        role = make_role(f"ops-{len(made)}-{id(state)}", "states.amazonaws.com")
        answer = states.create_state_machine(
            name="lakehouse-local-power-plant", definition=definition, roleArn=role
        )
        made.append(answer["stateMachineArn"])
        return str(answer["stateMachineArn"])

    yield make
    for arn in made:
        states.delete_state_machine(stateMachineArn=arn)


def executions(aws: EmbeddedAws, arn: str) -> list[dict[str, Any]]:
    states = aws.client("stepfunctions")
    return [
        states.describe_execution(executionArn=one["executionArn"])
        for one in states.list_executions(stateMachineArn=arn)["executions"]
    ]


DAYS = ("--from", "2026-01-02", "--to", "2026-01-03")


def test_reprocessing_requests_the_objects_of_its_days_and_starts_the_pipeline(
    embedded_aws: EmbeddedAws,
    ops: Ops,
    bronze: Callable[[str], list[str]],
    machine: Machine,
) -> None:
    arn, before = machine({"Type": "Succeed"}), bronze("power_plant/_requests/")
    items = ops("reprocess", "power_plant", *DAYS, "--start")
    assert items["power_plant/pings"]["state"] == "done"
    [key] = set(bronze("power_plant/_requests/")) - set(before)
    assert key.startswith(
        f"power_plant/_requests/pings/{datetime.now(UTC):ingest_date=%Y-%m-%d/ingest_hour=}"
    )
    request = json.loads(embedded_aws.client("s3").get_object(Bucket=BRONZE, Key=key)["Body"].read())
    assert request["objects"] == [
        f"ingest_date=2026-01-{day}/ingest_hour={hour}/one.json"
        for day in ("02", "03")
        for hour in ("00", "23")
    ]
    assert [one["executionArn"] for one in executions(embedded_aws, arn)] == [
        items["pipeline power_plant"]["why"]
    ]


def test_reprocessing_changes_nothing_when_it_is_dry(
    embedded_aws: EmbeddedAws,
    ops: Ops,
    bronze: Callable[[str], list[str]],
    machine: Machine,
) -> None:
    arn, before = machine({"Type": "Succeed"}), bronze("power_plant/_requests/")
    items = ops("reprocess", "power_plant/pings", *DAYS, "--start", "--dry-run")
    assert items["power_plant/pings"]["why"] == "4 objects of 2026-01-02 to 2026-01-03, 0.0 MiB"
    assert items.keys() == {"power_plant/pings"}
    assert bronze("power_plant/_requests/") == before
    assert not executions(embedded_aws, arn)


def test_reprocessing_leaves_out_days_without_objects(ops: Ops, bronze: Callable[[str], list[str]]) -> None:
    before = bronze("power_plant/_requests/")
    early = ops("reprocess", "power_plant/pings", "--from", "2025-01-01", "--to", "2025-01-31")
    assert early["power_plant/pings"]["state"] == "skipped"
    assert bronze("power_plant/_requests/") == before


def test_versions_of_a_whole_content_are_requested_as_other_objects_are(
    embedded_aws: EmbeddedAws, ops: Ops, bronze: Callable[[str], list[str]]
) -> None:
    name = "ingest_date=2026-01-02/ingest_hour=07/list.csv"
    embedded_aws.client("s3").put_object(Bucket=BRONZE, Key=f"shop/articles/{name}", Body=b"")
    ops("reprocess", "shop/articles", *DAYS)
    [key] = bronze("shop/_requests/articles/")
    request = json.loads(embedded_aws.client("s3").get_object(Bucket=BRONZE, Key=key)["Body"].read())
    assert request == {"objects": [name]}


def test_everything_is_one_request_and_waits_for_the_next_run(
    embedded_aws: EmbeddedAws, ops: Ops, bronze: Callable[[str], list[str]], machine: Machine
) -> None:
    arn, before = machine({"Type": "Succeed"}), bronze("power_plant/_requests/")
    items = ops("reprocess", "power_plant/pings", "--all")
    assert items["power_plant/pings"]["why"] == "6 objects, 0.0 MiB"
    [key] = set(bronze("power_plant/_requests/")) - set(before)
    request = json.loads(embedded_aws.client("s3").get_object(Bucket=BRONZE, Key=key)["Body"].read())
    assert request == {"objects": "all"}
    assert not executions(embedded_aws, arn)


def test_each_call_is_a_request_of_its_own_however_soon_it_follows_another(
    ops: Ops, bronze: Callable[[str], list[str]]
) -> None:
    before = bronze("power_plant/_requests/")
    for _ in range(2):
        ops("reprocess", "power_plant/pings", *DAYS)
    assert len(set(bronze("power_plant/_requests/")) - set(before)) == 2


def test_objects_are_requested_by_the_names_that_their_rows_tell(
    embedded_aws: EmbeddedAws, ops: Ops, bronze: Callable[[str], list[str]]
) -> None:
    before = bronze("power_plant/_requests/")
    name = "ingest_date=2026-01-01/ingest_hour=23/one.json"
    ops("reprocess", "power_plant/pings", "--objects", f"s3://{BRONZE}/power_plant/pings/{name}")
    [key] = set(bronze("power_plant/_requests/")) - set(before)
    request = json.loads(embedded_aws.client("s3").get_object(Bucket=BRONZE, Key=key)["Body"].read())
    assert request == {"objects": [name]}
    refused = ops("reprocess", "power_plant/pings", "--objects", name.replace("one", "two"), code=2)
    assert "two.json" in refused["error"]


def test_reprocessing_is_refused_when_its_days_or_datasets_make_no_sense(ops: Ops) -> None:
    refused = ops("reprocess", "power_plant", "--from", "2026-01-03", "--to", "2026-01-02", code=2)
    assert "allowed: --from" in refused["error"]
    assert "got none" in ops("reprocess", "power_plant", code=2)["error"]
    assert "--from and --to" in ops("reprocess", "power_plant", "--all", *DAYS, code=2)["error"]
    assert "got tea" in ops("reprocess", "tea", *DAYS, code=2)["error"]


def test_redrive_starts_a_new_run_with_the_same_input_when_the_last_one_failed(
    embedded_aws: EmbeddedAws,
    ops: Ops,
    machine: Machine,
    wait_for: Callable[..., Any],
) -> None:
    arn = machine({"Type": "Fail", "Error": "E", "Cause": "orders are late"})
    assert ops("redrive", "pipeline", "power_plant")["power_plant"]["why"] == "it has never run"
    embedded_aws.client("stepfunctions").start_execution(stateMachineArn=arn, input='{"why": "test"}')
    wait_for(lambda: executions(embedded_aws, arn), lambda found: found[0]["status"] == "FAILED")
    planned = ops("redrive", "pipeline", "power_plant", "--dry-run")["power_plant"]
    assert (planned["state"], planned["why"]) == ("planned", "failed: orders are late")
    assert len(executions(embedded_aws, arn)) == 1
    assert ops("redrive", "pipeline", "power_plant")["power_plant"]["state"] == "done"
    assert [one["input"] for one in executions(embedded_aws, arn)] == ['{"why": "test"}'] * 2


def test_redrive_leaves_a_pipeline_alone_when_its_last_run_succeeded_or_goes_on(
    embedded_aws: EmbeddedAws,
    ops: Ops,
    machine: Machine,
    wait_for: Callable[..., Any],
) -> None:
    arn = machine({"Type": "Wait", "Seconds": 20, "End": True})
    execution = embedded_aws.client("stepfunctions").start_execution(stateMachineArn=arn)["executionArn"]
    assert ops("redrive", "pipeline", "power_plant")["power_plant"]["why"] == "its last run is running"
    embedded_aws.client("stepfunctions").stop_execution(executionArn=execution)
    wait_for(lambda: executions(embedded_aws, arn), lambda found: found[0]["status"] == "ABORTED")
    assert ops("redrive", "pipeline", "power_plant", "--dry-run")["power_plant"]["state"] == "planned"
