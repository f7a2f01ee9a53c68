"""Batches of messages need the permission of the single call, as on AWS.

ministack 1.5.33 asks for actions such as `sqs:SendMessageBatch`, which no policy of AWS knows:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html

Proven by `tests/local/patches/sqs/test_batches.py`.
"""

from typing import Any

from ministack.core import iam_actions

_SUFFIX = "Batch"
_emulator_action = iam_actions.extract_iam_action


def apply() -> None:
    """Ask for the action without the suffix."""
    iam_actions.extract_iam_action = _action


def _action(service: str, *request: Any, **more: Any) -> Any:
    action = _emulator_action(service, *request, **more)
    return action.removesuffix(_SUFFIX) if service == "sqs" and action else action
