"""Text into typed values, exactly: a text that is not wholly of the type becomes null.

Spark's casts alone are too kind: they round decimals, take `1d` for a number, `t` for true and a date for
a timestamp.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as t

from lakehouse_etl.iceberg_types import NESTED

_PLAIN_NUMBER = r"^[-+.0-9eE]+$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_CLOCK = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?"
_ZONE = r"(Z|[+-]\d{2}:?\d{2})$"

_PATTERNS: dict[type[t.DataType], str] = {
    t.DateType: _DATE,
    t.TimestampType: _CLOCK + _ZONE,
    t.TimestampNTZType: _CLOCK + "$",
    t.FloatType: _PLAIN_NUMBER,
    t.DoubleType: _PLAIN_NUMBER,
}


def value_of(name: str, kind: t.DataType) -> Column:
    """Return the value of a text column, null where its text is null or not exactly of the type.

    Fractions of a second beyond microseconds, which Iceberg cannot hold, are cut off.
    """
    text = F.col(name)
    match kind:
        case t.StringType():
            return text
        case t.BooleanType():
            return F.when(F.lower(text).isin("true", "false"), F.lower(text) == "true")
        case t.BinaryType():
            return F.expr(f"try_to_binary(`{name}`, 'base64')")
        case t.DecimalType():
            return _decimal(name, kind)
        case _ if isinstance(kind, NESTED):
            return _nested(text, kind)
    cast = F.expr(f"try_cast(`{name}` AS {kind.simpleString()})")
    if isinstance(kind, t.FloatType | t.DoubleType):
        cast = F.when(F.abs(cast) < float("inf"), cast)
    pattern = _PATTERNS.get(type(kind))
    return cast if pattern is None else F.when(text.rlike(pattern), cast)


def _decimal(name: str, kind: t.DecimalType) -> Column:
    """Cast without rounding; JSON numbers of seven digits and more come with an exponent."""
    text, cast = F.col(name), F.expr(f"try_cast(`{name}` AS {kind.simpleString()})")
    plain = text.rlike(rf"^[-+]?\d*(\.\d{{0,{kind.scale}}}0*)?$")
    same = text.rlike(r"^[-+]?\d+(\.\d+)?[eE][-+]?\d+$") & (cast.cast("double") == text.cast("double"))
    return F.when(plain | same, cast)


def _nested(text: Column, kind: t.DataType) -> Column:
    schema = t.StructType([t.StructField("value", kind), t.StructField("__corrupt", t.StringType())])
    options = {"columnNameOfCorruptRecord": "__corrupt", "allowSingleQuotes": "false"}
    parsed = F.from_json(F.concat(F.lit('{"value":'), text, F.lit("}")), schema, options)
    return F.when(parsed["__corrupt"].isNull(), parsed["value"])


def lacks_required(value: Column, kind: t.DataType) -> Column | None:
    """Return whether a required member is null somewhere inside a value; None if the type requires none."""
    conditions: list[Column] = []
    match kind:
        case t.StructType():
            conditions = [found for member in kind if (found := _member_lacks(value, member)) is not None]
        case t.ArrayType():
            conditions = _any(value, kind.elementType, kind.containsNull)
        case t.MapType():
            conditions = _any(F.map_values(value), kind.valueType, kind.valueContainsNull)
    if not conditions:
        return None
    result = conditions[0]
    for condition in conditions[1:]:
        result = result | condition
    return F.coalesce(result, F.lit(False))


def _member_lacks(value: Column, member: t.StructField) -> Column | None:
    inner = lacks_required(value[member.name], member.dataType)
    if member.nullable:
        return inner
    null = value.isNotNull() & value[member.name].isNull()
    return null if inner is None else null | inner


def _any(values: Column, kind: t.DataType, nullable: bool) -> list[Column]:
    found = []
    if not nullable:
        found.append(F.exists(values, lambda item: item.isNull()))
    if lacks_required(F.lit(None).cast(kind), kind) is not None:
        found.append(F.exists(values, lambda item: lacks_required(item, kind)))
    return found
