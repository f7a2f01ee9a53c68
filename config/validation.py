"""Checks data against pydantic models and turns what they find into faults that tell people what to do."""

import json
from collections.abc import Callable
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.document import Document, KeyPath
from config.faults import Fault, nearest, one_of

Model = TypeVar("Model", bound=BaseModel)


def validate(
    model: type[Model],
    data: object,
    document: Document,
    locate: Callable[[KeyPath], KeyPath] = lambda path: path,
) -> tuple[Model | None, list[Fault]]:
    """Build the model from data of the document, or find every fault in it.

    Strict, and by way of JSON: text is never taken for a number, yet a list can become a tuple.

    `locate` tells where in the document a place in the data stands.
    """
    try:
        return model.model_validate_json(json.dumps(data), strict=True), []
    except ValidationError as error:
        return None, [_fault(detail, model, document, locate) for detail in error.errors()]


def _fault(
    detail: ErrorDetails, model: type[BaseModel], document: Document, locate: Callable[[KeyPath], KeyPath]
) -> Fault:
    # pydantic marks a key of a mapping that is wrong itself by one more step.
    location = tuple(part for part in detail["loc"] if part != "[key]")
    path = locate(location)
    if detail["type"] == "extra_forbidden":
        known = _keys(model, location[:-1])
        return document.fault(path, location[-1], one_of(known), nearest(location[-1], known))
    if detail["type"] == "missing":
        return document.fault(path, "nothing", "a value, which has no default", "add the key")
    allowed = detail["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    allowed = allowed.replace("String should match pattern", "text that matches")
    fix = "write the value in quotes" if detail["type"] == "string_type" else "change the value"
    return document.fault(path, detail["input"], allowed, fix)


def _keys(model: type[BaseModel], location: KeyPath) -> set[str]:
    """Return the keys of the model nested at this location, as they are written in YAML."""
    for part in location:
        if isinstance(part, str):
            # The keys of a mapping are no fields: what it holds is known from where it stands.
            kinds = _flat(_fields(model).get(part))
            model = next((kind for kind in kinds if issubclass(kind, BaseModel)), model)
    return set(_fields(model))


def _fields(model: type[BaseModel]) -> dict[str, object]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _flat(annotation: object) -> list[type]:
    """Return the classes in an annotation such as `tuple[X, ...] | None`."""
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation]
    return [kind for part in get_args(annotation) for kind in _flat(part)]
