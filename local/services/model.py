"""Botocore's model of a service, and what it forbids in requests and answers."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel
from botocore.validate import ParamValidator

PROTOCOLS = ("json", "rest-json")
"""What requests may come in, as botocore chooses it for a service; 94 of 100 services speak one of them."""


class UnsuitableServiceError(ValueError):
    """A service class does not fit its model, or the model is not supported; the message says where."""


def load(name: str) -> ServiceModel:
    """Return botocore's model of a service.

    Raises:
        UnsuitableServiceError: Botocore has none, or its protocol is not supported.
    """
    try:
        found = botocore.session.get_session().get_service_model(name)
    except UnknownServiceError as error:
        raise UnsuitableServiceError(f"{name}: botocore has no service of this name") from error
    if found.resolved_protocol not in PROTOCOLS:
        raise UnsuitableServiceError(
            f"{name}: boto3 speaks {found.resolved_protocol} with it; local services speak "
            f"{' and '.join(PROTOCOLS)}: add a module beside local/services/rest_json.py"
        )
    return found


def operations(model: ServiceModel) -> dict[str, OperationModel]:
    """Return the operations by the name of the method that answers them."""
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


def violations(shape: Any, value: Any) -> list[str]:
    """Return what a model forbids in a request or an answer: types, unknown and missing members, limits.

    Patterns that Python's `re` cannot read, such as those with Unicode's classes, are not checked.
    """
    if shape is None:
        return ["the model has no members here"] if value else []
    report = ParamValidator().validate(value, shape)
    return report.generate_report().splitlines() if report.has_errors() else list(_limits(shape, value, ""))


def _limits(shape: Any, value: Any, where: str) -> Iterator[str]:
    """What botocore's own validator leaves to the service: choices, patterns and upper limits."""
    if shape.type_name == "string":
        yield from _text(shape, value, where)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _upper(shape, value, where, "")
    elif shape.type_name in ("list", "map"):
        yield from _upper(shape, len(value), where, "items")
    for inner, item, at in parts(shape, value, where):
        yield from _limits(inner, item, at)


def parts(shape: Any, value: Any, where: str) -> Iterator[tuple[Any, Any, str]]:
    """Return what a structure, list or map is made of: shape, value, and the place for messages."""
    if shape.type_name == "structure" and not shape.is_document_type:
        for name, item in value.items():
            yield shape.members[name], item, f"{where}.{name}".lstrip(".")
    elif shape.type_name == "list":
        for at, item in enumerate(value):
            yield shape.member, item, f"{where}[{at}]"
    elif shape.type_name == "map":
        for key, item in value.items():
            yield shape.key, key, f"{where} (key)"
            yield shape.value, item, f"{where}.{key}".lstrip(".")


def _text(shape: Any, value: str, where: str) -> Iterator[str]:
    got = "a value" if shape.metadata.get("sensitive") else repr(value)
    if shape.enum and value not in shape.enum:
        yield f"{where}: {got} is none of {', '.join(shape.enum)}"
    yield from _upper(shape, len(value), where, "characters")
    pattern = _pattern(shape.metadata.get("pattern", ""))
    if pattern and not pattern.fullmatch(value):
        yield f"{where}: {got} does not match {shape.metadata['pattern']}"


def _upper(shape: Any, size: float, where: str, unit: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    if most is not None and size > most:
        yield f"{where}: {size} {unit}".rstrip() + f", at most {most} allowed"


@cache
def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text else None
    except re.error:
        return None
