"""Rows of a Hive-style table of the Glue catalog, as Athena reads them from its files."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local.patches.athena.errors import QueryError
from local.patches.athena.hive import objects, projection, schemas, serializers, values

PATH = "$path"
"""The hidden column with the address of a row's object.

https://docs.aws.amazon.com/athena/latest/ug/querying-glue-catalog.html and Trino's Hive connector have it.
"""


def has_registered_partitions(table: Mapping[str, Any]) -> bool:
    """Whether `read_files` needs the partitions that Glue holds of a table."""
    return bool(table.get("PartitionKeys")) and not projection.enabled(table.get("Parameters", {}))


def read_files(s3: Any, table: Mapping[str, Any], partitions: Sequence[Mapping[str, Any]] = ()) -> pa.Table:
    """Read a table with the rights of a client's caller.

    Args:
        s3: The client.
        table: Glue's `Table`.
        partitions: Glue's `Partition`s of it, if `has_registered_partitions`.

    Returns:
        The table's columns, its partition keys, and `$path`.

    Raises:
        ClientError: The caller may not list or read its objects.
        QueryError: An object is not what the table says.
    """
    columns = schemas.arrow(table["StorageDescriptor"]["Columns"])
    keys = schemas.arrow(table.get("PartitionKeys", []))
    whole = pa.schema([*columns, *keys, pa.field(PATH, pa.string())])
    parts = [_part(rows, found, keys, whole) for found, rows in _read(s3, table, partitions, columns)]
    return pa.concat_tables([whole.empty_table(), *parts])


def _read(
    s3: Any, table: Mapping[str, Any], partitions: Sequence[Mapping[str, Any]], columns: pa.Schema
) -> Iterator[tuple[objects.Found, pa.Table]]:
    serde = table["StorageDescriptor"]["SerdeInfo"]
    library, parameters = serde["SerializationLibrary"], serde.get("Parameters", {})
    parquet = library.endswith("ParquetHiveSerDe")
    reader = None if parquet else serializers.reader(library, parameters, columns)
    header = int(table.get("Parameters", {}).get("skip.header.line.count", "0"))
    split = serializers.splitter(table["StorageDescriptor"].get("InputFormat", ""))
    for found in objects.find(s3, table, partitions):
        content = objects.read(s3, found.path)
        if reader is None:
            yield found, _parquet(content, columns, found.path)
        else:
            rows = [reader(line) for line in split(content, header)]
            yield (
                found,
                pa.table(
                    [*map(pa.array, zip(*rows, strict=True), columns.types)]
                    if rows
                    else columns.empty_table().columns,
                    schema=columns,
                ),
            )


def _parquet(content: bytes, columns: pa.Schema, path: str) -> pa.Table:
    """Columns by name, whatever their case; a column that the file lacks is null."""
    file = pq.read_table(io.BytesIO(content))
    names = {name.lower(): name for name in file.column_names}
    found = []
    for column in columns:
        name = names.get(column.name.lower())
        try:
            found.append(file[name].cast(column.type) if name else pa.nulls(file.num_rows, column.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise QueryError(
                f"HIVE_BAD_DATA: Field {column.name}'s type {file[name].type} in parquet file {path} is "
                f"incompatible with type {column.type} defined in table schema"
            ) from error
    return pa.table(found, schema=columns)


def _part(rows: pa.Table, found: objects.Found, keys: pa.Schema, whole: pa.Schema) -> pa.Table:
    for key in keys:
        text = found.values[key.name.lower()]
        null = text is None or text == "__HIVE_DEFAULT_PARTITION__"
        value = None if null else values.of_text(str(text), key.type)
        rows = rows.append_column(key, pa.array([value] * rows.num_rows, key.type))
    return rows.append_column(PATH, pa.array([found.path] * rows.num_rows, pa.string())).cast(whole)
