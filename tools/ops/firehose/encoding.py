"""Makes the bronze object of some records, in the format that the dataset's other objects have."""

import gzip
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from config.naming import Naming
from lakehouse.model.dataset import Dataset, Format
from lakehouse.targets.glue import bronze_table
from tools.ops.firehose.error_objects import Record
from tools.ops.firehose.values import MismatchError, arrow_type, value_of

EXTENSIONS = {Format.JSON: ".json.gz", Format.PARQUET: ".parquet"}


def fitting(dataset: Dataset, naming: Naming, records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Return the records that can be written in the dataset's format, and the others."""
    if dataset.ingestion is None or dataset.ingestion.format is Format.JSON:
        return list(records), []
    columns = _columns(dataset, naming)
    fit, unfit = [], []
    for record in records:
        try:
            _rows(record, columns)
            fit.append(record)
        except ValueError:
            unfit.append(record)
    return fit, unfit


def encode(dataset: Dataset, naming: Naming, records: Sequence[Record]) -> bytes:
    """Return the content of an object that holds fitting records, in order."""
    if dataset.ingestion is None or dataset.ingestion.format is Format.JSON:
        lines = (record.data if record.data.endswith(b"\n") else record.data + b"\n" for record in records)
        return gzip.compress(b"".join(lines), mtime=0)
    columns = _columns(dataset, naming)
    rows = [row for record in records for row in _rows(record, columns)]
    buffer = io.BytesIO()
    table = pa.Table.from_pylist(rows, schema=columns)
    pq.write_table(table, buffer, compression="SNAPPY", use_deprecated_int96_timestamps=True)
    return buffer.getvalue()


def _columns(dataset: Dataset, naming: Naming) -> pa.Schema:
    return pa.schema([(each.name, arrow_type(each.type)) for each in bronze_table(dataset, naming).columns])


def _rows(record: Record, columns: pa.Schema) -> list[dict[str, Any]]:
    """Rows of the JSON objects of a record; ValueError if one does not fit."""
    return [
        {column.name: value_of(document.get(column.name), column.type) for column in columns}
        for document in _documents(record.data.decode().strip())
    ]


def _documents(text: str) -> Iterator[dict[str, Any]]:
    if not text:
        raise MismatchError("blank")
    while text:
        document, end = json.JSONDecoder().raw_decode(text)
        if not isinstance(document, dict):
            raise MismatchError("no object")
        yield document
        text = text[end:].lstrip()
