"""Judges objects of CSV by both tiers: records are read one by one, and judged many at once."""

from collections.abc import Iterable, Iterator

from lakehouse_etl.judge.csv.format import CsvFormat
from lakehouse_etl.judge.part import Part, Source
from lakehouse_etl.judge.records import Record
from lakehouse_etl.judge.vectorised.csv_rows import CsvRows
from lakehouse_etl.judge.vectorised.parts import NOTHING, Carefully, are_few, combined

_ROWS = 2048
"""Records that are judged at once."""

_BYTES = 8 * 1024 * 1024
"""Bytes of records after which no more are taken, however few they are."""


class CsvTier:
    """Judges the objects of one dataset."""

    def __init__(self, form: CsvFormat, rows: CsvRows, carefully: Carefully) -> None:
        """Take what finds records, what judges them at once, and the careful judge."""
        self._format = form
        self._rows = rows
        self._carefully = carefully

    def judged(self, source: Source) -> Iterator[Part]:
        """Yield the records of an object, judged, some of them at a time."""
        first = 1
        for records in _batches(self._format.records(source)):
            clean = NOTHING if are_few(records) else self._rows.judged(records)
            positions = range(first, first + len(records))
            placed = ((positions[at], records[at]) for at in clean.doubtful(len(records)))
            yield from combined(clean, positions, self._carefully(source.uri, placed))
            first += len(records)


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch, size = [], 0
    for record in records:
        batch.append(record)
        size += record.size
        if len(batch) >= _ROWS or size >= _BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
