"""Step Functions invokes functions under the state machine's own role.

ministack 1.5.33 runs them without asking whether the role may. Here `lambda:invoke` calls Lambda with the
role's credentials. A function that fails is an error of its own name, with what it answered as the cause.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html

Proven by `tests/local/patches/stepfunctions/test_functions.py`. Not emulated: invocations that wait for a
task token.
"""

import json
from functools import partial
from typing import Any

from ministack.services import stepfunctions

from local.patches.stepfunctions.roles import as_machine

_RESOURCE = "arn:aws:states:::lambda:invoke"
_emulator_invoke_resource = stepfunctions._invoke_resource


def apply() -> None:
    """Replace the integration."""
    stepfunctions._invoke_resource = _invoke_resource


def _invoke_resource(resource: str, arguments: Any) -> Any:
    if resource != _RESOURCE:
        return _emulator_invoke_resource(resource, arguments)
    return as_machine("Lambda", partial(_invoke, arguments))


def _invoke(arguments: dict[str, Any], client: Any) -> dict[str, Any]:
    given = {**arguments, "Payload": json.dumps(arguments.get("Payload", {}))}
    answer = client.invoke(**given)
    text = answer["Payload"].read().decode()
    payload = json.loads(text) if text else None
    if "FunctionError" in answer:
        told = payload if isinstance(payload, dict) else {}
        raise stepfunctions._ExecutionError(told.get("errorType", "Lambda.Unknown"), text)
    return {
        "ExecutedVersion": answer.get("ExecutedVersion", "$LATEST"),
        "Payload": payload,
        "StatusCode": answer["StatusCode"],
    }
