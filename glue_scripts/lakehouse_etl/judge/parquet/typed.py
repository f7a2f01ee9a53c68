"""What becomes of a typed column: a column of the contract, and the rows whose values are lost on the way."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.judge.fields.faults import NoValueError

Rows = frozenset[int]
"""Rows of a column, from 0."""

NONE: Rows = frozenset()


@dataclass(frozen=True)
class Typed:
    """A column of the contract, null where the source is null or lost."""

    values: pa.Array
    lost: Rows = NONE
    """Where something is there, but not exactly of the type, or something inside it is not."""
    great: Rows = NONE
    """Of the lost, where a number is too great for the type."""


def rows_of(mask: pa.BooleanArray) -> Rows:
    """Return the rows in which a mask is true."""
    return frozenset(pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist())


def all_lost(array: pa.Array, target: pa.DataType) -> Typed:
    """Return nothing of a column whose type cannot be that of the contract."""
    return Typed(pa.nulls(len(array), target), rows_of(array.is_valid()))


def kept_where(kept: pa.BooleanArray, values: pa.Array, array: pa.Array) -> Typed:
    """Return values where they are kept; a null was nothing that could be lost."""
    if pc.all(kept).as_py() is not False:
        return Typed(values)
    null = pa.scalar(None, values.type)
    return Typed(pc.if_else(kept, values, null), rows_of(pc.and_(array.is_valid(), pc.invert(kept))))


def each_read(array: pa.Array, read: Callable[[Any], Any], target: pa.DataType) -> Typed:
    """Return values read one by one, equal ones once; `read` raises NoValueError for what is lost."""
    coded = array.dictionary_encode()
    values: list[Any] = []
    faults: dict[int, str] = {}
    for at, given in enumerate(coded.dictionary.to_pylist()):
        try:
            values.append(read(given))
        except NoValueError as error:
            values.append(None)
            faults[at] = error.reason
    great = (at for at, reason in faults.items() if reason == "overflow")
    found = pa.array(values, target).take(coded.indices)
    return Typed(found, _rows_with(coded.indices, faults), _rows_with(coded.indices, great))


def _rows_with(codes: pa.Array, wanted: Iterable[int]) -> Rows:
    some = pa.array(wanted, codes.type)
    return rows_of(pc.is_in(codes, some)) if len(some) else NONE
