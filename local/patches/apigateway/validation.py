"""API Gateway refuses bodies that break a model, and says why.

ministack 1.5.33 drops request validators that CloudFormation creates, so every body passes, and lacks
`$context.error.validationErrorString` in gateway responses. Here validators are made, methods know theirs,
and the variable holds every fault, in words other than those of AWS. A body is text in UTF-8 and strict
JSON: ministack reads UTF-16, `NaN` and `Infinity` as well. One of another type than the models' is not
validated, an empty one is an empty object, and one beyond 10 MB gets no further.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html

Proven by `tests/local/patches/apigateway/test_validation.py`.
"""

import json
from typing import Any, NoReturn

from jsonschema import Draft4Validator
from ministack.services import apigateway_v1 as gateway
from ministack.services.cloudformation import provisioners

_JSON = "application/json"
_PAYLOAD_BYTES = 10_000_000
"""The page says 10 MB, and not whether of 1,000 or 1,024."""

_VARIABLE = b"$context.error.validationErrorString"

_METHOD, _VALIDATOR = "AWS::ApiGateway::Method", "AWS::ApiGateway::RequestValidator"

_emulator_create = provisioners._apigw_method_create
_emulator_check = gateway._check_request_validation
_emulator_respond = gateway._gateway_error_response


def apply() -> None:
    """Keep validators, note the reason when a body is refused, and tell it in the response."""
    provisioners._apigw_method_create = _create
    provisioners._RESOURCE_HANDLERS[_METHOD]["create"] = _create
    provisioners._RESOURCE_HANDLERS[_VALIDATOR] |= {
        "create": _create_validator,
        "update": _update_validator,
        "delete": _delete_validator,
    }
    gateway._check_request_validation = _check
    gateway._gateway_error_response = _respond


def _create(logical_id: str, props: dict[str, Any], stack: str) -> Any:
    created = _emulator_create(logical_id, props, stack)
    methods = gateway._resources[props["RestApiId"]][props["ResourceId"]]["resourceMethods"]
    if validator := props.get("RequestValidatorId"):
        methods[props["HttpMethod"]]["requestValidatorId"] = validator
    return created


def _create_validator(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
    wanted = {
        "name": props.get("Name", logical_id),
        "validateRequestBody": _flag(props, "ValidateRequestBody"),
        "validateRequestParameters": _flag(props, "ValidateRequestParameters"),
    }
    _, _, body = gateway._create_request_validator(props["RestApiId"], wanted)
    made = json.loads(body)["id"]
    return made, {"RequestValidatorId": made}


def _update_validator(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str
) -> tuple[str, dict[str, str]]:
    made = _create_validator(physical_id, new, stack)
    _delete_validator(physical_id, old)
    return made


def _delete_validator(physical_id: str, props: dict[str, Any]) -> None:
    gateway._request_validators.get(props["RestApiId"], {}).pop(physical_id, None)


def _flag(props: dict[str, Any], name: str) -> bool:
    return str(props.get(name, False)).lower() == "true"


def _check(method: dict[str, Any], api_id: str, request: Any, headers: Any, body: bytes, *rest: Any) -> Any:
    if len(body) > _PAYLOAD_BYTES:
        return gateway._gw_error("REQUEST_TOO_LARGE", "Request Too Long")
    models = method.get("requestModels") or {}
    kind = str(gateway._header_ci(headers, "content-type") or _JSON).split(";", 1)[0].strip().lower()
    model = {name.lower(): models[name] for name in models if name.lower() == kind}
    text = body.decode(errors="replace") or "{}"
    judged = text.encode() if _is_strict(text) else b""
    method = {**method, "requestModels": model}
    refusal = _emulator_check(method, api_id, request, headers, judged, *rest)
    if refusal is not None and refusal.response_type == "BAD_REQUEST_BODY":
        refusal.reason = _reason(gateway._model_schema(api_id, model[kind]), judged)
    return refusal


def _is_strict(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _reason(schema: Any, body: bytes) -> str:
    try:
        faults = sorted(
            Draft4Validator(schema).iter_errors(json.loads(body)), key=lambda fault: fault.json_path
        )
    except (ValueError, RecursionError):
        faults = []
    if not faults:  # it is not JSON, or nested too deeply
        return "[Unknown error parsing request body]"
    return "[" + ", ".join(f"{fault.json_path}: {fault.message}" for fault in faults) + "]"


def _respond(error: Any, request: Any) -> Any:
    status, headers, body = _emulator_respond(error, request)
    reason = json.dumps(getattr(error, "reason", ""))[1:-1]  # the variable stands between quotes
    return status, headers, body.replace(_VARIABLE, reason.encode())
