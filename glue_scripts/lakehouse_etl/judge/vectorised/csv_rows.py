"""Judges rows of CSV, many at once: those that are plain are clean, the others are doubtful."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import compress

import pyarrow as pa

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.types import Decimal, Primitive
from lakehouse_etl.judge.csv.file import Row
from lakehouse_etl.judge.csv.format import CsvFormat, hashed
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.judge.hashes import hashes_of_texts
from lakehouse_etl.judge.vectorised.columns import Columns, Read
from lakehouse_etl.judge.vectorised.parts import Clean
from lakehouse_etl.judge.vectorised.scalars import Scalars
from lakehouse_etl.judge.vectorised.values import UnservedError, both

Reader = Callable[[pa.Array], Read]
"""Reads texts as values of a field."""

Rescuer = Callable[[Sequence[str]], str | None]
"""Makes of the values of a row what is rescued of it."""


class CsvRows:
    """Judges rows of one dataset."""

    def __init__(self, dataset: Dataset, form: CsvFormat, columns: Columns) -> None:
        """Take the dataset with the fields that its files have, and what judges the columns of its records.

        Raises:
            UnservedError: This contract is left to the careful judge.
        """
        if not dataset.bronze.dialect.writes_plain_numbers:
            raise UnservedError("numbers that are not written as everywhere")
        self._readers = [_reader(each) for each in dataset.fields]
        self._required = [each.required for each in dataset.fields]
        self._form = form
        self._columns = columns

    def under(self, header: Sequence[str]) -> Callable[[Sequence[Row]], Clean]:
        """Return what judges rows under a header: it tells what is clean among some of them."""
        return partial(self._judged, self._form.places(header), self._form.rescuer(header))

    def _judged(self, at: Sequence[int], rescuer: Rescuer | None, rows: Sequence[Row]) -> Clean:
        places = [place for place, row in enumerate(rows) if row.breach is None]
        rows = [rows[place] for place in places]
        # A column that is not there has empty texts.
        cells = [*zip(*(row.values for row in rows), strict=True), ("",) * len(rows)]
        columns: list[Sequence[str | None]]
        columns = [self._form.texts(cells[each]) for each in at] if rows else [()] * len(at)
        read = [self._read(*each) for each in zip(self._readers, self._required, columns, strict=True)]
        clean = self._columns.clean(read)
        arrays = [array for array, _ in read]
        if clean is not None:
            kept = clean.to_pylist()
            rows, places = list(compress(rows, kept)), list(compress(places, kept))
            columns = [list(compress(each, kept)) for each in columns]
            arrays = [each.filter(clean) for each in arrays]
        rescued = [rescuer(row.values) for row in rows] if rescuer else [None] * len(rows)
        hashes = hashes_of_texts(map(hashed, columns), rescued)
        return Clean(self._columns.rows(arrays, hashes, rescued), places)

    @staticmethod
    def _read(reader: Reader, required: bool, found: Sequence[str | None]) -> Read:
        values, clean = reader(pa.array(found, pa.string()))
        return values, both(clean, values.is_valid()) if required and values.null_count else clean


def _reader(field: Field) -> Reader:
    if field.source_format is not None:
        raise UnservedError(f"{field.name}: written as {field.source_format.text}")
    if isinstance(field.type, Primitive | Decimal):
        return Scalars(field.type).read
    if field.required:
        raise UnservedError(f"{field.name}: {field.type} in CSV")
    return partial(_null, arrow_type(field.type))


def _null(kind: pa.DataType, texts: pa.Array) -> Read:
    """Return null for nested values, which are clean only if there is none."""
    return pa.nulls(len(texts), kind), texts.is_null() if texts.null_count < len(texts) else None
