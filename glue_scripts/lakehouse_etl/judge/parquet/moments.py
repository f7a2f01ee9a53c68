"""Dates and instants of a Parquet file into those of the contract.

Fractions of a second beyond microseconds, which Iceberg cannot hold, are cut off.
"""

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract import types
from lakehouse_etl.judge.parquet.typed import Typed, all_lost, kept_where

_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
"""January 1 of the year 1 and December 31 of 9999, which SQL and most readers have."""

_SECONDS = 86_400

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}

_MICROS = 10**6


def of_moments(array: pa.Array, kind: types.Primitive, target: pa.DataType) -> Typed:
    """Return dates or instants of the contract's type; years that SQL does not have are lost."""
    have = array.type
    if pa.types.is_date(have):
        return all_lost(array, target) if kind == types.TIMESTAMPTZ else _of_dates(array, target)
    if not pa.types.is_timestamp(have):
        return all_lost(array, target)
    if kind.name == "date":
        return all_lost(array, target) if have.tz is not None else _dates(array, target)
    if kind == types.TIMESTAMPTZ and have.tz is None:
        return all_lost(array, target)
    micros, within = _micros(array)
    return kept_where(within, micros.cast(target), array)


def within_calendar(array: pa.Array) -> pa.BooleanArray:
    """Return which dates are of a year that SQL has; null counts as such."""
    days = array.cast(pa.int32())
    return pc.fill_null(pc.and_(pc.greater_equal(days, _FIRST_DAY), pc.less_equal(days, _LAST_DAY)), True)


def _of_dates(array: pa.Array, target: pa.DataType) -> Typed:
    within = within_calendar(array)
    if pa.types.is_date(target):
        return kept_where(within, array, array)
    days = pc.if_else(within, array.cast(pa.int32()), 0).cast(pa.int64())
    return kept_where(within, pc.multiply(days, _SECONDS * _MICROS).cast(target), array)


def _dates(array: pa.Array, target: pa.DataType) -> Typed:
    """Return the dates of instants that are midnight."""
    micros, within = _micros(array)
    instants = micros.cast(pa.timestamp("us"))
    days = instants.cast(pa.date32())
    midnight = pc.fill_null(pc.equal(days.cast(pa.timestamp("us")), instants), True)
    return kept_where(pc.and_(within, midnight), days.cast(target), array)


def _micros(array: pa.Array) -> tuple[pa.Array, pa.BooleanArray]:
    """Return instants in microseconds, and which of them are of a year that SQL has."""
    units = _PER_SECOND[array.type.unit]
    given = array.cast(pa.int64())
    first, last = _FIRST_DAY * _SECONDS * units, (_LAST_DAY + 1) * _SECONDS * units - 1
    if units > _MICROS:
        # All that 64 bits of nanoseconds can tell is within.
        within = pa.repeat(pa.scalar(True), len(array))
    else:
        within = pc.and_(pc.greater_equal(given, first), pc.less_equal(given, last))
    within = pc.fill_null(within, True)
    given = pc.if_else(within, given, 0)
    micros = _floor(given, units // _MICROS) if units > _MICROS else pc.multiply(given, _MICROS // units)
    return micros, within


def _floor(numbers: pa.Array, divisor: int) -> pa.Array:
    """Divide as Python does; Arrow cuts off towards zero."""
    quotients = pc.divide(numbers, divisor)
    above = pc.greater(pc.multiply(quotients, divisor), numbers)
    return pc.subtract(quotients, above.cast(pa.int64()))
