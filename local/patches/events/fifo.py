"""A FIFO queue takes the same message from EventBridge once in five minutes, as from anybody.

ministack 1.5.33 puts what EventBridge sends into the queue without looking for the same message sent before.

Proven by `tests/local/patches/events/test_fifo.py`.
"""

import hashlib
import logging
import time
from typing import Any

from ministack.services import eventbridge, sqs

_logger = logging.getLogger("events")
_emulator_dispatch_to_sqs = eventbridge._dispatch_to_sqs


def apply() -> None:
    """Look for the same message before one is put into a FIFO queue."""
    eventbridge._dispatch_to_sqs = _dispatch_to_sqs


def _dispatch_to_sqs(spec: Any, payload: str, parameters: dict[str, Any] | None = None) -> None:
    queue = sqs._queue_by_arn(str(spec))
    if queue is None or not queue["is_fifo"]:
        _emulator_dispatch_to_sqs(spec, payload, parameters)
        return
    if queue["attributes"].get("ContentBasedDeduplication") != "true":
        _logger.warning("rule to %s: EventBridge gives messages no deduplication id of its own", spec)
        return
    key = hashlib.sha256(payload.encode()).hexdigest()
    if queue["attributes"].get("DeduplicationScope") == "messageGroup":
        key = f"{(parameters or {}).get('MessageGroupId', '')}:{key}"
    sqs._prune_dedup(queue)
    if key in queue["dedup_cache"]:
        return
    _emulator_dispatch_to_sqs(spec, payload, parameters)
    message = queue["messages"][-1]
    queue["dedup_cache"][key] = {
        "expire": time.time() + sqs._DEDUP_WINDOW_S,
        "id": message["id"],
        "md5": message["md5_body"],
        "md5a": None,
        "seq": message["seq"],
    }
