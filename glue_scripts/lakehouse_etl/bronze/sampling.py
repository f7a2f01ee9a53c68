"""Looks for personal data in a sample of records as they came, fields that no contract names among them.

Records are read apart from the judge, so that it takes no longer, and the same way whichever carrier runs:
the first ones of a few objects of the run. What is found is told by column; no value leaves this module.
"""

import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.contract.changes import as_written
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.types import Member
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.judge.csv.format import CsvFormat
from lakehouse_etl.judge.json.lines import filled_lines
from lakehouse_etl.judge.part import Source
from lakehouse_etl.personal.findings import Finding, findings
from lakehouse_etl.personal.values import Values

OBJECTS = 5
RECORDS = 200
"""Of each object, the first ones."""

_HEAD = 128 * 1024
"""Bytes of an object that hold these, and bound the time that they take."""

_WHOLE = 32 * 1024 * 1024
"""Bytes of the largest Parquet file that is looked at: its footer is at its end, so it is read whole."""


def personal_data(storage: Storage, dataset: Dataset, objects: Sequence[BronzeObject]) -> list[Finding]:
    """Return what personal data a sample of objects holds, declared or not.

    Raises:
        OSError: An object cannot be read.
    """
    is_parquet = dataset.bronze.format == "parquet"
    filled = [item for item in objects if item.size and (item.size <= _WHOLE or not is_parquet)]
    some = min(OBJECTS, len(filled))

    def read(item: BronzeObject) -> Source:
        with storage.open(item.uri) as file:
            return Source(item.uri, file.read() if is_parquet else file.read(_HEAD))

    return found_in(dataset, (read(filled[at * len(filled) // some]) for at in range(some)))


def found_in(dataset: Dataset, sources: Iterable[Source]) -> list[Finding]:
    """Return what personal data the first records of objects hold, whose bytes may be cut off."""
    written, system = dataset, {dataset.bronze.routing_member}
    if changes := dataset.changes:
        written = as_written(dataset, changes)
        system |= {changes.operation, changes.changed_at, changes.sequence}
    before = changes.before if changes else ""
    members = [
        Member(field.name.removeprefix(before), field.type, physical_name=field.source_name)
        for field in written.fields
    ]
    values = Values(members)
    for source in sources:
        for record in islice(_READERS[dataset.bronze.format](written, source), RECORDS):
            values.add(record)
    texts = ((path, found) for path, found in values.texts.items() if path not in system)
    return [finding for path, found in texts for finding in findings(path, found)]


def _head(source: Source) -> bytes:
    content = source.content if isinstance(source.content, bytes) else source.content.read_bytes()
    if not source.uri.endswith(".gz"):
        return content[:_HEAD]
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(content[:_HEAD], _HEAD)
    except zlib.error:  # the judge rejects such an object, and tells
        return b""


def _json(_: Dataset, source: Source) -> Iterator[Mapping[str, Any]]:
    for line in filled_lines(io.BytesIO(_head(source))):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record


def _csv(dataset: Dataset, source: Source) -> Iterator[Mapping[str, Any]]:
    form = CsvFormat(dataset)
    with form.text_of(io.BytesIO(_head(source))) as text:
        header, rows = form.read(text)
        for row in rows:
            yield dict(zip(header, form.texts(row.values), strict=False))


def _parquet(_: Dataset, source: Source) -> Iterator[Mapping[str, Any]]:
    content = source.content
    stored = pa.BufferReader(content) if isinstance(content, bytes) else pa.memory_map(str(content))
    try:
        for batch in pq.ParquetFile(stored, pre_buffer=False).iter_batches(RECORDS, use_threads=False):
            for row in zip(*map(_values, batch.columns), strict=True):
                yield dict(zip(batch.schema.names, row, strict=True))
    except (pa.ArrowException, OSError, ValueError):  # the judge rejects such a file, and tells
        return


def _values(column: pa.Array) -> Iterator[Any]:
    """Yield what Python has a value for, and None in place of all else, which the judge rejects."""
    for value in column:
        try:
            yield value.as_py()
        except (pa.ArrowException, OverflowError, ValueError):
            yield None


_READERS = {"json": _json, "csv": _csv, "parquet": _parquet}
