"""JSON bodies of requests and answers, read and written by botocore's own parser and serializer."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from local.services.model import parts
from local.services.service import Fault

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
    "blob": (str,),
}


def load(body: bytes) -> Any:
    """Return the JSON of a body, an empty object for none.

    Raises:
        Fault: It is not JSON.
    """
    try:
        return json.loads(body) if body else {}
    except ValueError as error:
        raise Fault("SerializationException", f"the body is not JSON: {error}") from error


def parse(protocol: str, shape: Any, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """Return the members that a request has in its body and headers.

    Raises:
        Fault: They are not of the types that the model says, or a member of the body is unknown.
    """
    try:
        parsed = create_parser(protocol).parse({"body": body, "headers": headers, "status_code": 200}, shape)
    except (ValueError, TypeError) as error:  # of timestamps, base64 and numbers in text
        raise Fault("SerializationException", f"a value cannot be read: {error}") from error
    return {name: value for name, value in parsed.items() if name != "ResponseMetadata"}


def check(shape: Any, value: Any) -> None:
    """Refuse JSON that is not of this shape.

    Raises:
        Fault: A value is of another type, or a member is unknown.
    """
    if found := list(_strange(shape, value, "")):
        raise Fault("SerializationException", "; ".join(found))


def _strange(shape: Any, value: Any, where: str) -> Iterator[str]:
    if value is None or getattr(shape, "is_document_type", False):
        return
    if not _is_typed(shape.type_name, value):
        yield f"{where or 'the body'}: got {type(value).__name__}, the model says {shape.type_name}"
    elif shape.type_name == "structure":
        names = {each.serialization.get("name", name): name for name, each in shape.members.items()}
        for name in value.keys() - names.keys():
            yield f"{where}.{name}".lstrip(".") + f": the model has no such member, only {', '.join(names)}"
        known = {names[name]: item for name, item in value.items() if name in names}
        for inner, item, at in parts(shape, known, where):
            yield from _strange(inner, item, at)
    else:
        for inner, item, at in parts(shape, value, where):
            yield from _strange(inner, item, at)


def _is_typed(kind: str, value: Any) -> bool:
    allowed = _JSON_TYPES[kind]
    return isinstance(value, allowed) and (bool in allowed or not isinstance(value, bool))


def dump(
    model: OperationModel, shape_name: str | None, value: dict[str, Any]
) -> tuple[dict[str, str], bytes]:
    """Return headers and body of an answer or error of this shape.

    The serializer writes requests. An answer is written as the request of an operation that takes its shape.
    """
    service = model.service_model
    as_input = {"name": model.name, "http": {"method": "POST", "requestUri": "/"}}
    if shape_name:
        as_input["input"] = {"shape": shape_name}
    serializer = create_serializer(service.resolved_protocol, include_validation=False)
    written = serializer.serialize_to_request(value, OperationModel(as_input, service, model.name))
    headers = {name: str(text) for name, text in written["headers"].items() if name != "X-Amz-Target"}
    body: bytes | str = written["body"] or b"{}"
    return headers, body if isinstance(body, bytes) else body.encode()
