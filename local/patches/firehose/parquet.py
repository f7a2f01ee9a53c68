"""Firehose converts JSON to Parquet by a Glue table, and reads that table under the role that says so.

ministack 1.5.33 converts each record into an object of its own, without any role, and by DuckDB's casts.
Here a buffer becomes one object with timestamps as INT96, as Hive writes them; a record that does not fit the
table is a failure, and the others are converted all the same.
https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html

Not emulated: other serializers than Parquet, other deserializers than OpenX; how Hive reads
fractions into integers and rounds decimals is not documented by AWS, so they are failures.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import ClientError

from local.patches.firehose import roles as firehose_roles
from local.patches.firehose.errors import Failure, conversion
from local.patches.iam import roles
from tools.ops.firehose.values import MismatchError, arrow_type, value_of

_MISMATCH = "Data does not match the schema."
_BLANK = "The record was empty or contained only whitespace."


class _ConversionError(ValueError):
    """Records cannot be converted; `code` is Firehose's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def enabled(config: Mapping[str, Any]) -> bool:
    """Whether a destination converts; it does if it does not say."""
    settings = config.get("DataFormatConversionConfiguration") or {"Enabled": False}
    return bool(settings.get("Enabled", True))


def convert(config: Mapping[str, Any], records: Sequence[bytes]) -> tuple[bytes | None, list[Failure]]:
    """Return a Parquet file of the records that fit the table, None if none does, and the failures."""
    settings = config["DataFormatConversionConfiguration"]
    schema = settings["SchemaConfiguration"]
    try:
        columns = _columns(schema)
    except _ConversionError as error:
        return None, [conversion(data, error.code, str(error), schema) for data in records]
    openx = settings["InputFormatConfiguration"]["Deserializer"]["OpenXJsonSerDe"]
    lower = openx.get("CaseInsensitive", True)
    keys = openx.get("ColumnToJsonKeyMappings") or {}
    rows: list[dict[str, Any]] = []
    failures = []
    for data in records:
        try:
            rows += [_row(document, columns, keys, lower=lower) for document in _documents(data)]
        except _ConversionError as error:
            failures.append(conversion(data, error.code, str(error), schema))
    return (_parquet(settings, columns, rows) if rows else None), failures


def _columns(schema: Mapping[str, Any]) -> pa.Schema:
    glue = firehose_roles.client("glue", schema["RoleARN"])
    try:
        table = glue.get_table(DatabaseName=schema["DatabaseName"], Name=schema["TableName"])["Table"]
    except (ClientError, roles.RoleError) as error:
        missing = isinstance(error, ClientError) and "EntityNotFound" in str(error)
        raise _ConversionError("EntityNotFound" if missing else "AccessDenied", str(error)) from error
    return pa.schema(
        [(each["Name"], arrow_type(each["Type"])) for each in table["StorageDescriptor"]["Columns"]]
    )


def _documents(data: bytes) -> Iterator[dict[str, Any]]:
    """JSON objects of a record, one after the other; an array of them is refused, as AWS does."""
    try:
        text = data.decode().strip()
    except UnicodeDecodeError as error:
        raise _ConversionError("ParseError", f"Encountered malformed JSON. {error}") from error
    if not text:
        raise _ConversionError("MalformedData", _BLANK)
    while text:
        try:
            document, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError) as error:
            raise _ConversionError("ParseError", f"Encountered malformed JSON. {error}") from error
        if not isinstance(document, dict):
            raise _ConversionError("MalformedData", f"{_MISMATCH} {type(document).__name__} at the top level")
        yield document
        text = text[end:].lstrip()


def _row(
    document: dict[str, Any], columns: pa.Schema, keys: Mapping[str, str], *, lower: bool
) -> dict[str, Any]:
    fields = {name.lower() if lower else name: value for name, value in document.items()}
    try:
        return {
            column.name: value_of(fields.get(keys.get(column.name, column.name)), column.type)
            for column in columns
        }
    except MismatchError as error:
        raise _ConversionError("MalformedData", f"{_MISMATCH} {error}") from error


def _parquet(settings: Mapping[str, Any], columns: pa.Schema, rows: Iterable[dict[str, Any]]) -> bytes:
    serializer = settings["OutputFormatConfiguration"]["Serializer"]["ParquetSerDe"]
    buffer = io.BytesIO()
    pq.write_table(
        pa.Table.from_pylist(list(rows), schema=columns),
        buffer,
        compression=serializer.get("Compression", "SNAPPY"),
        use_deprecated_int96_timestamps=True,
    )
    return buffer.getvalue()
