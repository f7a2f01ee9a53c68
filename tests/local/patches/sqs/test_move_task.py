import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

MOVE = ["sqs:StartMessageMoveTask", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


class Queues:
    """A queue and its dead letters, two of which wait."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._sqs: Any = aws.client("sqs")
        self.name = f"moves-{uuid.uuid4().hex[:8]}"
        self.dead_url, self.dead_arn = self._make(f"{self.name}-dead", {})
        redrive = json.dumps({"deadLetterTargetArn": self.dead_arn, "maxReceiveCount": 1})
        self.url, self.arn = self._make(self.name, {"RedrivePolicy": redrive, "VisibilityTimeout": "0"})
        for body in ("one", "two"):
            self._sqs.send_message(QueueUrl=self.url, MessageBody=body)
        for _ in range(2):
            self._sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)

    def _make(self, name: str, attributes: dict[str, str]) -> tuple[str, str]:
        url = self._sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        return url, found["QueueArn"]

    def bodies(self, url: str) -> list[str]:
        """Visible messages, which stay visible."""
        found = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return sorted(message["Body"] for message in found.get("Messages", []))


@pytest.fixture
def queues(embedded_aws: EmbeddedAws) -> Queues:
    return Queues(embedded_aws)


def test_dead_letters_return_to_their_queue_when_a_task_moves_them(
    embedded_aws: EmbeddedAws, queues: Queues
) -> None:
    sqs: Any = embedded_aws.client("sqs")
    assert queues.bodies(queues.dead_url) == ["one", "two"]
    assert sqs.start_message_move_task(SourceArn=queues.dead_arn)["TaskHandle"]
    assert queues.bodies(queues.url) == ["one", "two"]
    assert queues.bodies(queues.dead_url) == []
    [task] = sqs.list_message_move_tasks(SourceArn=queues.dead_arn)["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 2)


def test_task_is_refused_when_its_source_is_no_dead_letter_queue(
    embedded_aws: EmbeddedAws, queues: Queues
) -> None:
    with pytest.raises(ClientError, match="must be configured as a Dead Letter Queue"):
        embedded_aws.client("sqs").start_message_move_task(SourceArn=queues.arn)


def test_task_needs_every_right_that_it_uses_when_a_role_starts_it(
    queues: Queues, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    for number, missing in enumerate([*MOVE, "sqs:SendMessage"]):
        take = [action for action in MOVE if action != missing]
        send = [] if missing == "sqs:SendMessage" else [(["sqs:SendMessage"], [queues.arn])]
        role = make_role(
            f"{queues.name}-{number}", "arn:aws:iam::000000000000:root", (take, [queues.dead_arn]), *send
        )
        with pytest.raises(ClientError, match=f"not authorized to perform: {missing}"):
            client_as("sqs", role).start_message_move_task(SourceArn=queues.dead_arn)
    role = make_role(
        f"{queues.name}-all",
        "arn:aws:iam::000000000000:root",
        (MOVE, [queues.dead_arn]),
        (["sqs:SendMessage"], [queues.arn]),
    )
    client_as("sqs", role).start_message_move_task(SourceArn=queues.dead_arn)
    assert queues.bodies(queues.url) == ["one", "two"]
