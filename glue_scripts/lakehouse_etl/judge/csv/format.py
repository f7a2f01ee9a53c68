"""CSV objects as records: each a text for each name of the header."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from io import TextIOWrapper
from operator import itemgetter
from typing import Any, BinaryIO

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.contract.types import Nested
from lakehouse_etl.judge.csv.file import MALFORMED, CsvObjects, Row
from lakehouse_etl.judge.fields.faults import Reader
from lakehouse_etl.judge.fields.names import AmbiguousError, Names
from lakehouse_etl.judge.fields.rules import missing_column
from lakehouse_etl.judge.fields.texts import texts_reader
from lakehouse_etl.judge.hashes import hash_of_texts
from lakehouse_etl.judge.json.forms import UNKNOWN_FIELD, Forms, is_nested
from lakehouse_etl.judge.json.nested import held, nested_reader
from lakehouse_etl.judge.objects import UnreadableError, opened
from lakehouse_etl.judge.part import Source
from lakehouse_etl.judge.records import Record

_UNREADABLE = Breach("unreadable_file", "expected a whole gzip file")

_NULL = "\0"
"""Stands for null in hashes; no text has one."""


class CsvFormat:
    """Finds the records of a dataset in CSV objects.

    A column without a name, as the index of a data frame has, is ignored whatever the policy for unknown
    fields: nobody can ask for it.
    """

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset with the fields that its objects have."""
        dialect = dataset.bronze.dialect
        self._dialect = dialect
        self._objects = CsvObjects(dialect)
        # Blanks around a name in a header are none of it.
        self._fields = [field.source_name.strip() for field in dataset.fields]
        self._names = Names(self._fields)
        self._nulls = frozenset(filter(None, (dataset.bronze.null_token,))) | {""}
        self._nested = [at for at, field in enumerate(dataset.fields) if is_nested(field)]
        self._rejects, self._rescues = dataset.unknown_fields == "reject", dataset.rescues
        self._bad_header = Breach(
            "bad_header", f"expected a first line that names columns, such as {min(self._fields)}"
        )
        self._missing = {
            name: missing_column(field, "header")
            for name, field in zip(self._fields, dataset.fields, strict=True)
            if field.required
        }
        self._forms = Forms(dataset, of_texts=False)
        whole = (_UNREADABLE, *self._objects.breaches, self._bad_header, MALFORMED, *self._missing.values())
        self.forms = (*whole, *((UNKNOWN_FIELD,) if self._rejects else ()), *self._forms.breaches)

    def reader(self, field: Field) -> Reader:
        """Return what reads a field's value from a text, or from what a nested one holds."""
        if isinstance(field.type, Nested):
            return nested_reader(field.type)
        return texts_reader(field, self._dialect)

    def records(self, source: Source) -> Iterator[Record]:
        """Yield the records of an object; a damaged one is one."""
        try:
            stream = opened(source)
        except UnreadableError:
            yield Record((), (None, ()), 0, _UNREADABLE)
            return
        with self.text_of(stream) as text:
            header, rows = self.read(text)
            yield from map(self.records_by(header), rows)

    def text_of(self, stream: BinaryIO) -> TextIOWrapper:
        """Return an object as a text; closing it closes the object."""
        return self._objects.text_of(stream)

    def read(self, text: TextIOWrapper) -> tuple[Sequence[str], Iterable[Row]]:
        """Return header and rows of an object; of a header of no use nothing, and all rows are refused."""
        return self._objects.read(text, self._bad_header, self._header_breach, self._fields)

    def raw(self, record: Record) -> str | None:
        """Return the text of a record, None of a damaged object."""
        raw: str | None = record.origin[0]
        return raw

    def record_hash(self, record: Record, values: Sequence[Any]) -> int:
        """Return the hash of the texts that silver keeps, whatever the order of the columns.

        Rescuing nothing makes no record another one: null leaves a hash as it is.
        """
        return hash_of_texts((*hashed(record.origin[1]), record.rescued))

    def places(self, header: Sequence[str]) -> list[int]:
        """Return by field which column of a row is its own; that behind the last one if it has none."""
        others, _ = self._names.matched(set(filter(None, header)))
        places = {name: at for at, name in enumerate(header)}
        return [places.get(others.get(name, name), len(header)) for name in self._fields]

    def rescuer(self, header: Sequence[str]) -> Callable[[Sequence[str]], str | None] | None:
        """Return what makes of the values of a row what is rescued of it; None if nothing ever is."""
        _, unknown = self._names.matched(set(filter(None, header)))
        places = [(name, header.index(name)) for name in sorted(unknown)] if self._rescues else []
        return partial(self._rescued, places) if places else None

    def texts(self, column: Sequence[str]) -> Sequence[str | None]:
        """Return a column with null in place of the texts that stand for it."""
        nulls = self._nulls
        return column if nulls.isdisjoint(column) else [None if text in nulls else text for text in column]

    def _header_breach(self, header: Sequence[str]) -> Breach | None:
        """Return what makes a header useless, None if records can be read by it."""
        named = [name for name in header if name]
        names = set(named)
        try:
            others, unknown = self._names.matched(names)
        except AmbiguousError:
            return self._bad_header
        if len(unknown) == len(names) or len(names) < len(named):
            return self._bad_header
        for name, breach in self._missing.items():
            if name not in names and name not in others:
                return breach
        return UNKNOWN_FIELD if self._rejects and unknown else None

    def records_by(self, header: Sequence[str]) -> Callable[[Row], Record]:
        """Return what makes records of the rows under a header."""
        if not header:
            return _refused
        picked = itemgetter(*self.places(header), -1)
        rescued = self.rescuer(header)
        nulls = self._nulls

        def record(row: Row) -> Record:
            if row.breach is not None:
                return _refused(row)
            # The text behind the last one is empty: that of columns which are not there.
            texts = [None if text in nulls else text for text in picked((*row.values, ""))[:-1]]
            given = self._held(texts) if self._nested else texts
            breach = self._forms.broken(given) if self._nested else None
            rest = rescued(row.values) if rescued else None
            return Record(given, (row.raw, texts), len(row.raw), breach, rest)

        return record

    def _held(self, texts: Sequence[str | None]) -> Sequence[Any]:
        given: list[Any] = list(texts)
        for at in self._nested:
            given[at] = held(given[at])
        return given

    def _rescued(self, places: Sequence[tuple[str, int]], values: Sequence[str]) -> str | None:
        found = {name: values[at] for name, at in places if values[at] not in self._nulls}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else None


def hashed(texts: Sequence[str | None]) -> Sequence[str]:
    """Return what hashes are made of in place of texts: null is no text, and leaves no hash as it is."""
    return [_NULL if text is None else text for text in texts]


def _refused(row: Row) -> Record:
    return Record((), (row.raw, ()), len(row.raw), row.breach)
