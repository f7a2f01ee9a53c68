"""Secrets Manager rotates: it asks the function of a secret for the four steps, one after the other.

ministack 1.5.33 copies the current value into another version and calls nobody. Here a rotation makes an
empty version that is pending, and the function fills it. A step that fails ends the rotation and leaves the
version pending; AWS tries that one again by itself, and refuses another meanwhile. Here it is tried again
when another is asked for. A schedule in a template is kept, and rotates at once where it says so; that time
passes starts no rotation. A label that a new value gets is one version's alone, as on AWS.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html

Proven by `tests/local/patches/secretsmanager/test_rotation.py`.
"""

import contextvars
import json
import logging
import threading
import time
from fnmatch import fnmatchcase
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, json_response, new_uuid
from ministack.services import lambda_svc, secretsmanager
from ministack.services.cloudformation import provisioners

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")

_TYPE = "AWS::SecretsManager::RotationSchedule"
_PRINCIPAL = "secretsmanager.amazonaws.com"
_PENDING, _CURRENT = "AWSPENDING", "AWSCURRENT"
_REFUSED = (
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
    f"access to the principal {_PRINCIPAL}."
)

_AGAIN = "A previous rotation isn't complete. That rotation will be reattempted."

_Answer = tuple[int, dict[str, str], bytes]
_logger = logging.getLogger(__name__)
_emulator_get_value = secretsmanager._get_secret_value
_emulator_put_value = secretsmanager._put_secret_value


def apply() -> None:
    """Ask the function."""
    secretsmanager._rotate_secret = _rotate
    secretsmanager._get_secret_value = _get_value
    secretsmanager._put_secret_value = _put_value
    provisioners._RESOURCE_HANDLERS[_TYPE] = {"create": _create, "update": _update, "delete": _delete}


def _rotate(data: dict[str, Any]) -> _Answer:
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    if not secret or secret.get("DeletedDate"):
        return error_response_json(  # type: ignore[no-any-return]
            "ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400
        )
    function = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
    if not function:
        message = "No Lambda rotation function ARN is associated with this secret."
        return error_response_json("InvalidRequestException", message, 400)  # type: ignore[no-any-return]
    if not _may_invoke(function, secret["ARN"]):
        return error_response_json("AccessDeniedException", _REFUSED, 400)  # type: ignore[no-any-return]
    secret.update(RotationLambdaARN=function, RotationEnabled=True)
    secret["RotationRules"] = data.get("RotationRules") or secret.get("RotationRules") or {}
    answer = {"ARN": secret["ARN"], "Name": secret["Name"]}
    if not data.get("RotateImmediately", True):
        return json_response(answer)  # type: ignore[no-any-return]
    version, found = secretsmanager._find_stage_version(secret, _PENDING)
    if found and _CURRENT not in found["Stages"]:
        _start(function, secret, version)
        return error_response_json("InvalidRequestException", _AGAIN, 400)  # type: ignore[no-any-return]
    token = data.get("ClientRequestToken") or new_uuid()
    _add_pending(secret, token, found)
    _start(function, secret, token)
    return json_response({**answer, "VersionId": token})  # type: ignore[no-any-return]


def _add_pending(secret: dict[str, Any], token: str, before: dict[str, Any] | None) -> None:
    """Add an empty version; `before` was pending until it became current."""
    if before:
        before["Stages"].remove(_PENDING)
    empty = {"SecretString": None, "SecretBinary": None, "CreatedDate": int(time.time())}
    secret["Versions"][token] = {**empty, "Stages": [_PENDING]}


def _start(function: str, secret: dict[str, Any], version: str) -> None:
    context = contextvars.copy_context()
    threading.Thread(
        target=context.run, args=(_take_steps, function, secret["ARN"], version), daemon=True, name="rotation"
    ).start()


def _take_steps(function: str, arn: str, version: str) -> None:
    found, _, _ = lambda_svc._get_func_record_for_ref(function)
    for step in STEPS:
        event = {"Step": step, "SecretId": arn, "ClientRequestToken": version}
        answer = lambda_svc._execute_function(found, event)
        if answer.get("error"):
            _logger.warning("rotation of %s ended at %s", arn, step)
            return


def _get_value(data: dict[str, Any]) -> _Answer:
    """Answer that there is no value, where a version is empty."""
    answer: _Answer = _emulator_get_value(data)
    told = json.loads(answer[2])
    if answer[0] < 400 and not told.keys() & {"SecretString", "SecretBinary"}:  # noqa: PLR2004
        message = "Secrets Manager can't find the specified secret value for the version."
        return error_response_json("ResourceNotFoundException", message, 400)  # type: ignore[no-any-return]
    return answer


def _put_value(data: dict[str, Any]) -> _Answer:
    """Move labels to the version that a value makes."""
    answer: _Answer = _emulator_put_value(data)
    told = json.loads(answer[2])
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    for version, found in (secret or {}).get("Versions", {}).items():
        if version != told.get("VersionId", version):
            found["Stages"] = [one for one in found["Stages"] if one not in data.get("VersionStages", ())]
    return answer


def _may_invoke(function: str, secret: str) -> bool:
    """Whether the function's policy lets Secrets Manager invoke it for the secret."""
    found = lambda_svc.function_policy_for_arn(function)
    statements = found[0]["Statement"] if found else []
    return any(
        one["Effect"] == "Allow"
        and isinstance(one["Principal"], dict)
        and one["Principal"].get("Service") == _PRINCIPAL
        and _holds(one.get("Condition", {}), secret)
        for one in statements
    )


def _holds(condition: dict[str, dict[str, str]], secret: str) -> bool:
    sent = {"aws:sourcearn": secret, "aws:sourceaccount": get_account_id()}
    return all(
        fnmatchcase(sent.get(key.lower(), ""), wanted)
        for block in condition.values()
        for key, wanted in block.items()
    )


def _create(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
    wanted = {
        "SecretId": props["SecretId"],
        "RotationLambdaARN": props.get("RotationLambdaARN"),
        "RotationRules": props.get("RotationRules"),
        "RotateImmediately": str(props.get("RotateImmediatelyOnUpdate", True)).lower() == "true",
    }
    status, _, body = _rotate(wanted)
    if status >= 400:  # noqa: PLR2004
        raise ValueError(f"{logical_id}: {json.loads(body)['message']}")
    arn = json.loads(body)["ARN"]
    return arn, {"Id": arn}


def _update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any
) -> tuple[str, dict[str, Any]]:
    return _create(physical_id, new, "")


def _delete(physical_id: str, props: dict[str, Any]) -> None:
    _, secret = secretsmanager._resolve(physical_id)
    if secret:
        secret.update(RotationEnabled=False, RotationLambdaARN=None)
