"""The Spark type of a silver or gold table.

https://iceberg.apache.org/docs/latest/spark-getting-started/#type-compatibility
"""

import json
from collections.abc import Iterable
from typing import Any

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.targets.iceberg import columns

_SCALARS = {Scalar.INT: "integer", Scalar.TIMESTAMP: "timestamp_ntz", Scalar.TIMESTAMPTZ: "timestamp"}
"""Scalars that Spark names otherwise."""


def struct_type(dataset: Dataset) -> str:
    """Return the columns as stored, as JSON that `StructType.fromJson` reads once it is decoded."""
    return json.dumps(_struct(columns(dataset)), indent=2, ensure_ascii=False)


def _struct(fields: Iterable[Field]) -> dict[str, Any]:
    return {
        "type": "struct",
        "fields": [
            {
                "name": field.name,
                "type": _type(field.type),
                "nullable": not field.required,
                "metadata": {"comment": field.description} if field.description else {},
            }
            for field in fields
        ],
    }


def _type(kind: Type) -> Any:
    match kind:
        case Scalar():
            return _SCALARS.get(kind, kind.value)
        case Decimal(precision, scale):
            return f"decimal({precision},{scale})"
        case Array(element):
            return {"type": "array", "elementType": _type(element), "containsNull": True}
        case Map(key, value):
            inner = {"keyType": _type(key), "valueType": _type(value)}
            return {"type": "map", **inner, "valueContainsNull": True}
        case Struct(fields):
            return _struct(fields)
