"""Columns as Arrow reads them, freed from what tells only how they are stored.

Dictionaries, large texts and the like become plain, and what a file says beyond Arrow's types is put into
them: INT96 is an instant in UTC, an interval and the constant of an enumeration are texts.
"""

import struct
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from lakehouse_etl.judge.fields.lists import is_list, items_of, struct_of

_INTERVAL = struct.Struct("<III")
"""https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#interval"""


def leaves(schema: pq.ParquetSchema) -> list[str]:
    """Return what a file says of each column that holds values, nested ones included, beyond Arrow's type."""
    columns = (schema.column(at) for at in range(len(schema.names)))
    return ["INT96" if each.physical_type == "INT96" else each.converted_type for each in columns]


def plain(array: pa.Array, leaf: Iterator[str]) -> pa.Array:
    """Return a column freed from how it is stored; `leaf` yields what its file says of its values."""
    kind = array.type
    if pa.types.is_struct(kind):
        return _struct(array, leaf)
    if is_list(kind) or pa.types.is_map(kind):
        return _list(array, leaf)
    if isinstance(array, pa.ExtensionArray) and not isinstance(kind, pa.UuidType):
        return plain(array.storage, leaf)
    if pa.types.is_dictionary(kind):
        return plain(array.dictionary_decode(), leaf)
    return _leaf(array, next(leaf))


def _struct(array: pa.StructArray, leaf: Iterator[str]) -> pa.Array:
    before = array.flatten()
    members = [plain(each, leaf) for each in before]
    if all(one is other for one, other in zip(before, members, strict=True)):
        return array
    fields = [pa.field(field.name, each.type) for field, each in zip(array.type, members, strict=True)]
    return struct_of(members, pa.struct(fields), array.is_null())


def _list(array: pa.Array, leaf: Iterator[str]) -> pa.Array:
    items = items_of(array)
    values = plain(items.values, leaf)
    if values is items.values:
        return array
    if pa.types.is_map(array.type):
        key, item = values.type
        return items.lists(values, pa.map_(key.type, item.type))
    return items.lists(values, pa.list_(values.type))


def _leaf(array: pa.Array, said: str) -> pa.Array:
    kind = array.type
    if said == "INTERVAL":
        return pa.array([each and _interval(each) for each in array.to_pylist()], pa.string())
    if said == "INT96":
        return array.cast(pa.timestamp(kind.unit)).cast(pa.timestamp(kind.unit, "UTC"))
    if said == "ENUM" or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        # The bytes stay as they are: whether they are UTF-8 is judged, not presumed.
        return array.cast(pa.string(), safe=False)
    if (target := _plain_type(kind)) is not None:
        return array.cast(target)
    return array


def _plain_type(kind: pa.DataType) -> pa.DataType | None:
    """Return the plain type that holds the same values; None if the type is plain."""
    if pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind) or pa.types.is_fixed_size_binary(kind):
        return pa.binary()
    if pa.types.is_decimal32(kind) or pa.types.is_decimal64(kind):
        return pa.decimal128(kind.precision, kind.scale)
    if pa.types.is_float16(kind):
        return pa.float32()
    if pa.types.is_duration(kind):
        return pa.int64()
    return pa.date32() if pa.types.is_date64(kind) else None


def _interval(bytes_: bytes) -> str:
    """Write months, days and milliseconds as a duration of ISO 8601."""
    months, days, millis = _INTERVAL.unpack(bytes_)
    return f"P{months}M{days}DT{millis // 1000}.{millis % 1000:03}S"
