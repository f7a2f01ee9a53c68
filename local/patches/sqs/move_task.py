"""Messages of a dead-letter queue go back to the queue that they came from.

ministack 1.5.33 lacks the tasks that move messages. Here a task moves what is visible at once, and needs the
caller's right to each of the calls that AWS makes for it:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html

Proven by `tests/local/patches/sqs/test_move_task.py`. Not emulated: rates, tasks that run for a while and
can be cancelled, FIFO queues, destinations of other accounts.
"""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

from ministack.core import iam_actions
from ministack.core.iam_actions import access_denied_response, identity_denial_message
from ministack.core.iam_evaluator import AuthError, enforce
from ministack.core.responses import get_region
from ministack.core.router import extract_access_key_id
from ministack.services import sqs

_TARGET = "AmazonSQS.StartMessageMoveTask"
_TAKE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_tasks: dict[str, list[dict[str, Any]]] = {}

_emulator_request, _emulator_resource = sqs.handle_request, iam_actions.extract_resource_arn


def apply() -> None:
    """Add both actions, and the queue that they are about to what policies are asked of."""
    sqs._HANDLERS["StartMessageMoveTask"] = _start
    sqs._HANDLERS["ListMessageMoveTasks"] = _list
    sqs.handle_request = _handle
    iam_actions.extract_resource_arn = _resource


def _resource(service: str, *request: Any, **more: Any) -> Any:
    found = _emulator_resource(service, *request, **more)
    if service == "sqs" and found == "*":
        body = next((each for each in request if isinstance(each, bytes)), b"") or more.get("body", b"")
        return iam_actions._safe_json_field(body, "SourceArn") or found
    return found


async def _handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Any:
    if headers.get("x-amz-target") == _TARGET:
        caller = extract_access_key_id(headers, query)
        for action, arn in _needed(json.loads(body)):
            decision = enforce(caller, action, "sqs", get_region(), arn, {}) if caller else None
            if decision is not None and not isinstance(decision, AuthError):
                denied = decision.decision == "Deny"
                message = identity_denial_message(action, decision.principal_arn, arn, denied)
                return access_denied_response(
                    "sqs", action, decision.principal_arn, str(uuid.uuid4()), message=message
                )
    return await _emulator_request(method, path, headers, body, query)


def _needed(request: dict[str, Any]) -> Iterator[tuple[str, str]]:
    source = str(request.get("SourceArn", ""))
    yield from ((action, source) for action in _TAKE)
    yield from (("sqs:SendMessage", arn) for arn in _destinations(request))


def _start(request: dict[str, Any], _url: str) -> dict[str, Any]:
    arn = str(request.get("SourceArn", ""))
    queue = sqs._queue_by_arn(arn)
    if queue is None:
        raise sqs._Err(
            "ResourceNotFoundException",
            "The resource that you specified for the SourceArn parameter doesn't exist.",
        )
    if not _senders(arn):
        raise sqs._Err("UnsupportedOperation", "Source queue must be configured as a Dead Letter Queue.")
    now, moved = time.time(), 0
    for message in [each for each in queue["messages"] if each["visible_at"] <= now]:
        to = request.get("DestinationArn") or message["sys"].get("DeadLetterQueueSourceArn")
        destination = sqs._queue_by_arn(to) if to else None
        if destination is not None:
            system = {
                name: value for name, value in message["sys"].items() if name != "DeadLetterQueueSourceArn"
            }
            fresh = {"receive_count": 0, "first_receive_at": None, "enqueued_at": now, "visible_at": now}
            destination["messages"].append({**message, **fresh, "receipt_handle": None, "sys": system})
            queue["messages"].remove(message)
            moved += 1
    sqs.esm_wake.set()
    _tasks.setdefault(arn, []).insert(
        0,
        {
            "Status": "COMPLETED",
            "SourceArn": arn,
            "ApproximateNumberOfMessagesMoved": moved,
            "ApproximateNumberOfMessagesToMove": moved,
            "StartedTimestamp": int(now * 1000),
        },
    )
    return {"TaskHandle": uuid.uuid4().hex}


def _list(request: dict[str, Any], _url: str) -> dict[str, Any]:
    tasks = _tasks.get(str(request.get("SourceArn", "")), [])
    return {"Results": tasks[: int(request.get("MaxResults", 1))]}


def _senders(arn: str) -> list[str]:
    """ARNs of the queues whose dead letters go to this one."""
    policies = [
        (each["attributes"], each["attributes"].get("RedrivePolicy")) for each in sqs._queues.values()
    ]
    return [
        attributes["QueueArn"]
        for attributes, policy in policies
        if policy and json.loads(policy).get("deadLetterTargetArn") == arn
    ]


def _destinations(request: dict[str, Any]) -> list[str]:
    named = request.get("DestinationArn")
    return [named] if named else _senders(str(request.get("SourceArn", "")))
