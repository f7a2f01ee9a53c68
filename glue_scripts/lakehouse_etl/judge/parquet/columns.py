"""Columns of Parquet files into columns of the contract, whatever their types.

A binary counts as the text that it may be, and a text as the value that it tells; a nested field may come as
JSON in a text. What a type does not wholly hold is lost, never rounded.
"""

from typing import Any

import pyarrow as pa

from lakehouse_etl.contract.types import Decimal, List, Map, Nested, Primitive, Struct, Type
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.judge.fields.faults import NoValueError, Reader
from lakehouse_etl.judge.fields.lists import is_list, items_of, struct_of
from lakehouse_etl.judge.fields.names import AmbiguousError, Names
from lakehouse_etl.judge.fields.scalars import text_reader
from lakehouse_etl.judge.json.nested import REPEATED, held, nested_check, nested_reader
from lakehouse_etl.judge.parquet.moments import of_moments, within_calendar
from lakehouse_etl.judge.parquet.numbers import of_numbers
from lakehouse_etl.judge.parquet.typed import NONE, Typed, all_lost, each_read, kept_where

_PLAIN_SCALE = 6
"""Up to here Arrow writes decimals without an exponent."""


def typed(array: pa.Array, kind: Type, texts: Reader | None = None) -> Typed:
    """Return a column, as `plain` leaves it, as one of the contract's type.

    Args:
        array: The column.
        kind: The type.
        texts: Reads scalars from texts; None: as everywhere.
    """
    target = arrow_type(kind)
    if pa.types.is_null(array.type):
        return Typed(pa.nulls(len(array), target))
    if pa.types.is_string(array.type):
        return _of_texts(array, kind, target, texts)
    if isinstance(kind, Nested):
        return _nested(array, kind, target)
    return _scalars(array, kind, target)


def _of_texts(array: pa.Array, kind: Type, target: pa.DataType, texts: Reader | None) -> Typed:
    if isinstance(kind, Nested):
        return each_read(array, _json_reader(kind), target)
    return Typed(array) if array.type == target else each_read(array, texts or text_reader(kind), target)


def _json_reader(kind: Nested) -> Reader:
    """Return what reads nested values from JSON in a text."""
    check, read = nested_check(kind), nested_reader(kind)

    def read_json(text: str) -> Any:
        value, faults = held(text), set[str]()
        if check is not None:
            check(value, faults)
        if REPEATED in faults or value is text:
            raise NoValueError
        return read(value)

    return read_json


def _scalars(array: pa.Array, kind: Primitive | Decimal, target: pa.DataType) -> Typed:
    if isinstance(kind, Decimal) or kind.name in ("int", "long", "float", "double"):
        return of_numbers(array, kind, target)
    if kind.name in ("date", "timestamp", "timestamptz"):
        return of_moments(array, kind, target)
    if kind.name == "string":
        return _texts(array, target)
    if isinstance(array.type, pa.UuidType):
        array = array.storage.cast(pa.binary())
    return Typed(array) if array.type == target else all_lost(array, target)


def _texts(array: pa.Array, target: pa.DataType) -> Typed:
    """Return texts of what has one text alone."""
    have = array.type
    if pa.types.is_binary(have):
        return _utf8(array, target)
    if isinstance(have, pa.UuidType):
        return Typed(pa.array([each and str(each) for each in array.to_pylist()], target))
    if pa.types.is_decimal(have) and have.scale > _PLAIN_SCALE:
        return each_read(array, lambda number: f"{number:f}", target)
    if pa.types.is_date(have):
        return kept_where(within_calendar(array), array.cast(target), array)
    if pa.types.is_integer(have) or any(
        is_one(have) for is_one in (pa.types.is_decimal, pa.types.is_boolean, pa.types.is_time)
    ):
        return Typed(array.cast(target))
    return all_lost(array, target)


def _utf8(array: pa.Array, target: pa.DataType) -> Typed:
    try:
        return Typed(array.cast(target))
    except pa.ArrowInvalid:
        return each_read(array, _decoded, target)


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise NoValueError from error


def _nested(array: pa.Array, kind: Nested, target: pa.DataType) -> Typed:
    have = array.type
    if isinstance(kind, Struct) and pa.types.is_struct(have):
        return _struct(array, kind, target)
    if isinstance(kind, List) and is_list(have):
        items = items_of(array)
        found = typed(items.values, kind.element)
        return Typed(items.lists(found.values, target), items.rows(found.lost))
    if isinstance(kind, Map) and pa.types.is_map(have):
        return _map(array, kind, target)
    return all_lost(array, target)


def _struct(array: pa.StructArray, kind: Struct, target: pa.StructType) -> Typed:
    names = [field.name for field in array.type]
    try:
        others = Names(member.source_name for member in kind.members).matched(names).others
    except AmbiguousError:
        return all_lost(array, target)
    if len(set(names)) < len(names):
        return all_lost(array, target)
    sources = dict(zip(names, array.flatten(), strict=True))
    found, lost = [], NONE
    for member in kind.members:
        source = sources.get(others.get(member.source_name, member.source_name))
        each = typed(pa.nulls(len(array)) if source is None else source, member.type)
        found.append(each.values)
        lost |= each.lost
    return Typed(struct_of(found, target, array.is_null()), lost)


def _map(array: pa.MapArray, kind: Map, target: pa.MapType) -> Typed:
    items = items_of(array)
    keys, values = items.values.flatten()
    # Two texts may tell the same number, and so be one key.
    key = all_lost(keys, arrow_type(kind.key)) if _may_collide(keys, kind.key) else typed(keys, kind.key)
    value = typed(values, kind.value)
    pairs = pa.StructArray.from_arrays([key.values, value.values], ["key", "value"])
    lost = items.rows(key.lost | value.lost) | items.rows_with_repeated(key.values)
    return Typed(items.lists(pairs, target), lost)


def _may_collide(keys: pa.Array, kind: Type) -> bool:
    return bool(pa.types.is_string(keys.type) and arrow_type(kind) != keys.type)
