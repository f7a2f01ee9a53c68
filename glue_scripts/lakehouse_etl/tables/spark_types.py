"""Types and columns of the contract as Spark has them."""

from collections.abc import Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as t

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.types import Decimal, List, Map, Member, Name, Primitive, Struct, Type

_PRIMITIVES: dict[Name, t.DataType] = {
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
_NAMES: dict[t.DataType, Name] = {kind: name for name, kind in _PRIMITIVES.items()}


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
    return t.StructType(list(map(_field, members)))


def _field(member: Member) -> t.StructField:
    return t.StructField(member.name, spark_type(member.type), not member.required)


def contract_type(kind: t.DataType) -> Type | str:
    """Return a type in words of the contract; a text where no contract has such a type."""
    try:
        return _contract_type(kind)
    except KeyError:
        return type_name(kind)


def _contract_type(kind: t.DataType) -> Type:
    match kind:
        case t.DecimalType():
            return Decimal(kind.precision, kind.scale)
        case t.ArrayType():
            return List(_contract_type(kind.elementType), not kind.containsNull)
        case t.MapType():
            value = _contract_type(kind.valueType)
            return Map(_contract_type(kind.keyType), value, not kind.valueContainsNull)
        case t.StructType():
            return Struct(
                tuple(Member(each.name, _contract_type(each.dataType), not each.nullable) for each in kind)
            )
    return Primitive(_NAMES[kind])


def fitted(column: Column, kind: t.DataType, wanted: t.DataType) -> Column:
    """Return the values of a column in a type that has a place for them, null for members that they lack."""
    if type_name(kind) == type_name(wanted):
        return column
    match kind, wanted:
        case t.ArrayType(), t.ArrayType():
            return F.transform(column, lambda each: fitted(each, kind.elementType, wanted.elementType))
        case t.MapType(), t.MapType():
            return F.transform_values(
                column, lambda _, value: fitted(value, kind.valueType, wanted.valueType)
            )
        case t.StructType(), t.StructType():
            members = [_member(column, kind, member).alias(member.name) for member in wanted]
            return F.when(column.isNotNull(), F.struct(*members))
    return column.cast(wanted)


def _member(column: Column, kind: t.StructType, wanted: t.StructField) -> Column:
    if wanted.name not in kind.names:
        return F.lit(None).cast(wanted.dataType)
    return fitted(column.getField(wanted.name), kind[wanted.name].dataType, wanted.dataType)


def type_name(kind: t.DataType) -> str:
    """Name a type for people: Iceberg's word where there is one."""
    for name, primitive in _PRIMITIVES.items():
        if kind == primitive:
            return name
    return str(kind.simpleString()).replace(",", ", ")


def columns(fields: Iterable[Field]) -> t.StructType:
    """Columns of a contract as its table stores them."""
    return struct(field.stored for field in fields)


def silver_columns(dataset: Dataset) -> t.StructType:
    """Columns of a silver table."""
    return struct(dataset.columns)
