"""Step Functions publishes to topics under the state machine's own role.

ministack 1.5.33 publishes without asking whether the role may.

Proven by `tests/local/patches/stepfunctions/test_sns.py`.
"""

import json
from functools import partial
from typing import Any

from ministack.services import stepfunctions

from local.patches.stepfunctions.roles import as_machine


def apply() -> None:
    """Replace the integration, with and without a task token."""
    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::sns:publish"] = _publish


def _publish(resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
    message = arguments.get("Message", "")
    text = message if isinstance(message, str) else json.dumps(message)
    return as_machine("SNS", partial(_send, {**arguments, "Message": text}))


def _send(arguments: dict[str, Any], sns: Any) -> dict[str, Any]:
    return {"MessageId": sns.publish(**arguments)["MessageId"]}
