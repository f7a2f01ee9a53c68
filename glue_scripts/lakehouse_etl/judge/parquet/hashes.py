"""The hash of a record's values, that of Spark's `xxhash64` over each value and whether it is null.

So it depends on what silver holds, not on how a file stores it. Of numbers and instants it takes the bytes
that Spark does, of which XXH64 makes what Spark makes of them:
https://github.com/apache/spark/blob/v3.5.6/sql/catalyst/src/main/java/org/apache/spark/sql/catalyst/expressions/XXH64.java
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from struct import iter_unpack

import pyarrow as pa
import pyarrow.compute as pc
from xxhash import xxh64_intdigest

from lakehouse_etl.judge.fields.lists import is_list, items_of
from lakehouse_etl.judge.hashes import SEED, signed
from lakehouse_etl.judge.parquet.readable import json_objects

_FALSE, _TRUE = bytes(4), b"\1\0\0\0"
_LONG_DIGITS = 18
"""Digits up to which Spark keeps a decimal in 64 bits."""

Bytes = Iterable[bytes | None]


def record_hashes(names: Sequence[str], columns: Sequence[pa.Array], rows: int) -> pa.Array:
    """Return the hash of each row over the values of all fields, as 64 bits with a sign."""
    hashes = [SEED] * rows
    for name, column in zip(names, columns, strict=True):
        hashes = _folded(_without_maps(name, column), hashes)
        if column.null_count:
            flags = [_TRUE if null else _FALSE for null in column.is_null().to_pylist()]
            hashes = list(map(xxh64_intdigest, flags, hashes))
        else:
            hashes = [xxh64_intdigest(_FALSE, seed) for seed in hashes]
    return pa.array(map(signed, hashes), pa.int64())


def _without_maps(name: str, column: pa.Array) -> pa.Array:
    """Return JSON in place of a column that has maps, of which Spark makes no hash."""
    if not _has_map(column.type):
        return column
    texts = json_objects([(name, column)], len(column), nulls=False)
    return pa.array([text or "{}" for text in texts], pa.string())


def _has_map(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return any(_has_map(field.type) for field in kind)
    return pa.types.is_map(kind) or (is_list(kind) and _has_map(kind.value_type))


def _folded(column: pa.Array, seeds: list[int]) -> list[int]:
    """Return hashes with the values of a column taken in; a null leaves a hash as it is."""
    if pa.types.is_struct(column.type):
        for member in column.flatten():
            seeds = _folded(member, seeds)
        return seeds
    if is_list(column.type):
        return _folded_items(column, seeds)
    return [
        seed if value is None else xxh64_intdigest(value, seed)
        for value, seed in zip(_bytes(column), seeds, strict=True)
    ]


def _folded_items(column: pa.Array, seeds: list[int]) -> list[int]:
    """Take in the items of lists: the first of each, then the second of those that have one, and so on."""
    items = items_of(column)
    begins = items.offsets.to_pylist()
    lengths = [end - begin for begin, end in pairwise(begins)]
    found = list(seeds)
    for at in range(max(lengths, default=0)):
        rows = [row for row, length in enumerate(lengths) if length > at]
        places = pa.array([begins[row] + at for row in rows], pa.int32())
        folded = _folded(items.values.take(places), [found[row] for row in rows])
        for row, value in zip(rows, folded, strict=True):
            found[row] = value
    return found


def _bytes(column: pa.Array) -> Bytes:
    """Yield what Spark hashes of each value, None of a null."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        texts: list[bytes | None] = column.cast(pa.binary()).to_pylist()
        return texts
    if pa.types.is_boolean(kind):
        return ({True: _TRUE, False: _FALSE}.get(value) for value in column.to_pylist())
    if pa.types.is_floating(kind):
        # There is one zero.
        column = pc.if_else(pc.equal(column, 0), pa.scalar(0, kind), column)
    if pa.types.is_decimal(kind) and kind.precision > _LONG_DIGITS:
        return _nulled(map(_unscaled, _fixed(column, "<16s")), column)
    form = "<8s8x" if pa.types.is_decimal(kind) else f"<{kind.bit_width // 8}s"
    return _nulled(_fixed(column, form), column)


def _fixed(column: pa.Array, form: str) -> Iterator[bytes]:
    """Yield the bytes of values of one width, of nulls whatever there is."""
    width = column.type.bit_width // 8
    content = memoryview(column.buffers()[1] or b"")
    begin = column.offset * width
    return (value for (value,) in iter_unpack(form, content[begin : begin + len(column) * width]))


def _nulled(values: Iterator[bytes], column: pa.Array) -> Bytes:
    if not column.null_count:
        return values
    valid: Sequence[bool] = column.is_valid().to_pylist()
    return (value if there else None for value, there in zip(values, valid, strict=True))


def _unscaled(little: bytes) -> bytes:
    """Return the bytes that Java has for a whole number: as few as hold it, the greatest first."""
    number = int.from_bytes(little, "little", signed=True)
    bits = (number if number >= 0 else ~number).bit_length()
    return number.to_bytes(bits // 8 + 1, "big", signed=True)
