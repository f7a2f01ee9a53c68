"""Reads samples in Parquet, which declare their types, by the reader of the jobs."""

import shlex
from collections.abc import Callable, Collection, Sequence
from itertools import islice

import pyarrow as pa
import pyarrow.types as of
from lakehouse_etl.judge.fields.lists import is_list
from lakehouse_etl.judge.objects import UnreadableError
from lakehouse_etl.judge.parquet.file import ParquetObject

from config.faults import InvalidInputError
from lakehouse.model.fields import Array, Decimal, Map, Scalar, Struct, Type
from tools.lake.drafts.names import column_names
from tools.lake.drafts.samples.names import kept_names
from tools.lake.drafts.samples.nested import member
from tools.lake.drafts.samples.sample import ROWS_MAX, Connection, Sample, Shape, Source

_MAX_DIGITS = 38

_SCALARS: tuple[tuple[Callable[[pa.DataType], bool], Type], ...] = (
    (of.is_boolean, Scalar.BOOLEAN),
    (of.is_uint32, Scalar.LONG),
    (of.is_uint64, Decimal(20, 0)),
    (of.is_int64, Scalar.LONG),
    (of.is_integer, Scalar.INT),
    (of.is_float64, Scalar.DOUBLE),
    (of.is_floating, Scalar.FLOAT),
    (of.is_date, Scalar.DATE),
    (of.is_time, Scalar.STRING),
    (of.is_null, Scalar.STRING),
    *((is_one, Scalar.STRING) for is_one in (of.is_string, of.is_large_string, of.is_string_view)),
    *(
        (is_one, Scalar.BINARY)
        for is_one in (of.is_binary, of.is_large_binary, of.is_fixed_size_binary, of.is_binary_view)
    ),
    (lambda kind: isinstance(kind, pa.UuidType), Scalar.STRING),
)

_TEXTS: dict[Type, str] = {
    Scalar.TIMESTAMPTZ: "replace(CAST({} AT TIME ZONE 'UTC' AS VARCHAR), ' ', 'T') || 'Z'",
    Scalar.BINARY: "base64({})",
}

_BATCH = 64 * 1024


def read_parquet(connection: Connection, source: Source, skip: Collection[str]) -> Sample:
    """Read the records as the texts that JSON lines of them would hold.

    Columns of types that no column of a table can have are left out, and told.

    Raises:
        InvalidInputError: It is no whole Parquet file, or no column is left.
    """
    try:
        file = ParquetObject(source.path)
        declared = {field.name: declared_type(field.type) for field in file.schema}
        batches = list(islice(file.batches(), max(1, ROWS_MAX // _BATCH)))
    except UnreadableError as error:
        got = f"a file that cannot be read: {error}".rstrip(": ")
        raise source.refuse(got, "a whole Parquet file", "get it again") from error
    lacking = [name for name, kind in declared.items() if kind is None and name not in skip]
    _check_case(source, [name for name in declared if name not in {*skip, *lacking}])
    names = kept_names(source, file.schema.names, {*skip, *lacking}, "column")
    table = pa.Table.from_batches(batches, file.schema)
    columns = [_readable(table.column(called)) for called in names.values()]
    found = connection.from_arrow(pa.Table.from_arrays(columns, names=[*names]))
    kinds = {name: declared[called] or Scalar.STRING for name, called in names.items()}
    found.project(", ".join(f'{_text(name, kind)} AS "{name}"' for name, kind in kinds.items())).create(
        "records"
    )
    records = connection.table("records")
    checks = [
        f"{name} is left out: tables have no type for {file.schema.field(name).type}" for name in lacking
    ]
    shapes = {name: Shape(kind) for name, kind in kinds.items()}
    return Sample(
        source.path.name, "parquet", records, table.num_rows, 0, shapes, names, checks=tuple(checks)
    )


def _check_case(source: Source, names: Sequence[str]) -> None:
    """Refuse names that differ by their case alone: Athena could not tell the columns of bronze apart."""
    lower = [name.lower() for name in names]
    faults = [
        source.fault(
            "column", name, "names that differ by more than their case", f"--skip {shlex.quote(name)}"
        )
        for name, same in zip(names, lower, strict=True)
        if lower.count(same) > 1
    ]
    if faults:
        raise InvalidInputError(faults)


def declared_type(kind: pa.DataType) -> Type | None:
    """Return what a type of Arrow is in the lake, as jobs read it; None if tables have none for it."""
    found = next((mine for is_one, mine in _SCALARS if is_one(kind)), None)
    if found is not None:
        return found
    if of.is_timestamp(kind):
        return Scalar.TIMESTAMPTZ if kind.tz else Scalar.TIMESTAMP
    if of.is_dictionary(kind):
        return declared_type(kind.value_type)
    return _decimal(kind) if of.is_decimal(kind) else _nested(kind)


def _decimal(kind: pa.DataType) -> Type | None:
    held = kind.precision <= _MAX_DIGITS and kind.scale >= 0
    return Decimal(kind.precision, kind.scale) if held else None


def _nested(kind: pa.DataType) -> Type | None:
    if of.is_map(kind):
        value = declared_type(kind.item_type)
        return Map(Scalar.STRING, value) if value and declared_type(kind.key_type) is Scalar.STRING else None
    if is_list(kind) or of.is_fixed_size_list(kind):
        element = declared_type(kind.value_type)
        return Array(element) if element else None
    if not of.is_struct(kind) or not kind.num_fields:
        return None
    inner = [(field.name, declared_type(field.type)) for field in kind]
    named = zip(column_names([called for called, _ in inner]), inner, strict=True)
    members = [member(name, called, each) for name, (called, each) in named if each is not None]
    return Struct(tuple(members)) if members else None


def _readable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column that DuckDB reads, too."""
    kind = column.type
    if of.is_float16(kind):
        return column.cast(pa.float32())
    if of.is_decimal256(kind):
        return column.cast(pa.decimal128(kind.precision, kind.scale))
    return column.cast(pa.string()) if of.is_null(kind) else column


def _text(name: str, kind: Type) -> str:
    if isinstance(kind, Array | Struct | Map):
        return f'CAST(to_json("{name}") AS VARCHAR)'
    return _TEXTS.get(kind, "CAST({} AS VARCHAR)").format(f'"{name}"')
