"""Types of the model in the JSON of the Iceberg specification: https://iceberg.apache.org/spec/#schemas."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from typing import Any

from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.model.masking import Masking, Method

_DECIMAL = re.compile(r"decimal\((\d{1,2}), (\d{1,2})\)")
_DIGITS_MAX = 38
_ALONE = {Method.HASH, Method.REDACT, Method.TOKENIZE}
_MASKING_KEYS = {each.name for each in fields(Masking)}


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
    """Return the members of a struct: with comments if they have ids, else with what jobs are told."""
    numbered = [(field, _id("id", ids)) for field in fields]
    return [
        {
            **number,
            "name": field.name,
            "required": field.required,
            "type": type_json(field.type, ids),
            **({} if number or field.physical_name is None else {"physical-name": field.physical_name}),
            **({} if number or field.masking is None else {"masking": masking_json(field.masking)}),
            **({"doc": field.description} if number and field.description else {}),
        }
        for field, number in numbered
    ]


def masking_json(masking: Masking) -> str | dict[str, Any]:
    """Return a masking as contracts write it: the method, and what is left of a value if it needs that."""
    told = {key: value for key, value in asdict(masking).items() if value not in (None, ())}
    if masking.groups:
        told["groups"] = {name: list(texts) for name, texts in masking.groups}
    return told if len(told) > 1 else masking.method.value


def is_masking_json(value: object) -> bool:
    """Whether a value tells of a masking as jobs read it."""
    if isinstance(value, str):
        return value in _ALONE
    method = value.get("method") if isinstance(value, dict) else None
    return isinstance(value, dict) and method in set(Method) - _ALONE and value.keys() <= _MASKING_KEYS


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
            masked = "masking" not in rest or is_masking_json(rest["masking"])
            return masked and isinstance(rest.get("physical-name", ""), str) and is_type_json(kind)
    return False


def _is_decimal(text: str) -> bool:
    """Whether a text is a decimal of 1 to 38 digits: https://iceberg.apache.org/spec/#primitive-types."""
    match = _DECIMAL.fullmatch(text)
    return match is not None and int(match[2]) <= int(match[1]) and 1 <= int(match[1]) <= _DIGITS_MAX


def _id(key: str, ids: Iterator[int] | None) -> dict[str, int]:
    return {} if ids is None else {key: next(ids)}
