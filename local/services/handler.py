"""Answers requests to one local service: finds the operation, asks IAM, checks both ways, calls a method."""

import json
import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from botocore import xform_name
from botocore.model import OperationModel
from ministack.core.concurrency import run_reentrant
from ministack.core.router import extract_access_key_id

from local.patches.iam import roles
from local.services import json_shapes, model
from local.services.authorization import Authorization
from local.services.model import UnsuitableServiceError
from local.services.rest_json import RestJson
from local.services.service import Fault, Operation, Request, Service
from local.services.wire import Incoming, Json, Response

_logger = logging.getLogger("local.services")

RAW_PATH: ContextVar[str] = ContextVar("RAW_PATH", default="")
"""Path of this request as it was sent: only there a label that holds a slash is one."""

_COMMON_ERRORS = frozenset({"SerializationException", "ValidationException", "UnknownOperationException"})
"""https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, and of the JSON protocols."""
_UNKNOWN_STATUS = {"json": 400, "rest-json": 404}


class Handler:
    """What the emulator calls for requests to a local service.

    Raises:
        UnsuitableServiceError: The class does not fit its model; the message says where.
    """

    def __init__(self, service: Service[Any]) -> None:
        self._service = service
        self._model = model.load(service.model)
        self.scope: str = self._model.signing_name
        self._operations = _operations(service)
        self._wire = Json(self._model) if self._model.resolved_protocol == "json" else RestJson(self._model)
        self._authorization = Authorization(self.scope, self.namespace)
        known = model.operations(self._model)
        for name, marked in self._operations.items():
            if name not in known:
                raise UnsuitableServiceError(f"{service.model}: no operation for the method {name}")
            _check_bodies(known[name])
            self._authorization.check(known[name], marked)

    @property
    def namespace(self) -> str:
        """IAM's prefix of the service's actions."""
        return self._service.namespace or self.scope

    async def __call__(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
    ) -> Response:
        """Answer a request whose signature the emulator has checked."""
        incoming = Incoming(method, RAW_PATH.get() or quote(path), headers, query, body)
        answer: Response = await run_reentrant(self._answer, incoming)
        return answer

    def _answer(self, incoming: Incoming) -> Response:
        roles.remember_caller(extract_access_key_id(incoming.headers, incoming.query))
        operation = self._wire.find(incoming)
        marked = self._operations.get(xform_name(operation.name)) if operation else None
        if operation is None or marked is None:
            return self._unknown(operation, incoming)
        try:
            request = self._wire.read(operation, incoming)
            if refused := self._authorization.refusal(operation, marked, request, incoming):
                return refused
            if found := model.violations(operation.input_shape, request):
                raise Fault("ValidationException", "; ".join(found))
            return self._call(operation, request)
        except Fault as fault:
            return self._fault(operation, fault)

    def _call(self, operation: OperationModel, request: Request) -> Response:
        method: Callable[[Request], Any] = getattr(self._service, xform_name(operation.name))
        try:
            with self._service.lock:  # until it is written: an answer may be a part of the state
                return self._written(operation, method(request))
        except Fault:
            raise
        except Exception as error:
            _logger.exception("%s:%s failed", self.scope, operation.name)
            return _failure(f"{operation.name} failed: {type(error).__name__}: {error}")

    def _written(self, operation: OperationModel, answer: Any) -> Response:
        if found := model.violations(operation.output_shape, answer):
            return self._broken(operation, found)
        shape = operation.output_shape
        headers, body = json_shapes.dump(operation, shape.name if shape else None, answer)
        return int(operation.http.get("responseCode", 200)), headers, body

    def _fault(self, operation: OperationModel, fault: Fault) -> Response:
        shapes: list[Any] = operation.error_shapes
        shape = next((each for each in shapes if each.error_code == fault.code), None)
        if shape is None:
            if fault.code not in self._service.common_errors | _COMMON_ERRORS:
                return self._broken(operation, [f"{fault.code} is no error of this operation"])
            return _error(400, fault.code, fault.message)
        text = next((name for name in shape.members if name.lower() == "message"), None)
        members = {**fault.members, **({text: fault.message} if text else {})}
        if found := model.violations(shape, members):
            return self._broken(operation, found)
        _, body = json_shapes.dump(operation, shape.name, members)
        error = shape.metadata.get("error", {})
        status = error.get("httpStatusCode", 500 if shape.metadata.get("fault") else 400)
        return _error(status, fault.code, fault.message, json.loads(body))

    def _broken(self, operation: OperationModel, found: list[str]) -> Response:
        message = f"the local service answers {operation.name} as its model forbids: {'; '.join(found)}"
        _logger.error("%s: %s", self.scope, message)
        return _failure(message)

    def _unknown(self, operation: OperationModel | None, incoming: Incoming) -> Response:
        named = operation.name if operation else f"{incoming.method} {incoming.path}"
        if operation is None and (target := incoming.headers.get("x-amz-target")):
            named = target
        message = f"{self._service.model} has no operation {named} in the embedded AWS"
        if operation:
            message += f": add the method {xform_name(named)} to {type(self._service).__module__}"
        return _error(_UNKNOWN_STATUS[self._model.resolved_protocol], "UnknownOperationException", message)


def _operations(service: Service[Any]) -> dict[str, Operation]:
    members = {name: getattr(type(service), name) for name in dir(type(service))}
    marks = {name: getattr(member, "operation", None) for name, member in members.items()}
    return {name: mark for name, mark in marks.items() if isinstance(mark, Operation)}


def _check_bodies(operation: OperationModel) -> None:
    for shape in filter(None, (operation.input_shape, operation.output_shape)):
        members = shape.members
        places = {(each.serialization.get("location"), each.type_name) for each in members.values()}
        payload = shape.serialization.get("payload")
        raw = payload and members[payload].type_name in ("blob", "string")
        in_status = any(place == "statusCode" for place, _ in places)
        if raw or in_status or ("querystring", "map") in places or shape.event_stream_name:
            raise UnsuitableServiceError(
                f"{operation.service_model.service_name}: {operation.name} has a stream, a body that is no "
                "JSON, a map in its query, or its status as a member: local services have none of these"
            )


def _failure(message: str) -> Response:
    return _error(500, "InternalFailure", message)


def _error(status: int, code: str, message: str, members: dict[str, Any] | None = None) -> Response:
    body = {"__type": code, "message": message, **(members or {})}
    headers = {"Content-Type": "application/json", "x-amzn-errortype": code}
    return status, headers, json.dumps(body).encode()
