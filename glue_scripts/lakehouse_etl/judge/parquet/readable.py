"""Columns of any type as JSON: for people to read, and as what a map is to a record hash."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa

from lakehouse_etl.judge.fields.lists import is_list, items_of
from lakehouse_etl.judge.json.parsing import Fraction
from lakehouse_etl.judge.json.text import text_of

_NULL = "null"

_NO_NUMBERS = {"nan": '"NaN"', "inf": '"Infinity"', "-inf": '"-Infinity"'}


def json_objects(columns: Sequence[tuple[str, pa.Array]], rows: int, *, nulls: bool) -> list[str | None]:
    """Return each row as a JSON object, without null members unless told; None if no member is left."""
    names = [f"{text_of(name)}:" for name, _ in columns]
    texts = [json_texts(column, nulls=nulls) for _, column in columns]
    if nulls:
        return [_object(map(str.__add__, names, row)) for row in zip(*texts, strict=True)] or [None] * rows
    return [
        _object(name + text for name, text in zip(names, row, strict=True) if text != _NULL)
        for row in zip(*texts, strict=True)
    ] or [None] * rows


def _object(members: Iterable[str]) -> str | None:
    inside = ",".join(members)
    return f"{{{inside}}}" if inside else None


def json_texts(array: pa.Array, *, nulls: bool) -> list[str]:
    """Return each value of a column as JSON; bytes that are no UTF-8 are replaced in texts.

    Instants come in UTC, binaries in base64, and floating numbers that JSON has none of as texts.
    """
    kind = array.type
    if pa.types.is_struct(kind):
        members = [(field.name, each) for field, each in zip(kind, array.flatten(), strict=True)]
        texts = [text or "{}" for text in json_objects(members, len(array), nulls=nulls)]
    elif is_list(kind):
        texts = _lists(array, nulls=nulls)
    elif pa.types.is_map(kind):
        texts = _maps(array, nulls=nulls)
    else:
        return [_NULL if text is None else text for text in _scalars(array)]
    return [text if there else _NULL for text, there in zip(texts, array.is_valid().to_pylist(), strict=True)]


def _lists(array: pa.Array, *, nulls: bool) -> list[str]:
    items = items_of(array)
    texts = json_texts(items.values, nulls=nulls)
    return [f"[{','.join(texts[begin:end])}]" for begin, end in pairwise(items.offsets.to_pylist())]


def _maps(array: pa.Array, *, nulls: bool) -> list[str]:
    items = items_of(array)
    keys, values = (json_texts(each, nulls=nulls) for each in items.values.flatten())
    members = [f"{_key(key)}:{value}" for key, value in zip(keys, values, strict=True)]
    return [f"{{{','.join(members[begin:end])}}}" for begin, end in pairwise(items.offsets.to_pylist())]


def _scalars(array: pa.Array) -> Iterable[str | None]:
    kind = array.type
    if pa.types.is_string(kind):
        return _each(array.cast(pa.binary()), lambda value: text_of(value.decode(errors="replace")))
    if pa.types.is_timestamp(kind):
        return _each(_instants(array), lambda text: f'"{text.replace(" ", "T")}{"Z" if kind.tz else ""}"')
    if pa.types.is_date(kind) or pa.types.is_time(kind):
        return _each(array.cast(pa.string()), text_of)
    if pa.types.is_floating(kind):
        return _each(array.cast(pa.string()), _floating)
    return _each(array, _of_python)


def _of_python(value: Any) -> str:
    match value:
        case bytes():
            return f'"{b64encode(value).decode()}"'
        case bool() | int():
            return text_of(value)
        case Decimal():
            return f"{value:f}"
    return text_of(str(value))


def _each(array: pa.Array, text: Callable[[Any], str]) -> Iterable[str | None]:
    return (None if value is None else text(value) for value in array.to_pylist())


def _instants(array: pa.Array) -> pa.Array:
    """Return the texts of instants; the zone's name, which a machine may not know, is left aside."""
    return array.cast(pa.int64()).cast(pa.timestamp(array.type.unit)).cast(pa.string())


def _floating(text: str) -> str:
    return _NO_NUMBERS.get(text) or text_of(Fraction(text))


def _key(text: str) -> str:
    """Return a key, which JSON has as texts alone."""
    return text if text.startswith('"') else text_of(text)
