"""Step Functions puts objects under the state machine's own role.

ministack 1.5.33 does not implement `arn:aws:states:::aws-sdk:s3:putObject`. A body becomes JSON, texts too.

Proven by `tests/local/patches/stepfunctions/test_s3.py`.
"""

import json
from functools import partial
from typing import Any

from ministack.services import stepfunctions

from local.patches.stepfunctions.roles import as_machine


def apply() -> None:
    """Add the integration."""
    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::aws-sdk:s3:putObject"] = _put_object


def _put_object(resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(arguments.get("Body", ""), separators=(",", ":"))
    return as_machine("S3", partial(_put, {**arguments, "Body": body.encode()}))


def _put(arguments: dict[str, Any], s3: Any) -> dict[str, Any]:
    return {"ETag": s3.put_object(**arguments)["ETag"]}
