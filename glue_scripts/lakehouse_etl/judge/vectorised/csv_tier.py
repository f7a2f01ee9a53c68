"""Judges objects of CSV by both tiers: rows are read one by one, and judged many at once."""

from collections.abc import Iterable, Iterator

from lakehouse_etl.judge.csv.file import Row
from lakehouse_etl.judge.csv.format import CsvFormat
from lakehouse_etl.judge.objects import UnreadableError, opened
from lakehouse_etl.judge.part import Part, Source
from lakehouse_etl.judge.vectorised.csv_rows import CsvRows
from lakehouse_etl.judge.vectorised.parts import NOTHING, Carefully, are_few, combined

_ROWS = 4096
"""Rows that are judged at once."""

_BYTES = 8 * 1024 * 1024
"""Characters of rows after which no more are taken, however few they are."""


class CsvTier:
    """Judges the objects of one dataset."""

    def __init__(self, form: CsvFormat, rows: CsvRows, carefully: Carefully) -> None:
        """Take what finds records, what judges them at once, and the careful judge."""
        self._format = form
        self._rows = rows
        self._carefully = carefully

    def judged(self, source: Source) -> Iterator[Part]:
        """Yield the records of an object, judged, some of them at a time."""
        try:
            stream = opened(source)
        except UnreadableError:
            yield from self._carefully(source.uri, enumerate(self._format.records(source), 1))
            return
        with self._format.text_of(stream) as text:
            header, rows = self._format.read(text)
            record = self._format.records_by(header)
            judged = self._rows.under(header) if header else None
            first = 1
            for batch in _batches(rows):
                clean = NOTHING if judged is None or are_few(batch) else judged(batch)
                positions = range(first, first + len(batch))
                placed = ((positions[at], record(batch[at])) for at in clean.doubtful(len(batch)))
                yield from combined(clean, positions, self._carefully(source.uri, placed))
                first += len(batch)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch, size = [], 0
    for row in rows:
        batch.append(row)
        size += len(row.raw)
        if len(batch) >= _ROWS or size >= _BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
