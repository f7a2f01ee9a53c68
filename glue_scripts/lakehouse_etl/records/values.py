"""Values of a source into values of the contract, exactly: what is not wholly of the type becomes null.

A source is a text, as in JSON and CSV, or a typed column of a Parquet file. Spark's casts alone are too
kind: they round decimals, take `1d` for a number, `t` for true and a date for a timestamp.
"""

from collections.abc import Callable
from secrets import token_hex

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as t

from lakehouse_etl.records.typed_values import of_typed
from lakehouse_etl.tables.spark_types import INSTANTS, NESTED

_WHOLE = r"^[-+]?\d+\z"
_NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\z"
_DATE = r"^\d{4}-\d{2}-\d{2}\z"
_CLOCK = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?"
_ZONE = r"(Z|[+-]\d{2}:?\d{2})\z"

_PATTERNS: dict[type[t.DataType], str] = {
    t.IntegerType: _WHOLE,
    t.LongType: _WHOLE,
    t.DateType: _DATE,
    t.TimestampType: _CLOCK + _ZONE,
    t.TimestampNTZType: _CLOCK + r"\z",
    t.FloatType: _NUMBER,
    t.DoubleType: _NUMBER,
}

JSON_OPTIONS = {"allowSingleQuotes": "false", "allowNonNumericNumbers": "false"}

_END, _WRAPPED = token_hex(8), 2
"""A name that no text can bring along, as nobody knows it; and the number of members."""

_BASE64 = 4
"""Characters that a text in base64 has a multiple of."""

_CALENDAR = ("0001-01-01", "9999-12-31 23:59:59.999999")

_INFINITIES = ('"Infinity"', '"-Infinity"')
"""What Spark's JSON reader makes of a number beyond double; a text of these letters has no quotes."""


def value_of(source: Column, have: t.DataType, kind: t.DataType) -> Column:
    """Return the value of a source of type `have`, null where it is null or not exactly of type `kind`.

    Fractions of a second beyond microseconds, which Iceberg cannot hold, are cut off. Of a nested value
    only members may be null that are not exact; `is_inexact` tells.
    """
    match have, kind:
        case t.StructType(), t.StructType():
            return F.when(source.isNotNull(), F.struct(*(_member(source, have, each) for each in kind)))
        case t.ArrayType(), t.ArrayType():
            return F.transform(source, lambda item: value_of(item, have.elementType, kind.elementType))
        case t.MapType(), t.MapType() if have.keyType == kind.keyType:
            return F.transform_values(source, lambda _, item: value_of(item, have.valueType, kind.valueType))
        case t.StringType(), _:
            return _of_text(source, kind)
    return of_typed(source, have, kind)


def beyond_calendar(value: Column, kind: t.DataType) -> Column:
    """Return whether a date or instant is of a year that SQL and most readers do not have."""
    first, last = (F.lit(end).cast(kind) for end in _CALENDAR)
    return ~value.between(first, last)


def is_inexact(source: Column, have: t.DataType, kind: t.DataType) -> Column:
    """Return whether a source, or anything inside it, is there but not exactly of the type."""
    match have, kind:
        case t.StructType(), t.StructType():
            inside = F.lit(False)
            for member in kind:
                if member.name in have.names:
                    inside = inside | is_inexact(
                        source[member.name], have[member.name].dataType, member.dataType
                    )
            return source.isNotNull() & inside
        case t.ArrayType(), t.ArrayType():
            return _any(source, lambda item: is_inexact(item, have.elementType, kind.elementType))
        case t.MapType(), t.MapType() if have.keyType == kind.keyType:
            values = F.map_values(source)
            return _any(values, lambda item: is_inexact(item, have.valueType, kind.valueType))
    value = value_of(source, have, kind)
    lost = source.isNotNull() & value.isNull()
    return lost | beyond_calendar(value, kind) if isinstance(kind, INSTANTS) else lost


def overflows(source: Column, have: t.DataType, kind: t.DataType) -> Column:
    """Return whether a source that is no value of the type is a number too great for it."""
    is_text = isinstance(have, t.StringType)
    if not is_text and not isinstance(have, t.NumericType):
        return F.lit(False)
    size = F.abs(source.cast("double"))
    number = source.rlike(_NUMBER) if is_text else ~F.isnan(size)
    match kind:
        case t.DecimalType():
            return number & (size >= 10.0 ** (kind.precision - kind.scale))
        case t.IntegerType() | t.LongType():
            whole = source.rlike(_WHOLE) if is_text else number
            return whole & (size >= (2.0**31 if isinstance(kind, t.IntegerType) else 2.0**63))
        case t.FloatType() | t.DoubleType():
            infinite = number & (F.abs(source.cast(kind)) == float("inf"))
            return infinite | source.isin(*_INFINITIES) if is_text else infinite
    return F.lit(False)


def texts_of(kind: t.DataType) -> t.DataType:
    """Return a nested type with texts in place of all scalars."""
    match kind:
        case t.StructType():
            return t.StructType([t.StructField(each.name, texts_of(each.dataType)) for each in kind])
        case t.ArrayType():
            return t.ArrayType(texts_of(kind.elementType))
        case t.MapType():
            return t.MapType(t.StringType(), texts_of(kind.valueType))
    return t.StringType()


def wrapped(text: Column, kind: t.DataType) -> Column:
    """Parse a JSON text for `unwrapped`, which takes it from a column: parsing is not done twice.

    Spark's reader ignores what follows a value. So an object of two members is put around it: whatever
    follows makes that an object of more, one without its end, or no JSON.
    """
    whole = F.concat(F.lit('{"value":'), text, F.lit(f',"{_END}":null}}'))
    return F.from_json(whole, t.MapType(t.StringType(), kind), JSON_OPTIONS)


def unwrapped(found: Column) -> Column:
    """Return what a JSON text holds, null unless it is one value of its shape and nothing else."""
    return F.when((F.size(found) == _WRAPPED) & F.map_contains_key(found, _END), found["value"])


def _of_text(text: Column, kind: t.DataType) -> Column:
    match kind:
        case t.StringType():
            return text
        case t.BooleanType():
            return F.when(F.lower(text).isin("true", "false"), F.lower(text) == "true")
        case t.BinaryType():
            padded = text.rlike(r"^[A-Za-z0-9+/]*={0,2}\z") & (F.length(text) % _BASE64 == 0)
            return F.when(padded, F.try_to_binary(text, F.lit("base64")))
        case t.DecimalType():
            return _decimal(text, kind)
        case _ if isinstance(kind, NESTED):
            return F.lit(None).cast(kind)
    cast = text.cast(kind)
    if isinstance(kind, t.FloatType | t.DoubleType):
        cast = F.when(F.abs(cast) < float("inf"), cast)
    return F.when(text.rlike(_PATTERNS[type(kind)]), cast)


def _decimal(text: Column, kind: t.DecimalType) -> Column:
    """Cast without rounding; JSON numbers of seven digits and more come with an exponent."""
    cast = text.cast(kind)
    plain = text.rlike(rf"^[-+]?\d*(\.\d{{0,{kind.scale}}}0*)?\z")
    # Of up to 15 digits no two numbers are the same double.
    short = text.rlike(r"^[-+]?(\d{1,15}|(?=[\d.]{3,16}[eE])\d+\.\d+)[eE][-+]?\d+\z")
    zero = (cast != 0) | ~text.rlike(r"^[-+0.]*[1-9]")
    same = short & (cast.cast("double") == text.cast("double")) & zero
    return F.when(plain | same, cast)


def _member(source: Column, have: t.StructType, member: t.StructField) -> Column:
    if member.name not in have.names:
        return F.lit(None).cast(member.dataType).alias(member.name)
    value = value_of(source[member.name], have[member.name].dataType, member.dataType)
    return value.alias(member.name)


def _any(items: Column, holds: Callable[[Column], Column]) -> Column:
    return F.coalesce(F.exists(items, lambda item: F.coalesce(holds(item), F.lit(False))), F.lit(False))


def lacks_required(value: Column, kind: t.DataType) -> Column | None:
    """Return whether a required member is null somewhere inside a value; None if the type requires none."""
    conditions: list[Column] = []
    match kind:
        case t.StructType():
            conditions = [found for member in kind if (found := _member_lacks(value, member)) is not None]
        case t.ArrayType():
            conditions = _lacking(value, kind.elementType, kind.containsNull)
        case t.MapType():
            conditions = _lacking(F.map_values(value), kind.valueType, kind.valueContainsNull)
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


def _lacking(values: Column, kind: t.DataType, nullable: bool) -> list[Column]:
    found = []
    if not nullable:
        found.append(F.exists(values, lambda item: item.isNull()))
    if lacks_required(F.lit(None).cast(kind), kind) is not None:
        found.append(F.exists(values, lambda item: lacks_required(item, kind)))
    return found
