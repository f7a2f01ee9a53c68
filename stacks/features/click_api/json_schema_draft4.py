"""The JSON Schema of a dataset's records in draft 4, the dialect that API Gateway validates requests by.

https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
"""

import re
from typing import Any

from lakehouse.model.dataset import Dataset
from lakehouse.targets.json_schema import json_schema

DIALECT = "http://json-schema.org/draft-04/schema#"

_FOR_READERS = ("title", "description", "examples", "contentEncoding")

_STRICTER = ("format",)
"""In draft 2020-12 it informs; validators of draft 4 enforce it, and refuse instants that the job reads."""

_INEXACT = ("multipleOf",)
"""Many validators divide binary fractions, and would refuse 19.99 as no multiple of 0.01."""

_BOUNDS = {"exclusiveMinimum": ("minimum", max), "exclusiveMaximum": ("maximum", min)}

_NOT_ECMASCRIPT = re.compile(r"\(\?(?![:=!])|\\[AZzGQEpPN]|[*+?}]\+|\[\[:")
"""Parts of a pattern that contracts may use and ECMA 262, whose syntax draft 4 asks for, lacks."""


def draft4_schema(dataset: Dataset) -> dict[str, Any]:
    """Return the schema of one record, in draft 4.

    It judges records as `json_schema` does, but for three things: an integer written as `5.0` is none in
    draft 4; a pattern that its validators cannot read is left to the job, and so are the digits of decimals.
    """
    return {"$schema": DIALECT, **_converted(json_schema(dataset))}


def _converted(schema: dict[str, Any]) -> dict[str, Any]:
    kept = {
        key: value
        for key, value in schema.items()
        if key not in (*_FOR_READERS, *_STRICTER, *_INEXACT, "$schema")
    }
    for key, value in kept.items():
        if key == "properties":
            kept[key] = {name: _converted(member) for name, member in value.items()}
        elif key == "anyOf":
            kept[key] = [_converted(choice) for choice in value]
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            kept[key] = _converted(value)
        elif key == "enum":
            kept[key] = list(dict.fromkeys(value))
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    if _NOT_ECMASCRIPT.search(kept.get("pattern", "")):
        del kept["pattern"]
    return _with_bounds(kept)


def _with_bounds(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn exclusive bounds from numbers into the flags that draft 4 has beside inclusive ones."""
    for flag, (inclusive, narrower) in _BOUNDS.items():
        if flag in schema:
            bound = schema.pop(flag)
            schema[inclusive] = narrower(schema.get(inclusive, bound), bound)
            schema |= {flag: True} if schema[inclusive] == bound else {}
    return schema
