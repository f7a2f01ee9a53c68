import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

MACHINES = "arn:aws:states:us-east-1:000000000000:stateMachine:"


@pytest.fixture
def run(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], wait_for: Callable[..., Any]
) -> Callable[[str, list[str]], dict[str, Any]]:
    states = embedded_aws.client("stepfunctions")

    def end(name: str, actions: list[str]) -> dict[str, Any]:
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sfn:listExecutions",
            "Arguments": {
                "StateMachineArn": "{% $states.context.StateMachine.Id %}",
                "StatusFilter": "RUNNING",
            },
            "End": True,
        }
        role = make_role(name, "states.amazonaws.com", (actions, [f"{MACHINES}{name}"]))
        definition = json.dumps({"QueryLanguage": "JSONata", "StartAt": "List", "States": {"List": task}})
        machine = states.create_state_machine(name=name, definition=definition, roleArn=role)
        arn = states.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
        found: dict[str, Any] = wait_for(
            lambda: states.describe_execution(executionArn=arn), lambda one: one["status"] != "RUNNING"
        )
        return found

    return end


def test_task_lists_running_executions_under_the_machines_role(
    run: Callable[[str, list[str]], dict[str, Any]],
) -> None:
    done = run("listing", ["states:ListExecutions"])
    [found] = json.loads(done["output"])["Executions"]
    assert (found["ExecutionArn"], found["Status"]) == (done["executionArn"], "RUNNING")
    assert found["StartDate"].startswith(f"{done['startDate']:%Y-%m-%dT}")
    assert found["StartDate"].endswith("Z")


def test_task_fails_when_the_machines_role_may_not_list(
    run: Callable[[str, list[str]], dict[str, Any]],
) -> None:
    done = run("listing-denied", ["states:StartExecution"])
    assert (done["status"], done["error"]) == ("FAILED", "Sfn.AccessDeniedException")
    assert "states:ListExecutions" in done["cause"]
