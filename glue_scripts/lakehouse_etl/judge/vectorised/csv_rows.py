"""Judges records of CSV, many at once: what is plain becomes rows, all else is doubtful."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import compress

import pyarrow as pa

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.types import Decimal, Primitive
from lakehouse_etl.judge.csv.format import CsvFormat
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.judge.hashes import hashes_of_texts
from lakehouse_etl.judge.records import Record
from lakehouse_etl.judge.vectorised.columns import Columns, Read
from lakehouse_etl.judge.vectorised.parts import Clean
from lakehouse_etl.judge.vectorised.scalars import Scalars
from lakehouse_etl.judge.vectorised.values import UnservedError, both

Reader = Callable[[pa.Array], Read]
"""Reads texts as values of a field."""


class CsvRows:
    """Judges records of one dataset."""

    def __init__(self, dataset: Dataset, form: CsvFormat, columns: Columns) -> None:
        """Take the dataset with the fields that its files have, and what judges the columns of its records.

        Raises:
            UnservedError: This contract is left to the careful judge.
        """
        self._readers = [_reader(each) for each in dataset.fields]
        self._required = [each.required for each in dataset.fields]
        self._form = form
        self._columns = columns

    def judged(self, records: Sequence[Record]) -> Clean:
        """Return what is clean among some records."""
        places = [at for at, record in enumerate(records) if record.breach is None]
        columns: list[Sequence[str | None]] = list(
            zip(*(self._form.texts(records[at]) for at in places), strict=True)
        ) or [()] * len(self._readers)
        read = [self._read(*each) for each in zip(self._readers, self._required, columns, strict=True)]
        clean = self._columns.clean(read)
        arrays = [array for array, _ in read]
        if clean is not None:
            kept = clean.to_pylist()
            places = list(compress(places, kept))
            columns = [list(compress(each, kept)) for each in columns]
            arrays = [each.filter(clean) for each in arrays]
        rescued = [records[at].rescued for at in places]
        hashes = hashes_of_texts([*map(self._form.hashed, columns), rescued], len(places))
        return Clean(self._columns.rows(arrays, hashes, rescued), places)

    @staticmethod
    def _read(reader: Reader, required: bool, found: Sequence[str | None]) -> Read:
        values, clean = reader(pa.array(found, pa.string()))
        return values, both(clean, values.is_valid()) if required and values.null_count else clean


def _reader(field: Field) -> Reader:
    if isinstance(field.type, Primitive | Decimal):
        return Scalars(field.type).read
    if field.required:
        raise UnservedError(f"{field.name}: {field.type} in CSV")
    return partial(_null, arrow_type(field.type))


def _null(kind: pa.DataType, texts: pa.Array) -> Read:
    """Return null for nested values, which are clean only if there is none."""
    return pa.nulls(len(texts), kind), texts.is_null() if texts.null_count < len(texts) else None
