import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

STATES = "states.amazonaws.com"
JOBS = ["arn:aws:glue:us-east-1:000000000000:job/sfn-*"]
SYNC = "arn:aws:states:::glue:startJobRun.sync"


@pytest.fixture(scope="module")
def jobs(embedded_aws: EmbeddedAws, make_role: Callable[..., str]) -> None:
    s3, glue = embedded_aws.client("s3"), embedded_aws.client("glue")
    s3.create_bucket(Bucket="sfn-code")
    role = make_role("sfn-job", "glue.amazonaws.com", (["s3:GetObject"], ["arn:aws:s3:::sfn-code/*"]))
    scripts = {
        "good": "print(1)",
        "bad": "raise RuntimeError('gate closed')",
        "slow": "import time; time.sleep(600)",
    }
    for name, script in scripts.items():
        s3.put_object(Bucket="sfn-code", Key=f"{name}.py", Body=script)
        command = {"Name": "glueetl", "ScriptLocation": f"s3://sfn-code/{name}.py"}
        glue.create_job(Name=f"sfn-{name}", Role=role, Command=command)


@pytest.fixture
def start(
    embedded_aws: EmbeddedAws, jobs: None, make_role: Callable[..., str], request: pytest.FixtureRequest
) -> Callable[..., str]:
    states = embedded_aws.client("stepfunctions")
    name = re.sub(r"\W|_", "-", str(request.node.name))[5:68]

    def begin(job: str, actions: list[str], resource: str = SYNC) -> str:
        role = make_role(name, STATES, (actions, JOBS))
        task = {"Type": "Task", "Resource": resource, "Parameters": {"JobName": job}, "End": True}
        definition = json.dumps({"StartAt": "Run", "States": {"Run": task}})
        machine = states.create_state_machine(name=name, definition=definition, roleArn=role)
        return str(states.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"])

    return begin


@pytest.fixture
def end(embedded_aws: EmbeddedAws, wait_for: Callable[..., Any]) -> Callable[[str], dict[str, Any]]:
    states = embedded_aws.client("stepfunctions")

    def wait(execution: str) -> dict[str, Any]:
        found: dict[str, Any] = wait_for(
            lambda: states.describe_execution(executionArn=execution), lambda one: one["status"] != "RUNNING"
        )
        return found

    return wait


ALL = ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"]


def test_sync_task_returns_the_run_when_it_succeeds(
    start: Callable[..., str], end: Callable[[str], dict[str, Any]]
) -> None:
    done = end(start("sfn-good", ALL))
    assert done["status"] == "SUCCEEDED"
    run = json.loads(done["output"])
    assert (run["JobName"], run["JobRunState"]) == ("sfn-good", "SUCCEEDED")
    assert isinstance(run["StartedOn"], int)


def test_sync_task_fails_with_the_run_as_cause_when_the_job_fails(
    start: Callable[..., str], end: Callable[[str], dict[str, Any]]
) -> None:
    done = end(start("sfn-bad", ALL))
    assert (done["status"], done["error"]) == ("FAILED", "States.TaskFailed")
    assert json.loads(done["cause"])["ErrorMessage"] == "RuntimeError: gate closed"


def test_task_returns_at_once_when_it_does_not_wait(
    start: Callable[..., str], end: Callable[[str], dict[str, Any]]
) -> None:
    done = end(start("sfn-good", ["glue:StartJobRun"], SYNC.removesuffix(".sync")))
    assert list(json.loads(done["output"])) == ["JobRunId"]


@pytest.mark.parametrize("missing", ["glue:StartJobRun", "glue:GetJobRun"])
def test_task_fails_when_the_machines_role_lacks(
    missing: str, start: Callable[..., str], end: Callable[[str], dict[str, Any]]
) -> None:
    done = end(start("sfn-good", [action for action in ALL if action != missing]))
    assert (done["status"], done["error"]) == ("FAILED", "Glue.AccessDeniedException")
    assert missing in done["cause"]


def test_job_run_is_stopped_when_the_execution_is_stopped(
    embedded_aws: EmbeddedAws, start: Callable[..., str], wait_for: Callable[..., Any]
) -> None:
    glue = embedded_aws.client("glue")
    execution = start("sfn-slow", ALL)

    def state() -> Any:
        return [run["JobRunState"] for run in glue.get_job_runs(JobName="sfn-slow")["JobRuns"]]

    wait_for(state, lambda states: states == ["RUNNING"])
    embedded_aws.client("stepfunctions").stop_execution(executionArn=execution)
    wait_for(state, lambda states: states == ["STOPPED"])
