import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.lambda_functions.functions import deploy_function

CODE = """
class FullError(RuntimeError):
    pass

def handler(event, context):
    if event["sum"] > 5:
        raise FullError("no room")
    return {"sum": event["sum"] + 1}
"""


@pytest.fixture(scope="module")
def function(embedded_aws: EmbeddedAws, make_role: Callable[..., str]) -> str:
    """ARN of a function that adds one."""
    return deploy_function(embedded_aws, make_role, "sfn-adds", CODE)


@pytest.fixture
def invoke(
    embedded_aws: EmbeddedAws, function: str, make_role: Callable[..., str], wait_for: Callable[..., Any]
) -> Callable[..., dict[str, Any]]:
    states = embedded_aws.client("stepfunctions")

    def run(name: str, summand: int, *allowed: tuple[list[str], list[str]]) -> dict[str, Any]:
        role = make_role(name, "states.amazonaws.com", *allowed)
        payload = {"sum": summand}
        arguments = {"FunctionName": function, "Payload": payload}
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": arguments,
            "End": True,
        }
        machine = {"QueryLanguage": "JSONata", "StartAt": "Add", "States": {"Add": task}}
        made = states.create_state_machine(name=name, definition=json.dumps(machine), roleArn=role)
        started = states.start_execution(stateMachineArn=made["stateMachineArn"])
        done: dict[str, Any] = wait_for(
            lambda: states.describe_execution(executionArn=started["executionArn"]),
            lambda one: one["status"] != "RUNNING",
        )
        return done

    return run


def test_task_invokes_when_the_machines_role_may(
    invoke: Callable[..., dict[str, Any]], function: str
) -> None:
    done = invoke("sfn-may-invoke", 1, (["lambda:InvokeFunction"], [function]))
    assert json.loads(done["output"]) == {
        "ExecutedVersion": "$LATEST", "Payload": {"sum": 2}, "StatusCode": 200,
    }  # fmt: skip


def test_task_fails_when_the_machines_role_may_not(
    invoke: Callable[..., dict[str, Any]], function: str
) -> None:
    done = invoke("sfn-may-not-invoke", 1, (["lambda:InvokeFunction"], [f"{function}-2"]))
    assert (done["status"], done["error"]) == ("FAILED", "Lambda.AccessDeniedException")


def test_error_of_the_function_is_that_of_the_task(
    invoke: Callable[..., dict[str, Any]], function: str
) -> None:
    done = invoke("sfn-invoke-fails", 9, (["lambda:InvokeFunction"], [function]))
    assert (done["status"], done["error"]) == ("FAILED", "FullError")
    assert json.loads(done["cause"])["errorMessage"] == "no room"
