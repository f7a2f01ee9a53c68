"""Files of a table's changes in the layout in which AWS DMS writes Parquet to S3.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html#CHAP_Target.S3.DataTypes
"""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lakehouse.layout import cdc
from lakehouse.model.fields import Decimal, Field, Scalar, Type
from tools.records.source_table import Change

_SCALARS = {
    Scalar.BOOLEAN: pa.string(),  # PostgreSQL's boolean comes as true or false, in letters
    Scalar.INT: pa.int32(),
    Scalar.LONG: pa.int64(),
    Scalar.FLOAT: pa.float32(),
    Scalar.DOUBLE: pa.float64(),
    Scalar.DATE: pa.date32(),
    Scalar.TIMESTAMP: pa.timestamp("us", "UTC"),  # DATETIME has no zone, and its Parquet type says UTC
    Scalar.TIMESTAMPTZ: pa.timestamp("us", "UTC"),
    Scalar.STRING: pa.string(),
    Scalar.BINARY: pa.binary(),
}


def load_name(number: int) -> str:
    """Name a file of a full load, from 1."""
    return f"LOAD{number:08X}.parquet"


def changes_name(written_at: datetime) -> str:
    """Name a file of changes, by the time at which DMS writes it."""
    return f"{written_at:%Y%m%d-%H%M%S}{written_at.microsecond // 1000:03}.parquet"


def parquet(changes: Iterable[Change], fields: Sequence[Field], key: Sequence[str]) -> bytes:
    """Write one file about a table with these columns, none of them nested, and this key."""
    kinds = {field.name: _type(field.type) for field in fields}
    schema = pa.schema(
        [
            (cdc.OPERATION, pa.string()),
            *kinds.items(),
            (cdc.CHANGED_AT, pa.string()),
            (cdc.SEQUENCE, pa.string()),
            *((f"{cdc.BEFORE}{name}", kinds[name]) for name in key),
        ]
    )
    rows = [_row(change, fields, key) for change in changes]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), file, version="1.0")
    return file.getvalue()


def _row(change: Change, fields: Sequence[Field], key: Sequence[str]) -> dict[str, Any]:
    return {
        cdc.OPERATION: change.operation,
        **{field.name: _value(change.row.get(field.name)) for field in fields},
        cdc.CHANGED_AT: f"{change.changed_at:%Y-%m-%d %H:%M:%S.%f}",
        cdc.SEQUENCE: change.sequence,
        **{f"{cdc.BEFORE}{name}": _value(change.before.get(name)) for name in key},
    }


def _type(kind: Type) -> pa.DataType:
    match kind:
        case Decimal(precision, scale):
            return pa.decimal128(precision, scale)
        case Scalar():
            return _SCALARS[kind]
    raise TypeError(f"{kind}: a column of a table is no nested type")


def _value(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
