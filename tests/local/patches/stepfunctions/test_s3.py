import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

BUCKET = "sfn-rows"


@pytest.fixture
def put(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], wait_for: Callable[..., Any]
) -> Callable[..., dict[str, Any]]:
    states = embedded_aws.client("stepfunctions")
    embedded_aws.client("s3").create_bucket(Bucket=BUCKET)

    def run(name: str, body: Any, *allowed: tuple[list[str], list[str]]) -> dict[str, Any]:
        role = make_role(name, "states.amazonaws.com", *allowed)
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
            "Arguments": {"Bucket": BUCKET, "Key": name, "Body": body},
            "End": True,
        }
        document = {"QueryLanguage": "JSONata", "StartAt": "Put", "States": {"Put": task}}
        machine = states.create_state_machine(name=name, definition=json.dumps(document), roleArn=role)
        started = states.start_execution(stateMachineArn=machine["stateMachineArn"])
        done: dict[str, Any] = wait_for(
            lambda: states.describe_execution(executionArn=started["executionArn"]),
            lambda one: one["status"] != "RUNNING",
        )
        return done

    return run


@pytest.mark.parametrize("body", [{"a": {"b": [1, None]}}, "text"])
def test_task_puts_a_value_as_json_when_the_machines_role_may(
    embedded_aws: EmbeddedAws, put: Callable[..., dict[str, Any]], body: Any
) -> None:
    name = f"puts-{type(body).__name__}"
    done = put(name, body, (["s3:PutObject"], [f"arn:aws:s3:::{BUCKET}/*"]))
    assert done["status"] == "SUCCEEDED"
    found = embedded_aws.client("s3").get_object(Bucket=BUCKET, Key=name)["Body"].read()
    assert json.loads(found) == body


def test_task_fails_when_the_machines_role_may_not_put(put: Callable[..., dict[str, Any]]) -> None:
    done = put("puts-elsewhere", "text", (["s3:PutObject"], ["arn:aws:s3:::elsewhere/*"]))
    assert (done["status"], done["error"]) == ("FAILED", "S3.AccessDeniedException")
