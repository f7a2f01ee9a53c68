"""Numbers of a Parquet file into number types of the contract, without rounding.

A column whose values all fit is cast at once. Only of others is each value looked at.
"""

import math
from collections.abc import Callable
from decimal import Context, Decimal

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract import types
from lakehouse_etl.judge.fields.faults import NoValueError
from lakehouse_etl.judge.fields.scalars import text_reader
from lakehouse_etl.judge.parquet.typed import Typed, all_lost, each_read

Number = int | float | Decimal

_DIGITS = 15
"""Digits of which no two decimals are the same double."""

_EXACT = {"double": 2**53, "float": 2**24}
"""Up to here a floating type holds every whole number."""

_BITS: dict[str, int] = {"int": 31, "long": 63}

_WIDE = Context(prec=100)
"""Holds every decimal of a file."""

_FACTORS = 18
"""Scale up to which a power of ten is exact, and a product of decimals has a type."""


def is_number(kind: pa.DataType) -> bool:
    """Whether a type is one of numbers."""
    return any(is_one(kind) for is_one in (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal))


def of_numbers(array: pa.Array, kind: types.Primitive | types.Decimal, target: pa.DataType) -> Typed:
    """Return numbers of the contract's type."""
    if not is_number(array.type):
        return all_lost(array, target)
    limit = _EXACT["float" if array.type == pa.float32() else "double"]
    if array.type == pa.float32() and isinstance(kind, types.Decimal):
        # A float stands for the shortest text that tells it from all others, as a double does.
        array = array.cast(pa.string()).cast(pa.float64())
    try:
        at_once = _at_once(array, target, limit)
    except pa.ArrowInvalid:
        at_once = None
    return each_read(array, _reader(kind, limit), target) if at_once is None else Typed(at_once)


def _at_once(array: pa.Array, target: pa.DataType, limit: int) -> pa.Array | None:
    """Return all values by one cast; None, or ArrowInvalid, if it is not certain to change none of them."""
    have = array.type
    if pa.types.is_floating(have):
        return _of_floating(array, target, limit)
    if pa.types.is_integer(have) and pa.types.is_decimal(target):
        return array.cast(pa.decimal128(20, 0)).cast(target)
    if pa.types.is_decimal(have) and pa.types.is_floating(target):
        exact = target == pa.float64() and have.precision <= _DIGITS
        # Other than a cast, the reader of texts rounds as it should.
        return array.cast(pa.string()).cast(target) if exact else None
    return array.cast(target)


def _of_floating(array: pa.Array, target: pa.DataType, limit: int) -> pa.Array | None:
    if not _all(pc.is_finite(array)):
        return None
    if pa.types.is_decimal(target):
        return _decimals(array, target)
    if pa.types.is_integer(target):
        return array.cast(target) if _all(pc.less_equal(pc.abs(array), float(limit))) else None
    cast = array.cast(target)
    return cast if _all(pc.equal(cast.cast(array.type), array)) else None


def _decimals(array: pa.Array, target: pa.DataType) -> pa.Array | None:
    """Return doubles as decimals: a quotient of numbers that a double holds is rounded as a text is."""
    if target.scale > _FACTORS:
        return None
    factor = 10.0**target.scale
    scaled = pc.round(pc.multiply(array, factor))
    limit = 10.0 ** min(_DIGITS, target.precision)
    if not (_all(pc.less(pc.abs(scaled), limit)) and _all(pc.equal(pc.divide(scaled, factor), array))):
        return None
    unit = pa.scalar(Decimal(1).scaleb(-target.scale), pa.decimal128(max(target.scale, 1), target.scale))
    return pc.multiply(scaled.cast(pa.int64()).cast(pa.decimal128(19, 0)), unit).cast(target)


def _all(mask: pa.BooleanArray) -> bool:
    return pc.all(mask).as_py() is not False


def _reader(kind: types.Primitive | types.Decimal, limit: int) -> Callable[[Number], Number]:
    read = text_reader(kind)
    if isinstance(kind, types.Decimal):
        return lambda value: read(_text(value))
    if kind.name in _BITS:
        return lambda value: read(str(_whole(value, 2 ** _BITS[kind.name], limit)))
    return lambda value: _binary(value, _EXACT[kind.name], read)


def _text(value: Number) -> str:
    """Return the decimal that a number stands for."""
    if not isinstance(value, float):
        return str(value)
    number = Decimal(repr(_finite(value)))
    if len(_WIDE.normalize(number).as_tuple().digits) > _DIGITS:
        raise NoValueError
    return str(number)


def _whole(value: Number, beyond: int, limit: int) -> int:
    """Return a number without a fraction; no floating type holds whole numbers one by one for ever."""
    if value > beyond or value < -beyond:
        raise NoValueError("overflow")
    if (isinstance(value, float) and not abs(value) <= limit) or value != int(value):
        raise NoValueError
    return int(value)


def _binary(value: Number, limit: int, read: Callable[[str], float]) -> float:
    """Return a floating number, unless another one is meant as much."""
    if isinstance(value, int) and abs(value) > limit:
        raise NoValueError
    nearest = read(str(value if isinstance(value, int | Decimal) else _finite(value)))
    if isinstance(value, Decimal):
        same = value == Decimal(repr(nearest) if limit == _EXACT["double"] else _shortest(nearest))
    else:
        same = value == nearest
    if not same:
        raise NoValueError
    return nearest


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise NoValueError("overflow" if math.isinf(value) else "wrong_type")
    return value


def _shortest(single: float) -> str:
    """Return the shortest text of a number of 32 bits that tells it from all others."""
    read = text_reader(types.Primitive("float"))
    texts = (f"{single:.{digits}g}" for digits in range(1, 10))
    return next(text for text in texts if read(text) == single)
