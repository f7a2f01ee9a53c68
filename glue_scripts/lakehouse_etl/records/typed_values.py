"""Typed columns of Parquet files into values of the contract, where nothing is lost on the way."""

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as t

_WHOLE = (t.ByteType, t.ShortType, t.IntegerType, t.LongType)
_FLOATING = (t.FloatType, t.DoubleType)

_EXACT = {t.DoubleType: 2.0**53, t.FloatType: 2.0**24}
"""Up to here a floating type holds every whole number."""

_DOUBLE_DIGITS = 15
"""Digits of which no two decimals are the same double."""


def of_typed(source: Column, have: t.DataType, kind: t.DataType) -> Column:
    """Return the value of a typed source, null where it is null or the type cannot hold exactly that.

    A binary counts as the text that it may be. Instants without a zone are no instants, and the other way
    round; INT96, which has no zone of its own, is read in UTC and serves as both.
    """
    cast = source.cast(kind)
    match have, kind:
        case _ if have == kind:
            cast = _finite(source) if isinstance(kind, _FLOATING) else source
        case (t.BinaryType(), t.StringType()):
            cast = F.when(is_utf8(cast), cast)
        case (t.TimestampNTZType(), t.DateType()):
            cast = _same(source, cast, have)
        case (t.NumericType(), t.NumericType()):
            cast = _number(source, have, kind)
        case _ if not _keeps_all(have, kind):
            cast = F.lit(None).cast(kind)
    return cast


def _keeps_all(have: t.DataType, kind: t.DataType) -> bool:
    """Whether a cast loses nothing, whatever the value."""
    match kind:
        case t.StringType():
            return isinstance(have, (*_WHOLE, t.DecimalType, t.BooleanType, t.DateType))
        case t.TimestampNTZType():
            return isinstance(have, t.TimestampType | t.DateType)
    return False


def is_utf8(text: Column) -> Column:
    """Return whether the bytes of a text are UTF-8."""
    return F.decode(text.cast("binary"), "UTF-8") == text


def all_utf8(source: Column, have: t.DataType) -> Column | None:
    """Return whether all texts in a source are UTF-8, null counting as such; None if it holds no texts."""
    match have:
        case t.StringType():
            return is_utf8(source)
        case t.ArrayType():
            if all_utf8(F.lit(""), have.elementType) is None:
                return None
            return F.forall(source, lambda item: F.coalesce(all_utf8(item, have.elementType), F.lit(True)))
        case t.MapType():
            both = (all_utf8(F.map_keys(source), t.ArrayType(have.keyType)),
                    all_utf8(F.map_values(source), t.ArrayType(have.valueType)))  # fmt: skip
            return _all(both)
        case t.StructType():
            return _all(tuple(all_utf8(source[each.name], each.dataType) for each in have))
    return None


def _all(conditions: tuple[Column | None, ...]) -> Column | None:
    result = None
    for condition in conditions:
        if condition is not None:
            held = F.coalesce(condition, F.lit(True))
            result = held if result is None else result & held
    return result


def _number(source: Column, have: t.DataType, kind: t.DataType) -> Column:
    cast = source.cast(kind)
    match have, kind:
        case (t.FloatType(), t.DoubleType()):
            return _finite(cast)
        case _ if isinstance(have, _FLOATING) and isinstance(kind, _WHOLE):
            return F.when(F.abs(source) <= _EXACT[type(have)], _same(source, cast, have))
        case _ if isinstance(have, _FLOATING) and isinstance(kind, t.DecimalType):
            digits = F.length(F.regexp_replace(source.cast("string"), r"^[-+0.]*|[eE].*$|\.", ""))
            return F.when(digits <= _DOUBLE_DIGITS, _same(source, cast, have))
        case _ if isinstance(kind, _FLOATING) and isinstance(have, _WHOLE):
            return F.when(F.abs(source.cast("decimal(20,0)")) <= int(_EXACT[type(kind)]), cast)
    return _finite(_same(source, cast, have)) if isinstance(kind, _FLOATING) else _same(source, cast, have)


def _same(source: Column, cast: Column, have: t.DataType) -> Column:
    return F.when(cast.cast(have) == source, cast)


def _finite(number: Column) -> Column:
    return F.when(F.abs(number) < float("inf"), number)
