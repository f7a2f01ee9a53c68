from collections.abc import Callable

import pytest

from local.emulator.launcher import EmbeddedAws


@pytest.fixture
def received(embedded_aws: EmbeddedAws) -> Callable[[str, list[str]], list[str]]:
    """Makes a FIFO queue that a rule sends events to; returns what arrives of events with some details."""

    def send(name: str, details: list[str]) -> list[str]:
        sqs, events = embedded_aws.client("sqs"), embedded_aws.client("events")
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        url = sqs.create_queue(QueueName=f"{name}.fifo", Attributes=attributes)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name=name, EventPattern=f'{{"source": ["{name}"]}}')
        target = {"Id": "Queue", "Arn": arn, "SqsParameters": {"MessageGroupId": "one"}}
        events.put_targets(Rule=name, Targets=[{**target, "InputPath": "$.detail.text"}])
        for text in details:
            detail = f'{{"text": "{text}"}}'
            events.put_events(Entries=[{"Source": name, "DetailType": "test", "Detail": detail}])
        return [
            message["Body"]
            for _ in range(len(details))
            for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        ]

    return send


def test_queue_takes_the_same_message_once(received: Callable[[str, list[str]], list[str]]) -> None:
    assert received("fifo-same", ["a", "a", "a"]) == ['"a"']


def test_queue_takes_different_messages(received: Callable[[str, list[str]], list[str]]) -> None:
    assert received("fifo-different", ["a", "b"]) == ['"a"', '"b"']
