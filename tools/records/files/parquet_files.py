"""Parquet files with the columns of a contract."""

import io
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from tools.records.files.source_names import sourced
from tools.records.sample import Row

_SCALARS = {
    Scalar.BOOLEAN: pa.bool_(),
    Scalar.INT: pa.int32(),
    Scalar.LONG: pa.int64(),
    Scalar.FLOAT: pa.float32(),
    Scalar.DOUBLE: pa.float64(),
    Scalar.DATE: pa.date32(),
    Scalar.TIMESTAMP: pa.timestamp("us"),
    Scalar.TIMESTAMPTZ: pa.timestamp("us", "UTC"),
    Scalar.STRING: pa.string(),
    Scalar.BINARY: pa.binary(),
}


def parquet_file(rows: Iterable[Row], fields: Sequence[Field]) -> bytes:
    """Write rows of typed values into one file."""
    file = io.BytesIO()
    records = [{each.source_name: sourced(row.get(each.name), each.type) for each in fields} for row in rows]
    pq.write_table(pa.Table.from_pylist(records, _schema(fields)), file)
    return file.getvalue()


def _schema(fields: Iterable[Field]) -> pa.Schema:
    return pa.schema([(field.source_name, _type(field.type)) for field in fields])


def _type(kind: Type) -> pa.DataType:
    match kind:
        case Decimal(precision, scale):
            return pa.decimal128(precision, scale)
        case Array(element):
            return pa.list_(_type(element))
        case Map(key, value):
            return pa.map_(_type(key), _type(value))
        case Struct(fields):
            return pa.struct([(field.source_name, _type(field.type)) for field in fields])
        case Scalar():
            return _SCALARS[kind]
