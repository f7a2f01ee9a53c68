"""Tells the landing router of files."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tools.ops.target import OperationError, Target

_BATCH = 10
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html"""


def event_of(bucket: str, version: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return what tells the router of a version, an entry of ListObjectVersions; the same every time."""
    created: datetime = version["LastModified"]
    one = {
        "key": version["Key"],
        "size": version["Size"],
        "etag": version["ETag"].strip('"'),
        "version-id": version["VersionId"],
        "sequencer": "0",
    }
    return {
        "detail-type": kind,
        "time": created.isoformat(),
        "detail": {"bucket": {"name": bucket}, "object": one},
    }


def tell(target: Target, events: Iterable[Mapping[str, Any]]) -> None:
    """Send events to the router's queue.

    Raises:
        OperationError: SQS did not take some of them.
    """
    sqs, bodies = target.client("sqs"), [json.dumps(event) for event in events]
    url = sqs.get_queue_url(QueueName=target.settings.naming.resource("landing"))["QueueUrl"]
    for start in range(0, len(bodies), _BATCH):
        _send(sqs, url, bodies[start : start + _BATCH])


def _send(sqs: Any, url: str, bodies: Sequence[str]) -> None:
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    if failed := sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed"):
        raise OperationError(f"SQS took not all of them: {failed[0]['Message']}; fix: run the command again")
