"""Writes the types of the model as the Open Data Contract Standard does."""

from typing import Any

from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.targets.words import type_name

_LOGICAL = {
    Scalar.BOOLEAN: "boolean",
    Scalar.INT: "integer",
    Scalar.LONG: "integer",
    Scalar.FLOAT: "number",
    Scalar.DOUBLE: "number",
    Scalar.DATE: "date",
    Scalar.TIMESTAMP: "timestamp",
    Scalar.TIMESTAMPTZ: "timestamp",
    Scalar.STRING: "string",
    Scalar.BINARY: "string",
}


def type_keys(kind: Type) -> dict[str, Any]:
    """Return the keys of a property that tell its type."""
    match kind:
        case Struct(fields):
            members = [_member(field) for field in fields]
            return {"logicalType": "object", "physicalType": "struct", "properties": members}
        case Array(element):
            return {"logicalType": "array", "physicalType": "list", "items": type_keys(element)}
        case Map(key, value):
            inner = {"key": type_keys(key), "value": type_keys(value)}
            return {"logicalType": "map", "physicalType": "map", "map": inner}
        case Decimal():
            return {"logicalType": "number", "physicalType": type_name(kind)}
    return {"logicalType": _LOGICAL[kind], "physicalType": kind.value}


def _member(field: Field) -> dict[str, Any]:
    called = {} if field.physical_name is None else {"physicalName": field.physical_name}
    return {"name": field.name, **called, **type_keys(field.type)}


def has_map(kind: Type) -> bool:
    """Whether a map, which the standard knows since 3.2, is anywhere in a type."""
    match kind:
        case Map():
            return True
        case Array(element):
            return has_map(element)
        case Struct(fields):
            return any(has_map(field.type) for field in fields)
    return False
