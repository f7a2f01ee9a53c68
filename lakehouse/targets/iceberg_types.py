"""Types of the model in the JSON of the Iceberg specification: https://iceberg.apache.org/spec/#schemas."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type

_DECIMAL = re.compile(r"decimal\((\d{1,2}), (\d{1,2})\)")
_DIGITS_MAX = 38


def type_json(kind: Type, ids: Iterator[int] | None = None) -> Any:
    """Return a type in Iceberg's JSON; ids are left out unless an iterator deals them.

    As on creation by Iceberg, all members of a struct get ids before anything nested in them does.
    """
    match kind:
        case Scalar():
            return kind.value
        case Decimal(precision, scale):
            return f"decimal({precision}, {scale})"
        case Array(element):
            head = {"type": "list", **_id("element-id", ids)}
            return {**head, "element": type_json(element, ids), "element-required": False}
        case Map(key, value):
            head = {"type": "map", **_id("key-id", ids), **_id("value-id", ids)}
            inner = {"key": type_json(key, ids), "value": type_json(value, ids)}
            return {**head, **inner, "value-required": False}
        case Struct(fields):
            return {"type": "struct", "fields": members_json(fields, ids)}


def members_json(fields: Iterable[Field], ids: Iterator[int] | None = None) -> list[dict[str, Any]]:
    """Return the members of a struct: with comments if they have ids, else with their names in the source."""
    numbered = [(field, _id("id", ids)) for field in fields]
    return [
        {
            **number,
            "name": field.name,
            "required": field.required,
            "type": type_json(field.type, ids),
            **({} if number or field.physical_name is None else {"physical-name": field.physical_name}),
            **({"doc": field.description} if number and field.description else {}),
        }
        for field, number in numbered
    ]


def is_type_json(value: object) -> bool:
    """Whether a value is a type in Iceberg's JSON, without ids."""
    match value:
        case str():
            return value in set(Scalar) or _is_decimal(value)
        case {"type": "list", "element": element, "element-required": bool()}:
            return is_type_json(element)
        case {"type": "map", "key": key, "value": inner, "value-required": bool()}:
            return is_type_json(key) and is_type_json(inner)
        case {"type": "struct", "fields": [*members]}:
            return all(map(_is_member, members))
    return False


def _is_member(value: object) -> bool:
    match value:
        case {"name": str(), "required": bool(), "type": kind, **rest}:
            return isinstance(rest.get("physical-name", ""), str) and is_type_json(kind)
    return False


def _is_decimal(text: str) -> bool:
    """Whether a text is a decimal of 1 to 38 digits: https://iceberg.apache.org/spec/#primitive-types."""
    match = _DECIMAL.fullmatch(text)
    return match is not None and int(match[2]) <= int(match[1]) and 1 <= int(match[1]) <= _DIGITS_MAX


def _id(key: str, ids: Iterator[int] | None) -> dict[str, int]:
    return {} if ids is None else {key: next(ids)}
