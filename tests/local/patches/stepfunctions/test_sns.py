import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws


@pytest.fixture(scope="module")
def topic(embedded_aws: EmbeddedAws) -> str:
    """A topic with one queue that receives what is published."""
    sns, sqs = embedded_aws.client("sns"), embedded_aws.client("sqs")
    arn = str(sns.create_topic(Name="sfn-news")["TopicArn"])
    queue = sqs.create_queue(QueueName="sfn-news")["QueueUrl"]
    target = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:*",
        "Resource": target,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=target, Attributes={"RawMessageDelivery": "true"})
    return arn


@pytest.fixture
def publish(
    embedded_aws: EmbeddedAws, topic: str, make_role: Callable[..., str], wait_for: Callable[..., Any]
) -> Callable[..., dict[str, Any]]:
    states = embedded_aws.client("stepfunctions")

    def run(name: str, *allowed: tuple[list[str], list[str]]) -> dict[str, Any]:
        role = make_role(name, "states.amazonaws.com", *allowed)
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Parameters": {"TopicArn": topic, "Subject": "news", "Message": {"run.$": "$.run"}},
            "End": True,
        }
        definition = json.dumps({"StartAt": "Tell", "States": {"Tell": task}})
        machine = states.create_state_machine(name=name, definition=definition, roleArn=role)
        started = states.start_execution(stateMachineArn=machine["stateMachineArn"], input='{"run": "7"}')
        done: dict[str, Any] = wait_for(
            lambda: states.describe_execution(executionArn=started["executionArn"]),
            lambda one: one["status"] != "RUNNING",
        )
        return done

    return run


def test_task_publishes_when_the_machines_role_may(
    embedded_aws: EmbeddedAws,
    topic: str,
    publish: Callable[..., dict[str, Any]],
    wait_for: Callable[..., Any],
) -> None:
    done = publish("sfn-tells", (["sns:Publish"], [topic]))
    assert done["status"] == "SUCCEEDED"
    assert json.loads(done["output"])["MessageId"]
    sqs = embedded_aws.client("sqs")
    queue = sqs.get_queue_url(QueueName="sfn-news")["QueueUrl"]
    messages = wait_for(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))
    assert json.loads(messages[0]["Body"]) == {"run": "7"}


def test_task_fails_when_the_machines_role_may_not_publish(publish: Callable[..., dict[str, Any]]) -> None:
    done = publish("sfn-silent")
    assert done["status"] == "FAILED"
    assert "not authorized to perform: sns:publish" in done["cause"].casefold()
    assert done["error"] == "SNS.AuthorizationErrorException"
