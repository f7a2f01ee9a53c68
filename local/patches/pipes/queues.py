"""EventBridge pipes carry messages from an SQS queue to a state machine, under the pipe's role.

ministack 1.5.33 reads DynamoDB streams alone. Here a running pipe with a queue as source receives a message,
starts an execution with the records that EventBridge Pipes would pass, and deletes the message; what fails
stays in the queue and is tried again.

Proven by `tests/local/patches/pipes/test_queues.py`. Not emulated: filters, enrichment, input templates,
batches of more than one message.
"""

import json
import logging
from typing import Any

from botocore.exceptions import ClientError
from ministack.core.arn import parse_arn
from ministack.core.responses import _request_account_id, _request_region
from ministack.services import pipes

from local.patches.iam import roles

_logger = logging.getLogger("pipes")
_emulator_poll_once = pipes._poll_once


def apply() -> None:
    """Let the poller look into queues, too."""
    pipes._poll_once = _poll_once


def _poll_once() -> None:
    _emulator_poll_once()
    for account, region, pipe in pipes._iter_all_pipes():
        if pipe.get("CurrentState") != "RUNNING" or _services(pipe) != ("sqs", "states"):
            continue
        tokens = _request_account_id.set(account), _request_region.set(region)
        try:
            _carry(pipe)
        except (ClientError, roles.RoleError) as error:
            _logger.warning("pipe %s: %s", pipe["Name"], error)
        finally:
            _request_account_id.reset(tokens[0])
            _request_region.reset(tokens[1])


def _services(pipe: dict[str, Any]) -> tuple[str, str]:
    return pipes._arn_service(pipe.get("Source", "")), pipes._arn_service(pipe.get("Target", ""))


def _carry(pipe: dict[str, Any]) -> None:
    credentials = roles.assume(pipe["RoleArn"], "pipes.amazonaws.com", pipe["Name"])
    sqs, states = roles.client("sqs", credentials), roles.client("stepfunctions", credentials)
    source = parse_arn(pipe["Source"])
    url = f"{sqs.meta.endpoint_url}/{source.account_id}/{source.resource}"
    # What the pipe's role needs beside it: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-sqs.html
    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    for message in sqs.receive_message(QueueUrl=url, AttributeNames=["All"]).get("Messages", []):
        states.start_execution(
            stateMachineArn=pipe["Target"], input=json.dumps([_record(message, pipe["Source"])])
        )
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _record(message: dict[str, Any], source: str) -> dict[str, Any]:
    """The message as pipes pass it on."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": source,
        "awsRegion": parse_arn(source).region,
    }
