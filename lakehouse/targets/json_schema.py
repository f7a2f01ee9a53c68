"""JSON Schema of a dataset's records as they arrive, unmasked, for those who produce them.

The job checks more than a schema can say: that days exist, bounds on dates, timestamps and decimals in
texts, and that a decimal has no more digits than its type.
"""

import json
from typing import Any

from lakehouse.layout.streams import ROUTING_MEMBER
from lakehouse.model.dataset import Dataset, UnknownFields
from lakehouse.model.fields import Array, Checks, Decimal, Field, Map, Scalar, Struct, Type

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_CLOCK = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?"

_SCALARS: dict[Scalar, dict[str, Any]] = {
    Scalar.BOOLEAN: {"type": "boolean"},
    Scalar.INT: {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    Scalar.LONG: {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    Scalar.FLOAT: {"type": "number", "minimum": -3.4e38, "maximum": 3.4e38},
    Scalar.DOUBLE: {"type": "number"},
    Scalar.DATE: {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    Scalar.TIMESTAMP: {"type": "string", "pattern": f"{_CLOCK}$"},
    Scalar.TIMESTAMPTZ: {
        "type": "string",
        "format": "date-time",
        "pattern": f"{_CLOCK}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$",
    },
    Scalar.STRING: {"type": "string"},
    Scalar.BINARY: {"type": "string", "contentEncoding": "base64", "pattern": "^[A-Za-z0-9+/]*={0,2}$"},
}

_BOUNDS = {
    "minimum": ("minimum", max),
    "exclusive_minimum": ("exclusiveMinimum", max),
    "maximum": ("maximum", min),
    "exclusive_maximum": ("exclusiveMaximum", min),
}
"""Keyword of each bound, and which of two bounds is the narrower one."""

_TEXTS = (Scalar.STRING, Scalar.BINARY, Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ)


def json_schema(dataset: Dataset) -> dict[str, Any]:
    """Return the schema of one record, in draft 2020-12."""
    closed = dataset.ingestion is not None and dataset.ingestion.unknown_fields is UnknownFields.REJECT
    schema = {
        "$schema": DIALECT,
        "title": dataset.id,
        "description": dataset.description,
        **_object(dataset.fields),
        **({"additionalProperties": False} if closed else {}),
    }
    return _routed(schema, dataset) if dataset.ingestion and dataset.ingestion.stream else schema


def _routed(schema: dict[str, Any], dataset: Dataset) -> dict[str, Any]:
    """Demand the member by which a shared stream tells whose record it is."""
    member = schema["properties"].get(ROUTING_MEMBER, {"description": "Where the shared stream delivers it."})
    return {
        **schema,
        "properties": {**schema["properties"], ROUTING_MEMBER: {**member, "const": dataset.id}},
        "required": sorted({*schema.get("required", []), ROUTING_MEMBER}),
    }


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    required = [field.name for field in fields if field.required]
    return {
        "type": "object",
        "properties": {field.name: _property(field) for field in fields},
        **({"required": required} if required else {}),
    }


def _property(field: Field) -> dict[str, Any]:
    schema = _value(field.type, field.checks, field.required)
    examples = [_example(text, field.type) for text in field.examples]
    return {
        **({"description": field.description} if field.description else {}),
        **schema,
        **({"examples": examples} if examples else {}),
    }


def _value(kind: Type, checks: Checks, required: bool) -> dict[str, Any]:
    schema = _type(kind) | _lengths(checks, kind)
    for name, (keyword, narrower) in _BOUNDS.items():
        bound = getattr(checks, name)
        if isinstance(bound, int | float):
            schema[keyword] = narrower(schema.get(keyword, bound), bound)
    if checks.allowed is not None:
        schema["enum"] = [*checks.allowed]
    if checks.pattern is not None:
        schema["pattern"] = checks.pattern
    if isinstance(kind, Decimal):
        schema = {"anyOf": [schema, _digits(kind)]}
    return schema if required else _nullable(schema)


def _type(kind: Type) -> dict[str, Any]:
    match kind:
        case Scalar():
            return dict(_SCALARS[kind])
        case Decimal(precision, scale):
            limit = 10 ** (precision - scale)
            return {"type": "number", "exclusiveMinimum": -limit, "exclusiveMaximum": limit}
        case Array(element):
            return {"type": "array", "items": _element(element)}
        case Map(_, value):
            return {"type": "object", "additionalProperties": _element(value)}
        case Struct(fields):
            return _object(fields)


def _element(kind: Type) -> dict[str, Any]:
    """Return the schema of what an array or map holds: null is allowed there."""
    return _value(kind, Checks(), required=False)


def _digits(kind: Decimal) -> dict[str, Any]:
    """Return the schema of a decimal as text, which keeps more digits than numbers in JSON do."""
    whole = f"0*[0-9]{{1,{kind.precision - kind.scale}}}" if kind.precision > kind.scale else "0+"
    fraction = f"([.][0-9]{{1,{kind.scale}}})?" if kind.scale else ""
    return {"type": "string", "pattern": f"^[-+]?{whole}{fraction}$"}


def _lengths(checks: Checks, kind: Type) -> dict[str, int]:
    unit = "Items" if isinstance(kind, Array) else "Length"
    lengths = {f"min{unit}": checks.min_length, f"max{unit}": checks.max_length}
    return {keyword: length for keyword, length in lengths.items() if length is not None}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in schema:
        return {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **values}


def _example(text: str, kind: Type) -> Any:
    """Return the value that an example stands for; contracts hold what is no text as JSON."""
    if kind in _TEXTS:
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
