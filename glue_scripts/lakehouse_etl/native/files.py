"""Data files of a table: rows into files by Arrow, and files into rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyiceberg.expressions import AlwaysTrue, BooleanExpression
from pyiceberg.io.pyarrow import (
    ArrowScan,
    compute_statistics_plan,
    data_file_statistics_from_parquet_metadata,
    parquet_path_to_id_mapping,
    schema_to_pyarrow,
)
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.partitioning import PartitionKey
from pyiceberg.table import FileScanTask, Table, TableProperties
from pyiceberg.typedef import Record

_SAMPLE = 1000
"""Rows that tell whether the values of a column come again."""

_SHARED = ("_source_object", "source_object")
"""Columns of few values, each of many rows."""


def read(
    table: Table,
    tasks: Iterable[FileScanTask],
    names: Sequence[str] | None = None,
    within: BooleanExpression | None = None,
) -> pa.Table:
    """Return the rows of files under the table's current schema, of all columns or of some."""
    schema = table.schema() if names is None else table.schema().select(*names)
    return ArrowScan(table.metadata, table.io, schema, within or AlwaysTrue()).to_table(tasks)


def batches(table: Table, tasks: Iterable[FileScanTask], names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of files one by one, of some columns."""
    schema = table.schema().select(*names)
    for task in tasks:
        yield from ArrowScan(table.metadata, table.io, schema, AlwaysTrue()).to_record_batches([task])


@dataclass(frozen=True)
class _Limits:
    """What the table's properties say of the size of files, in bytes and rows."""

    file: int
    group: int
    rows: int

    @classmethod
    def of(cls, properties: dict[str, str]) -> "_Limits":
        def of(name: str, default: int) -> int:
            return int(properties.get(name, default))

        known = TableProperties
        return cls(
            of(known.WRITE_TARGET_FILE_SIZE_BYTES, known.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT),
            of(known.PARQUET_ROW_GROUP_SIZE_BYTES, known.PARQUET_ROW_GROUP_SIZE_BYTES_DEFAULT),
            of(known.PARQUET_ROW_GROUP_LIMIT, known.PARQUET_ROW_GROUP_LIMIT_DEFAULT),
        )


class Writer:
    """Writes files of one table; no reader sees them before they are committed."""

    def __init__(self, table: Table) -> None:
        """Take the table."""
        self._table = table
        self._limits = _Limits.of(table.properties)
        self._schema = schema_to_pyarrow(table.schema(), include_field_ids=True)
        self._plan = compute_statistics_plan(table.schema(), table.properties)
        self._ids = parquet_path_to_id_mapping(table.schema())
        self._places = table.location_provider()

    def aligned(self, rows: pa.Table) -> pa.Table:
        """Return the table's columns in its types, null where there is none of the name."""
        arrays = [_column(rows, field) for field in self._schema]
        fields = [field.with_type(array.type) for field, array in zip(self._schema, arrays, strict=True)]
        return pa.table(arrays, pa.schema(fields)).unify_dictionaries()

    def write(self, key: PartitionKey | None, rows: pa.Table) -> Iterator[DataFile]:
        """Write the rows of one partition, into several files if they are many."""
        width = max(1, rows.nbytes // rows.num_rows)
        piece = max(1, min(self._limits.rows, self._limits.group // width))
        start = 0
        while start < rows.num_rows:
            file, start = self._file(key, rows, start, piece)
            yield file

    def _file(self, key: PartitionKey | None, rows: pa.Table, start: int, piece: int) -> tuple[DataFile, int]:
        """Write row groups into one file until it is large enough; returns where the next one begins."""
        place = self._places.new_data_location(f"{uuid4()}.parquet", key)
        footer: list[pq.FileMetaData] = []
        output: Any = self._table.io.new_output(place)
        with output.create() as sink:
            with pq.ParquetWriter(
                sink, rows.schema, store_schema=False, metadata_collector=footer, **self._options(rows)
            ) as writer:
                while start < rows.num_rows and sink.tell() < self._limits.file:
                    writer.write_table(rows.slice(start, piece), row_group_size=piece)
                    start += piece
            size = sink.tell()
        return self._described(place, size, footer[0], key), start

    def _options(self, rows: pa.Table) -> dict[str, Any]:
        properties, known = self._table.properties, TableProperties
        codec = properties.get(known.PARQUET_COMPRESSION, known.PARQUET_COMPRESSION_DEFAULT)
        level = properties.get(known.PARQUET_COMPRESSION_LEVEL)
        blooms = [
            field.name
            for field in self._schema
            if properties.get(f"{known.PARQUET_BLOOM_FILTER_COLUMN_ENABLED_PREFIX}.{field.name}") == "true"
        ]
        unique = _unique(rows.slice(0, _SAMPLE))
        return {
            "use_dictionary": [path for path in self._ids if path not in unique],
            "data_page_size": self._size(known.PARQUET_PAGE_SIZE_BYTES),
            "dictionary_pagesize_limit": self._size(known.PARQUET_DICT_SIZE_BYTES),
            "max_rows_per_page": self._size(known.PARQUET_PAGE_ROW_LIMIT),
            "bloom_filter_options": dict.fromkeys(blooms, True) or None,
            "compression": "none" if codec == "uncompressed" else codec,
            "compression_level": None if level is None else int(level),
            "store_decimal_as_integer": True,
        }

    def _size(self, name: str) -> int | None:
        size = self._table.properties.get(name)
        return None if size is None else int(size)

    def _described(
        self, place: str, size: int, footer: pq.FileMetaData, key: PartitionKey | None
    ) -> DataFile:
        statistics = data_file_statistics_from_parquet_metadata(footer, self._plan, self._ids)
        return DataFile.from_args(
            content=DataFileContent.DATA,
            file_path=place,
            file_format=FileFormat.PARQUET,
            partition=key.partition if key else Record(),
            file_size_in_bytes=size,
            sort_order_id=None,
            spec_id=self._table.metadata.default_spec_id,
            equality_ids=None,
            key_metadata=None,
            **statistics.to_serialized_dict(),
        )


def _unique(sample: pa.Table) -> set[str]:
    """Return the columns whose values hardly come again: a dictionary of all of them makes a file larger.

    Iceberg's own library finds out as it writes, Arrow does not.
    """
    flat = {
        name: column
        for name, column in zip(sample.column_names, sample.columns, strict=True)
        if not pa.types.is_nested(column.type) and not pa.types.is_dictionary(column.type)
    }
    return {name for name, column in flat.items() if 2 * pc.count_distinct(column).as_py() > len(column)}


def _column(rows: pa.Table, field: pa.Field) -> pa.ChunkedArray:
    if field.name not in rows.column_names:
        return pa.chunked_array([pa.nulls(rows.num_rows, relaxed(field.type))])
    column = rows[field.name]
    if pa.types.is_dictionary(column.type):
        return column
    if field.name in _SHARED:
        return column.cast(pa.string()).dictionary_encode()
    return column.cast(relaxed(field.type))


def relaxed(kind: pa.DataType) -> pa.DataType:
    """Return a type whose members may all be null: Arrow casts to no other, and Iceberg reads by its own."""
    if pa.types.is_struct(kind):
        return pa.struct([_loose(kind.field(at)) for at in range(kind.num_fields)])
    if pa.types.is_large_list(kind):
        return pa.large_list(_loose(kind.value_field))
    if pa.types.is_list(kind):
        return pa.list_(_loose(kind.value_field))
    if pa.types.is_map(kind):
        return pa.map_(kind.key_field, _loose(kind.item_field))
    return kind


def _loose(field: pa.Field) -> pa.Field:
    return field.with_type(relaxed(field.type)).with_nullable(True)
