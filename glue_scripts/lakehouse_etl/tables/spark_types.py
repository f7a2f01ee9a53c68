"""Types and columns of the contract as Spark has them."""

from collections.abc import Iterable

from pyspark.sql import types as t

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.types import Decimal, List, Map, Member, Primitive, Struct, Type

_PRIMITIVES: dict[str, t.DataType] = {
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


def spark_type(kind: Type) -> t.DataType:
    """Return the Spark type of a type of the contract."""
    match kind:
        case Primitive():
            return _PRIMITIVES[kind.name]
        case Decimal():
            return t.DecimalType(kind.precision, kind.scale)
        case List():
            return t.ArrayType(spark_type(kind.element), not kind.element_required)
        case Map():
            return t.MapType(spark_type(kind.key), spark_type(kind.value), not kind.value_required)
        case Struct():
            return struct(kind.members)


def struct(members: Iterable[Member]) -> t.StructType:
    """Return members as a type of Spark's."""
    return t.StructType(list(map(_column, members)))


def _column(member: Member) -> t.StructField:
    return t.StructField(member.name, spark_type(member.type), not member.required)


def type_name(kind: t.DataType) -> str:
    """Name a type for people: Iceberg's word where there is one."""
    for name, primitive in _PRIMITIVES.items():
        if kind == primitive:
            return name
    return str(kind.simpleString()).replace(",", ", ")


def columns(fields: Iterable[Field]) -> t.StructType:
    """Columns of a contract as its table stores them."""
    return t.StructType(
        [t.StructField(field.name, spark_type(field.type), not field.stored_required) for field in fields]
    )


def silver_columns(dataset: Dataset) -> t.StructType:
    """Columns of a silver table."""
    return struct(dataset.columns)
