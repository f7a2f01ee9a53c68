"""Types of the model in the JSON of the Iceberg specification: https://iceberg.apache.org/spec/#schemas."""

from collections.abc import Iterable, Iterator
from typing import Any

from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type


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
    """Return the members of a struct, with their comments if they have ids."""
    numbered = [(field, _id("id", ids)) for field in fields]
    return [
        {
            **number,
            "name": field.name,
            "required": field.required,
            "type": type_json(field.type, ids),
            **({"doc": field.description} if number and field.description else {}),
        }
        for field, number in numbered
    ]


def _id(key: str, ids: Iterator[int] | None) -> dict[str, int]:
    return {} if ids is None else {key: next(ids)}
