"""JSON lines as records: each an object of members by the names of the fields."""

from collections.abc import Iterator, Sequence
from typing import Any

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.reasons import KEPT_CHARACTERS, MAX_RECORD_BYTES, Breach
from lakehouse_etl.contract.types import Nested
from lakehouse_etl.judge.fields.faults import Reader
from lakehouse_etl.judge.fields.names import AmbiguousError, Names
from lakehouse_etl.judge.fields.texts import texts_reader
from lakehouse_etl.judge.hashes import hash_of
from lakehouse_etl.judge.json.forms import UNKNOWN_FIELD, Forms, is_nested
from lakehouse_etl.judge.json.lines import filled_lines
from lakehouse_etl.judge.json.nested import held, nested_reader, scalar_reader
from lakehouse_etl.judge.json.parsing import MalformedError, Repeating, has_half_characters, objects
from lakehouse_etl.judge.json.text import text_of
from lakehouse_etl.judge.objects import UNREADABLE, UnreadableError, opened
from lakehouse_etl.judge.part import Source
from lakehouse_etl.judge.records import Record

_OVERSIZED = Breach("oversized_record", f"expected at most {MAX_RECORD_BYTES} bytes")
_NOT_UTF8 = Breach("not_utf8", "expected UTF-8")
_MALFORMED = Breach("malformed_json", "expected one JSON object on a line")
_HALVES = Breach("not_utf8", "expected escapes of whole characters")
_REPEATED = Breach("repeated_key", "expected each key of an object once")

_BYTES_PER_CHARACTER = 4
"""At most, in UTF-8."""


class JsonFormat:
    """Finds the records of a dataset in JSON lines.

    A line holds one object. One that holds several, or arrays of them, is as many records, as streams make
    of it; anything wrong with it makes it one.
    """

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset with the fields that its objects have."""
        routing = dataset.bronze.routing_member
        self._fields = [field.source_name for field in dataset.fields]
        self._names = Names([*self._fields, *([routing] if routing else [])])
        self._nested = [at for at, field in enumerate(dataset.fields) if is_nested(field)]
        self._forms = Forms(dataset, of_texts=True)
        self._rejects, self._rescues = dataset.unknown_fields == "reject", dataset.rescues
        whole = (UNREADABLE, _OVERSIZED, _NOT_UTF8, _MALFORMED, _HALVES, _REPEATED)
        unknown = (UNKNOWN_FIELD,) if self._rejects else ()
        self.forms = (*whole, *unknown, *self._forms.breaches)

    def reader(self, field: Field) -> Reader:
        """Return what reads a field's value from a value of JSON."""
        if isinstance(field.type, Nested):
            return nested_reader(field.type)
        return scalar_reader(field.type, texts_reader(field))

    def records(self, source: Source) -> Iterator[Record]:
        """Yield the records of an object; a damaged one is one."""
        try:
            stream = opened(source)
        except UnreadableError:
            yield Record((), None, 0, UNREADABLE)
            return
        with stream:
            for line in filled_lines(stream):
                yield from self.records_of(line)

    def records_of(self, line: bytes) -> Sequence[Record]:
        """Return the records of a line that is not blank."""
        if len(line) > MAX_RECORD_BYTES:
            return [_refused(line, _OVERSIZED)]
        try:
            text = line.decode()
            found = objects(text)
        except UnicodeDecodeError:
            return [_refused(line, _NOT_UTF8)]
        except MalformedError:
            return [_refused(line, _MALFORMED)]
        return [
            self._record(line if part is text else part.encode(), part, members) for part, members in found
        ]

    def raw(self, record: Record) -> str | None:
        """Return the text of a record, or its beginning if it is too long; None of a damaged object."""
        if record.origin is None:
            return None
        line: bytes = record.origin
        if len(line) <= MAX_RECORD_BYTES:
            return line.decode(errors="replace")
        return line[: KEPT_CHARACTERS * _BYTES_PER_CHARACTER].decode(errors="replace")[:KEPT_CHARACTERS]

    def record_hash(self, record: Record, values: Sequence[Any]) -> int:
        """Return the hash of the bytes of a record."""
        return hash_of(record.origin)

    def _record(self, line: bytes, text: str, members: dict[str, Any]) -> Record:
        if has_half_characters(text):
            return _refused(line, _HALVES)
        try:
            others, unknown = self._names.matched(members)
        except AmbiguousError:
            return _refused(line, _REPEATED)
        if isinstance(members, Repeating):
            return _refused(line, _REPEATED)
        if unknown and self._rejects:
            return _refused(line, UNKNOWN_FIELD)
        get = members.get
        given = (
            [get(others.get(name, name)) for name in self._fields] if others else [*map(get, self._fields)]
        )
        for at in self._nested:
            given[at] = held(given[at])
        rescued = text_of({name: members[name] for name in unknown}) if unknown and self._rescues else None
        return Record(given, line, len(line), self._forms.broken(given), rescued)


def _refused(line: bytes, breach: Breach) -> Record:
    return Record((), line, len(line), breach)
