"""Parts rows by the partitions of their table.

PyIceberg asks a library for this that a function has no room for; which transforms contracts may name is
few enough. https://iceberg.apache.org/spec/#partition-transforms
"""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.partitioning import PartitionField, PartitionFieldValue, PartitionKey, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import (
    DayTransform,
    IdentityTransform,
    MonthTransform,
    VoidTransform,
    YearTransform,
)

_EPOCH, _MONTHS = 1970, 12


def parted(
    rows: pa.Table, spec: PartitionSpec, schema: Schema
) -> Iterator[tuple[PartitionKey | None, pa.Table]]:
    """Yield the rows of each partition with its key; the key is None in a table that has no partitions."""
    if not rows.num_rows:
        return
    if spec.is_unpartitioned():
        yield None, rows
        return
    values = [_values(rows, field, schema) for field in spec.fields]
    codes = _codes(values)
    order = pc.sort_indices(codes)
    # A gathering copies every row, which is saved where all lie in one partition.
    first, last = codes[order[0].as_py()], codes[order[-1].as_py()]
    gathered = rows if first == last else rows.take(order)
    start = 0
    for group in pc.run_end_encode(codes.take(order)).run_ends.to_pylist():
        place = order[start].as_py()
        yield (
            _key([column[place].as_py() for column in values], spec, schema),
            gathered.slice(start, group - start),
        )
        start = group


def _key(values: list[Any], spec: PartitionSpec, schema: Schema) -> PartitionKey:
    told = [PartitionFieldValue(field, value) for field, value in zip(spec.fields, values, strict=True)]
    return PartitionKey(told, spec, schema)


def _codes(columns: list[pa.Array]) -> pa.Array:
    """Number the combinations of values."""
    total = pa.scalar(0, pa.int64())
    for column in columns:
        found = column.dictionary_encode(null_encoding="encode")
        total = pc.add(pc.multiply(total, len(found.dictionary)), found.indices.cast(pa.int64()))
    return total


def _values(rows: pa.Table, field: PartitionField, schema: Schema) -> pa.Array:
    """Return the partition value of each row."""
    source = schema.find_field(field.source_id)
    column = _flat(rows[source.name])
    match field.transform:
        case IdentityTransform():
            return column
        case VoidTransform():
            return pa.nulls(len(column), pa.int32())
        case DayTransform():
            return column.cast(pa.date32()).cast(pa.int32())
        case MonthTransform():
            days = column.cast(pa.date32())
            years = pc.multiply(pc.subtract(pc.year(days), _EPOCH), _MONTHS)
            return pc.subtract(pc.add(years, pc.month(days)), 1).cast(pa.int32())
        case YearTransform():
            return pc.subtract(pc.year(column.cast(pa.date32())), _EPOCH).cast(pa.int32())
    found = column.dictionary_encode()
    of_one = field.transform.transform(source.field_type)
    each = [of_one(value) for value in found.dictionary.to_pylist()]
    return pa.array(each).take(found.indices)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    flat = column.combine_chunks()
    if isinstance(flat, pa.ChunkedArray):
        flat = flat.chunk(0) if flat.num_chunks else pa.array([], column.type)
    return flat.dictionary_decode() if isinstance(flat, pa.DictionaryArray) else flat
