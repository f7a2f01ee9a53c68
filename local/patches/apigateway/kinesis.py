"""API Gateway puts records on Kinesis streams, under the role of the integration.

ministack 1.5.33 reaches SQS and Lambda alone from API Gateway and answers 504 for other services. Here an
integration of type AWS with the action `PutRecord` of Kinesis calls the stream with the credentials of its
role, so the role's policies decide, and what Kinesis answers goes through the integration's responses.
Templates see bodies as text in UTF-8, with U+FFFD where they are not, which is a guess of how AWS decodes.
https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-kinesis.html

Proven by `tests/local/patches/apigateway/test_kinesis.py`. Not emulated: other actions, which are refused.
"""

import asyncio
import base64
import json
import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from ministack.services import apigateway_v1 as gateway

from local.patches.apigateway.templates import misconfigured, overrides
from local.patches.iam import roles

_logger = logging.getLogger("apigateway")
_SERVICE = "apigateway.amazonaws.com"
_SESSION_SECONDS = 60.0
_OK, _BAD_REQUEST = 200, 400
_REQUIRED = ("Data", "PartitionKey")

_emulator_invoke = gateway._invoke_lambda_custom_v1
_sessions: dict[str, tuple[float, dict[str, str]]] = {}


def apply() -> None:
    """Answer for Kinesis before the emulator takes every integration for one with Lambda."""
    gateway._invoke_lambda_custom_v1 = _invoke


async def _invoke(integration: dict[str, Any], api_id: str, stage_name: str, *rest: Any, **more: Any) -> Any:
    target = gateway._parse_service_integration_uri(integration.get("uri", ""))
    if target is None or target[1] != "kinesis":
        return await _emulator_invoke(integration, api_id, stage_name, *rest, **more)
    headers, body = rest[4], rest[5]
    context = {"requestId": str(uuid.uuid4()), "apiId": api_id, "stage": stage_name}
    template = (integration.get("requestTemplates") or {}).get(_media_type(headers, "content-type"))
    if target[2:] != ("action", "PutRecord") or template is None:
        return misconfigured(f"{target[2]}/{target[3]} of Kinesis, or its template, is not emulated")
    try:
        text = body.decode(errors="replace")
        request = gateway._render_request_template_v1(template, text, {}, context)
        status, answer = await asyncio.to_thread(_put_record, integration.get("credentials") or "", request)
        accepted = _media_type(headers, "accept")
        response = gateway._service_integration_response(integration, status, answer, accepted, {}, context)
        return _overridden(response, overrides(context))
    except (roles.RoleError, ValueError) as error:
        return misconfigured(error)


def _overridden(response: tuple[int, dict[str, str], bytes], changes: Mapping[str, str]) -> Any:
    status, headers, body = response
    changed = {name.removeprefix("header."): value for name, value in changes.items() if name != "status"}
    return int(changes.get("status", status)), {**headers, **changed}, body


def _put_record(role: str, request: str) -> tuple[int, str]:
    """Call Kinesis and return its status and answer."""
    entry = json.loads(request)
    if lacking := [name for name in _REQUIRED if entry.get(name) is None]:
        return _BAD_REQUEST, json.dumps({"__type": "ValidationException", "message": _lacks(lacking)})
    entry["Data"] = base64.b64decode(entry["Data"], validate=True)
    try:
        answer = roles.client("kinesis", _session(role)).put_record(**entry)
    except ClientError as error:
        _logger.warning("kinesis refused a record: %s", error)
        details = error.response["Error"]
        text = json.dumps({"__type": details["Code"], "message": details["Message"]})
        return error.response["ResponseMetadata"]["HTTPStatusCode"], text
    except ParamValidationError as error:
        return _BAD_REQUEST, json.dumps({"__type": "ValidationException", "message": str(error)})
    return _OK, json.dumps({key: answer[key] for key in ("SequenceNumber", "ShardId")})


def _lacks(members: Sequence[str]) -> str:
    """How Kinesis says that a call lacks members."""
    told = [
        f"Value null at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: Member must not be null"
        for name in members
    ]
    errors = "1 validation error" if len(members) == 1 else f"{len(members)} validation errors"
    return f"{errors} detected: {'; '.join(told)}"


def _session(role: str) -> dict[str, str]:
    """Credentials of the role, which API Gateway keeps for a while."""
    until, credentials = _sessions.get(role, (0.0, {}))
    if until < time.monotonic():
        credentials = roles.assume(role, _SERVICE, "BackplaneAssumeRoleSession")
        _sessions[role] = (time.monotonic() + _SESSION_SECONDS, credentials)
    return credentials


def _media_type(headers: Mapping[str, str], name: str) -> str:
    value = gateway._header_ci(headers, name) or "application/json"
    return str(value).split(",", 1)[0].split(";", 1)[0].strip().lower()
