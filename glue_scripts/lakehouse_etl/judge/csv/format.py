"""CSV objects as records: each a text for each name of the header."""

import json
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.judge.csv.file import MALFORMED, NOT_UTF8, OVERSIZED, Row, read_csv
from lakehouse_etl.judge.fields.faults import Reader
from lakehouse_etl.judge.fields.names import AmbiguousError, Names
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
    """Finds the records of a dataset in CSV objects with a header.

    A column without a name, as the index of a data frame has, is ignored whatever the policy for unknown
    fields: nobody can ask for it.
    """

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset with the fields that its objects have."""
        self._fields = [field.name for field in dataset.fields]
        self._names = Names(self._fields)
        self._nulls = frozenset(filter(None, (dataset.bronze.null_token,))) | {""}
        self._nested = [at for at, field in enumerate(dataset.fields) if is_nested(field)]
        self._rejects, self._rescues = dataset.unknown_fields == "reject", dataset.rescues
        self._bad_header = Breach(
            "bad_header", f"expected a first line that names columns, such as {min(self._fields)}"
        )
        self._missing = {
            field.name: Breach("missing_column", f"{field.name}: expected in the header")
            for field in dataset.fields
            if field.required
        }
        self._forms = Forms(dataset, of_texts=False)
        whole = (_UNREADABLE, OVERSIZED, NOT_UTF8, self._bad_header, MALFORMED, *self._missing.values())
        self.forms = (*whole, *((UNKNOWN_FIELD,) if self._rejects else ()), *self._forms.breaches)

    def reader(self, field: Field) -> Reader:
        """Return what reads a field's value from a text, or from what a nested one holds."""
        return nested_reader(field.type)

    def records(self, source: Source) -> Iterator[Record]:
        """Yield the records of an object; a damaged one is one."""
        try:
            stream = opened(source)
        except UnreadableError:
            yield Record((), (None, ()), 0, _UNREADABLE)
            return
        with stream:
            header, rows = read_csv(stream, self._bad_header, self._header_breach)
            record = self._records_by(header) if header else _refused
            yield from map(record, rows)

    def raw(self, record: Record) -> str | None:
        """Return the text of a record, None of a damaged object."""
        raw: str | None = record.origin[0]
        return raw

    def record_hash(self, record: Record, values: Sequence[Any]) -> int:
        """Return the hash of the texts that silver keeps, whatever the order of the columns.

        Rescuing nothing makes no record another one: null leaves a hash as it is.
        """
        return hash_of_texts((*self.hashed(self.texts(record)), record.rescued))

    def texts(self, record: Record) -> Sequence[str | None]:
        """Return the texts of the fields of a record that breaks no rule of the format, None for null."""
        texts: Sequence[str | None] = record.origin[1]
        return texts

    def hashed(self, texts: Sequence[str | None]) -> Sequence[str]:
        """Return what hashes are made of in place of texts: null is no text, but leaves no hash as it is."""
        return [_NULL if text is None else text for text in texts]

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

    def _records_by(self, header: Sequence[str]) -> Callable[[Row], Record]:
        """Return what makes records of rows under a header."""
        others, unknown = self._names.matched(set(filter(None, header)))
        # The text behind the last one is empty: that of columns which are not there.
        places = {name: at for at, name in enumerate(header)}
        picked = itemgetter(*(places.get(others.get(name, name), len(header)) for name in self._fields), -1)
        rescued = [(name, places[name]) for name in sorted(unknown)] if self._rescues else []
        nulls = self._nulls

        def record(row: Row) -> Record:
            if row.breach is not None:
                return _refused(row)
            texts = [None if text in nulls else text for text in picked((*row.values, ""))[:-1]]
            given = self._held(texts) if self._nested else texts
            breach = self._forms.broken(given) if self._nested else None
            rest = self._rescued(row.values, rescued) if rescued else None
            return Record(given, (row.raw, texts), len(row.raw), breach, rest)

        return record

    def _held(self, texts: Sequence[str | None]) -> Sequence[Any]:
        given: list[Any] = list(texts)
        for at in self._nested:
            given[at] = held(given[at])
        return given

    def _rescued(self, values: Sequence[str], places: Sequence[tuple[str, int]]) -> str | None:
        found = {name: values[at] for name, at in places if values[at] not in self._nulls}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else None


def _refused(row: Row) -> Record:
    return Record((), (row.raw, ()), len(row.raw), row.breach)
