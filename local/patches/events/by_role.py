"""Targets of rules that have a role: EventBridge hands events over as it, or to the dead-letter queue.

ministack 1.5.33 hands events to topics and queues without a role or with one, knows no Firehose as a target,
and forgets what it cannot deliver. Here a target with a role that is a topic, a queue or a delivery stream
gets the event by a call with the role's rights, after the rule has matched, and what is refused goes to the
target's dead-letter queue with the reason in its attributes, at once: what AWS tries again for a day is none
of the laptop's.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html

Proven by `tests/local/patches/events/test_by_role.py`. Not emulated: dead letters of targets without a role,
and the rights of a dead-letter queue's policy.
"""

import json
import logging
from typing import Any

from botocore.exceptions import ClientError
from ministack.core.arn import parse_arn
from ministack.core.concurrency import spawn_background
from ministack.services import eventbridge, sqs

from local.patches.iam import roles

_logger = logging.getLogger("events")
_emulator_invoke_target = eventbridge._invoke_target

_SERVICES = ("firehose", "sns", "sqs")
_CODES = {
    "AccessDeniedException": "NO_PERMISSIONS",
    "AccessDenied": "NO_PERMISSIONS",
    "AuthorizationError": "NO_PERMISSIONS",
    "NotFound": "NO_RESOURCE",
    "ResourceNotFoundException": "NO_RESOURCE",
    "AWS.SimpleQueueService.NonExistentQueue": "NO_RESOURCE",
    "QueueDoesNotExist": "NO_RESOURCE",
}
"""How the queue tells what a service answered: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"""


def apply() -> None:
    """Take over targets that have a role."""
    eventbridge._invoke_target = _invoke_target


def _invoke_target(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> None:
    spec = parse_arn(target["Arn"]) if target.get("RoleArn") else None
    if spec is None or spec.service not in _SERVICES:
        _emulator_invoke_target(target, event, rule, view)
        return
    view = view or eventbridge._pattern_event_view(event)
    whole = json.dumps(view.event_with_detail())
    payload = whole
    if target.get("InputTransformer"):
        payload = eventbridge._apply_input_transformer(target["InputTransformer"], rule, view)
    elif target.get("Input"):
        payload = target["Input"]
    spawn_background(_deliver, target, rule, payload, whole, thread_name="events-target")


def _deliver(target: dict[str, Any], rule: dict[str, Any], payload: str, whole: str) -> None:
    arn = target["Arn"]
    try:
        credentials = roles.assume(target["RoleArn"], "events.amazonaws.com", rule["Name"])
        _call(arn, target, payload, credentials)
    except (ClientError, roles.RoleError) as error:
        _logger.warning("rule %s to %s: %s", rule["Name"], arn, error)
        _keep(target, rule, whole, error)


def _call(arn: str, target: dict[str, Any], payload: str, credentials: dict[str, str]) -> None:
    spec = parse_arn(arn)
    client = roles.client(spec.service, credentials)
    if spec.service == "firehose":
        name = spec.resource.removeprefix("deliverystream/")
        client.put_record(DeliveryStreamName=name, Record={"Data": payload.encode()})
    elif spec.service == "sns":
        client.publish(TopicArn=arn, Message=payload)
    else:
        url = client.get_queue_url(QueueName=spec.resource)["QueueUrl"]
        group = (target.get("SqsParameters") or {}).get("MessageGroupId")
        client.send_message(QueueUrl=url, MessageBody=payload, **({"MessageGroupId": group} if group else {}))


def _keep(target: dict[str, Any], rule: dict[str, Any], whole: str, error: Exception) -> None:
    """Put the event, as it came, into the dead-letter queue."""
    arn = (target.get("DeadLetterConfig") or {}).get("Arn")
    queue = sqs._queue_by_arn(arn) if arn else None
    if queue is None:
        return
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else "AccessDenied"
    told = {
        "RULE_ARN": rule["Arn"],
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": _CODES.get(code, "SDK_CLIENT_ERROR"),
        "ERROR_MESSAGE": str(error),
        "EXHAUSTED_RETRY_CONDITION": "None",
        "RETRY_ATTEMPTS": "0",
    }
    eventbridge._dispatch_to_sqs(parse_arn(arn), whole)
    message = next(each for each in reversed(queue["messages"]) if each["body"] == whole)
    message["message_attributes"] = {
        name: {"DataType": "String", "StringValue": value} for name, value in told.items()
    }
