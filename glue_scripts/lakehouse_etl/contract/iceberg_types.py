"""Iceberg types in JSON, as the manifest writes them, turned into Spark types.

https://iceberg.apache.org/spec/#appendix-c-json-serialization
"""

import re
from typing import Any

from pyspark.sql import types as t

_SCALARS: dict[str, t.DataType] = {
    "boolean": t.BooleanType(),
    "int": t.IntegerType(),
    "long": t.LongType(),
    "float": t.FloatType(),
    "double": t.DoubleType(),
    "date": t.DateType(),
    "timestamp": t.TimestampNTZType(),
    "timestamptz": t.TimestampType(),
    "string": t.StringType(),
    "binary": t.BinaryType(),
}

_DECIMAL = re.compile(r"decimal\((\d{1,2}), ?(\d{1,2})\)")

_MAX_PRECISION = 38
"""https://iceberg.apache.org/spec/#primitive-types"""

INSTANTS = (t.DateType, t.TimestampType, t.TimestampNTZType)
"""Types that a text in ISO 8601 can bound."""

NESTED = (t.StructType, t.ArrayType, t.MapType)
"""Types that hold other types."""


def spark_type(value: Any) -> t.DataType:
    """Return the Spark type of an Iceberg type.

    Raises:
        ValueError: it is none that a job can read; the message shows it.
    """
    match value:
        case str() if value in _SCALARS:
            return _SCALARS[value]
        case str() if decimal := _DECIMAL.fullmatch(value):
            return _decimal(int(decimal[1]), int(decimal[2]))
        case {"type": "list", "element": element}:
            return t.ArrayType(spark_type(element), not value.get("element-required", False))
        case {"type": "map", "key": key, "value": item}:
            return t.MapType(spark_type(key), spark_type(item), not value.get("value-required", False))
        case {"type": "struct", "fields": [*members]}:
            return t.StructType([_member(member) for member in members])
    raise ValueError(f"{value!r} is no Iceberg type that a job can read")


def _decimal(precision: int, scale: int) -> t.DecimalType:
    if not 1 <= precision <= _MAX_PRECISION or scale > precision:
        raise ValueError(
            f"decimal({precision}, {scale}) has no place in Iceberg: at most {_MAX_PRECISION} digits"
        )
    return t.DecimalType(precision, scale)


def _member(member: Any) -> t.StructField:
    match member:
        case {"name": str(name), "type": kind, "required": bool(required)}:
            return t.StructField(name, spark_type(kind), not required)
    raise ValueError(f"{member!r} is no struct field: it needs name, type and required")


def type_name(kind: t.DataType) -> str:
    """Name a type for people: Iceberg's word where there is one."""
    for name, scalar in _SCALARS.items():
        if kind == scalar:
            return name
    return str(kind.simpleString()).replace(",", ", ")
