import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

Deploy = Callable[..., dict[str, str]]

RECEIVE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
PASS = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


@pytest.fixture
def carry(
    embedded_aws: EmbeddedAws, deploy: Deploy, make_role: Callable[..., str]
) -> Callable[[str, list[str]], tuple[str, str]]:
    """Deploys a pipe whose role may do some actions on its queue; returns queue URL and state machine."""

    def make(name: str, on_queue: list[str]) -> tuple[str, str]:
        machine = f"arn:aws:states:us-east-1:000000000000:stateMachine:{name}"
        pipe = make_role(
            f"{name}-pipe",
            "pipes.amazonaws.com",
            (on_queue, [f"arn:aws:sqs:us-east-1:000000000000:{name}"]),
            (["states:StartExecution"], [machine]),
        )
        outputs = deploy(
            name,
            {
                "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}},
                "Machine": {
                    "Type": "AWS::StepFunctions::StateMachine",
                    "Properties": {
                        "StateMachineName": name,
                        "RoleArn": make_role(f"{name}-machine", "states.amazonaws.com"),
                        "DefinitionString": json.dumps(PASS),
                    },
                },
                "Pipe": {
                    "Type": "AWS::Pipes::Pipe",
                    "Properties": {
                        "Name": name,
                        "RoleArn": pipe,
                        "Source": {"Fn::GetAtt": ["Queue", "Arn"]},
                        "Target": {"Ref": "Machine"},
                    },
                },
            },
            {"Url": {"Ref": "Queue"}, "Machine": {"Ref": "Machine"}},
        )
        return outputs["Url"], outputs["Machine"]

    return make


def test_message_starts_one_execution_and_leaves_the_queue(
    embedded_aws: EmbeddedAws,
    carry: Callable[[str, list[str]], tuple[str, str]],
    wait_for: Callable[..., Any],
) -> None:
    sqs, states = embedded_aws.client("sqs"), embedded_aws.client("stepfunctions")
    url, machine = carry("piped", RECEIVE)
    sqs.send_message(QueueUrl=url, MessageBody="go")
    [one] = wait_for(lambda: states.list_executions(stateMachineArn=machine)["executions"])
    [record] = json.loads(states.describe_execution(executionArn=one["executionArn"])["input"])
    assert (record["body"], record["eventSource"]) == ("go", "aws:sqs")
    numbers = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    wait_for(
        lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=numbers)["Attributes"],
        lambda found: set(found.values()) == {"0"},
    )


def test_message_stays_in_the_queue_when_the_pipes_role_may_not_receive(
    embedded_aws: EmbeddedAws, carry: Callable[[str, list[str]], tuple[str, str]]
) -> None:
    sqs, states = embedded_aws.client("sqs"), embedded_aws.client("stepfunctions")
    url, machine = carry("piped-denied", RECEIVE[1:])
    sqs.send_message(QueueUrl=url, MessageBody="go")
    time.sleep(3)  # the poller looks once a second
    assert not states.list_executions(stateMachineArn=machine)["executions"]
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "go"
