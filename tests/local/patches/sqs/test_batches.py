import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

ROOT = "arn:aws:iam::000000000000:root"


@pytest.mark.parametrize(("allowed", "sent"), [("sqs:SendMessage", True), ("sqs:ReceiveMessage", False)])
def test_batch_is_sent_when_a_role_may_send_one_message(
    embedded_aws: EmbeddedAws,
    make_role: Callable[..., str],
    client_as: Callable[[str, str], Any],
    allowed: str,
    sent: bool,
) -> None:
    name = f"batch-{uuid.uuid4().hex[:8]}"
    url = embedded_aws.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    role = make_role(name, ROOT, ([allowed], [f"arn:aws:sqs:us-east-1:000000000000:{name}"]))
    entries = [{"Id": "a", "MessageBody": "one"}]
    if sent:
        answer = client_as("sqs", role).send_message_batch(QueueUrl=url, Entries=entries)
        assert [each["Id"] for each in answer["Successful"]] == ["a"]
    else:
        with pytest.raises(ClientError, match="not authorized to perform: sqs:SendMessage"):
            client_as("sqs", role).send_message_batch(QueueUrl=url, Entries=entries)
