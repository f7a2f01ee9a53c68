"""JSON Schema of a dataset's records as they arrive, unmasked, for those who produce them.

What it accepts the job accepts, but for what no schema can say: bounds on dates and timestamps, those on
decimals in texts, instants that a zone pushes off the calendar, and texts in which a pattern is looked for by
another engine than the job's. The job is the kinder one: it also takes names in another case, numbers and
nested values in texts, and any value but a fraction for a text. `multipleOf` is meant exactly; a validator
that divides binary fractions errs, and decimals in texts are for its users.
"""

import json
import sys
from typing import Any

from lakehouse.layout.streams import ROUTING_MEMBER
from lakehouse.model.dataset import Dataset, UnknownFields
from lakehouse.model.fields import Array, Checks, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.model.source_formats import SourceFormat

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_END = r"(?![\s\S])"
"""The end of a text, in every engine: to some `$` is also before a line break."""

_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29"
_DAY = (
    f"(?:{_LEAP}|(?!0000)[0-9]{{4}}-"
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8])))"
)
_CLOCK = "[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
_ZONE = "(?:[Zz]|[+-](?:0[0-9]|1[0-7])(?::?[0-5][0-9])?|[+-]18(?::?00)?)"

_FLOAT_END = 3.4028235677973366e38
"""The least number that 32 bits no longer hold: half-way from the greatest to what would come next."""

_DOUBLE_MAX = sys.float_info.max

_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"


def _text(pattern: str, **others: Any) -> dict[str, Any]:
    """Return the schema of texts that match a pattern as a whole."""
    return {"type": "string", **others, "pattern": f"^{pattern}{_END}"}


_SCALARS: dict[Scalar, dict[str, Any]] = {
    Scalar.BOOLEAN: {"type": "boolean"},
    Scalar.INT: {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    Scalar.LONG: {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    Scalar.FLOAT: {"type": "number", "exclusiveMinimum": -_FLOAT_END, "exclusiveMaximum": _FLOAT_END},
    Scalar.DOUBLE: {"type": "number", "minimum": -_DOUBLE_MAX, "maximum": _DOUBLE_MAX},
    Scalar.DATE: _text(_DAY, format="date"),
    Scalar.TIMESTAMP: _text(_DAY + _CLOCK),
    Scalar.TIMESTAMPTZ: _text(_DAY + _CLOCK + _ZONE, format="date-time"),
    Scalar.STRING: {"type": "string"},
    Scalar.BINARY: _text(_BASE64, contentEncoding="base64"),
}

_EPOCHS = {
    "epoch_second": {"type": "number", "minimum": -62135596800, "exclusiveMaximum": 253402300800},
    "epoch_millis": {"type": "number", "minimum": -62135596800000, "exclusiveMaximum": 253402300800000},
}
"""Numbers since 1970 in the years 1 to 9999."""

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
        **_object(dataset.fields, closed=closed),
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


def _object(fields: tuple[Field, ...], *, closed: bool) -> dict[str, Any]:
    required = [field.source_name for field in fields if field.required]
    return {
        "type": "object",
        "properties": {field.source_name: _property(field, closed=closed) for field in fields},
        **({"required": required} if required else {}),
        **({"additionalProperties": False} if closed else {}),
    }


def _property(field: Field, *, closed: bool) -> dict[str, Any]:
    if field.source_format is None:
        schema = _value(field.type, field.checks, field.required, closed=closed)
    else:
        written = _written(field.source_format)
        schema = written if field.required else _nullable(written)
    examples = [_example(text, field.type) for text in field.examples]
    masked = f"The lake masks it before it is stored: {field.masking}." if field.masking else ""
    description = " ".join(filter(None, (field.description, masked)))
    return {
        **({"description": description} if description else {}),
        **schema,
        **({"examples": examples} if examples else {}),
    }


def _written(source_format: str) -> dict[str, Any]:
    """Return the schema of dates or timestamps that a source writes in its own way."""
    return dict(_EPOCHS.get(source_format) or _text(f"(?:{SourceFormat(source_format).pattern})"))


def _value(kind: Type, checks: Checks, required: bool, *, closed: bool) -> dict[str, Any]:
    schema = _type(kind, closed=closed) | _lengths(checks, kind)
    for name, (keyword, narrower) in _BOUNDS.items():
        bound = getattr(checks, name)
        if isinstance(bound, int | float):
            schema[keyword] = narrower(schema.get(keyword, bound), bound)
    if checks.allowed is not None:
        schema["enum"] = [*checks.allowed]
    if checks.pattern is not None:
        schema["pattern"] = checks.pattern
    if isinstance(kind, Decimal):
        signed = checks.minimum is None or float(checks.minimum) < 0
        schema = {"anyOf": [schema, _digits(kind, signed=signed)]}
    return schema if required else _nullable(schema)


def _type(kind: Type, *, closed: bool) -> dict[str, Any]:
    match kind:
        case Scalar():
            return dict(_SCALARS[kind])
        case Decimal(precision, scale):
            limit = 10 ** (precision - scale)
            step = float(f"1e-{scale}") if scale else 1
            bounds = {"exclusiveMinimum": -limit, "exclusiveMaximum": limit}
            return {"type": "number", **bounds, "multipleOf": step}
        case Array(element):
            return {"type": "array", "items": _element(element, closed=closed)}
        case Map(_, value):
            return {"type": "object", "additionalProperties": _element(value, closed=closed)}
        case Struct(fields):
            return _object(fields, closed=closed)


def _element(kind: Type, *, closed: bool) -> dict[str, Any]:
    """Return the schema of what an array or map holds: null is allowed there."""
    return _value(kind, Checks(), required=False, closed=closed)


def _digits(kind: Decimal, *, signed: bool) -> dict[str, Any]:
    """Return the schema of a decimal as text, which keeps more digits than numbers in JSON do.

    Zeros in front and behind count for nothing.
    """
    sign = "[-+]?" if signed else "[+]?"
    whole = f"0*[0-9]{{0,{kind.precision - kind.scale}}}"
    fraction = f"(?:[.][0-9]{{0,{kind.scale}}}0*)?"
    return _text(f"(?={sign}[.]?[0-9]){sign}{whole}{fraction}")


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
