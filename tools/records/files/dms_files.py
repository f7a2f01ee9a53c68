"""Files of a table's changes in the layout in which AWS DMS writes Parquet to S3.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html#CHAP_Target.S3.DataTypes
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Columns:
    """Names of the columns that files have beside a table's own; None for those that they lack."""

    operation: str | None = cdc.OPERATION
    changed_at: str | None = cdc.CHANGED_AT
    sequence: str | None = cdc.SEQUENCE
    before: str | None = cdc.BEFORE
    """Prefix of the key before an update."""


DEPLOYED = Columns()
"""What the lake's own replication is told to write."""


def load_name(number: int) -> str:
    """Name a file of a full load, from 1."""
    return f"LOAD{number:08X}.parquet"


def changes_name(written_at: datetime) -> str:
    """Name a file of changes, by the time at which DMS writes it."""
    return f"{written_at:%Y%m%d-%H%M%S}{written_at.microsecond // 1000:03}.parquet"


def parquet(
    changes: Iterable[Change],
    fields: Sequence[Field],
    key: Sequence[str],
    columns: Columns = DEPLOYED,
    compression: str = "snappy",
) -> bytes:
    """Write one file about a table with these columns, none of them nested, and this key."""
    kinds = {field.source_name: _type(field.type) for field in fields}
    called = {field.name: field.source_name for field in fields}
    before = [
        (f"{columns.before}{called[name]}", kinds[called[name]]) for name in key if columns.before is not None
    ]
    schema = pa.schema(
        [
            *_texts(columns.operation),
            *kinds.items(),
            *_texts(columns.changed_at, columns.sequence),
            *before,
        ]
    )
    rows = [_row(change, fields, key, columns) for change in changes]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), file, version="1.0", compression=compression)
    return file.getvalue()


def _texts(*names: str | None) -> list[tuple[str, pa.DataType]]:
    return [(name, pa.string()) for name in names if name is not None]


def _row(change: Change, fields: Sequence[Field], key: Sequence[str], columns: Columns) -> dict[Any, Any]:
    """The values of a change; those of columns that the file lacks are left out of the schema."""
    called = {field.name: field.source_name for field in fields}
    return {
        columns.operation: change.operation,
        **{field.source_name: _value(change.row.get(field.name)) for field in fields},
        columns.changed_at: f"{change.changed_at:%Y-%m-%d %H:%M:%S.%f}",
        columns.sequence: change.sequence,
        **{f"{columns.before}{called[name]}": _value(change.before.get(name)) for name in key},
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
