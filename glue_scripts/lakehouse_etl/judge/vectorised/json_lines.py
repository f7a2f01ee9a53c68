"""Judges lines of JSON, many at once: those of one plain object become rows, the others are doubtful."""

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any

import msgspec
import pyarrow as pa
from xxhash import xxh64_intdigest

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.reasons import MAX_RECORD_BYTES
from lakehouse_etl.contract.types import Member
from lakehouse_etl.judge.hashes import SEED
from lakehouse_etl.judge.vectorised.columns import Columns
from lakehouse_etl.judge.vectorised.ignored import Ignored
from lakehouse_etl.judge.vectorised.json_values import Members, quotes_in
from lakehouse_etl.judge.vectorised.parts import Clean
from lakehouse_etl.judge.vectorised.values import Amounts, UnservedError, both

_FAULTS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding raises of a line that is no object of the contract."""

_MOST = 500
"""Fields; among more, a name that comes out of order is found no sooner than the careful judge is done."""


class JsonLines:
    """Judges lines of JSON of one dataset."""

    def __init__(self, dataset: Dataset, columns: Columns) -> None:
        """Take the dataset with the fields that its files have, and what judges the columns of its records.

        Raises:
            UnservedError: This contract is left to the careful judge.
        """
        if len(dataset.fields) > _MOST:
            raise UnservedError(f"{len(dataset.fields)} fields")
        self._fields = [_member(each) for each in dataset.fields]
        self._columns = columns
        self._ignored = Ignored(dataset)
        self._expect()

    def _expect(self) -> None:
        self._members = Members(self._fields, self._ignored.names)
        self._decode = msgspec.json.Decoder(self._members.wire).decode

    def judged(self, lines: Sequence[bytes]) -> Clean:
        """Return what is clean among some lines."""
        places, objects = self._decoded(lines)
        if len(places) < len(lines) and self._ignored.learn(_rest(lines, places)):
            self._expect()
            places, objects = self._decoded(lines)
        values, quotes = self._members.values(objects)
        lines = [lines[place] for place in places]
        clean = both(
            _plain(lines, quotes), self._columns.clean([(each.array, each.clean) for each in values])
        )
        arrays = [each.array for each in values]
        if clean is not None:
            kept = clean.to_pylist()
            lines, places = list(compress(lines, kept)), list(compress(places, kept))
            arrays = [each.filter(clean) for each in arrays]
        hashes = [xxh64_intdigest(line, SEED) for line in lines]
        return Clean(self._columns.rows(arrays, hashes, [None] * len(lines)), places)

    def _decoded(self, lines: Sequence[bytes]) -> tuple[list[int], list[Any]]:
        decode = self._decode
        places, objects = [], []
        for place, line in enumerate(lines):
            try:
                if not line.isascii():
                    # The decoder looks at texts alone, not at what it passes over.
                    line.decode()
                objects.append(decode(line))
            except _FAULTS:
                continue
            places.append(place)
        return places, objects


def _member(field: Field) -> Member:
    if field.source_format is not None:
        raise UnservedError(f"{field.name}: written as {field.source_format.text}")
    return Member(field.name, field.type, field.required, field.physical_name)


def _rest(lines: Sequence[bytes], places: Sequence[int]) -> Iterator[bytes]:
    decoded = frozenset(places)
    return (line for place, line in enumerate(lines) if place not in decoded)


def _plain(lines: Sequence[bytes], quotes: Amounts) -> pa.Array | None:
    """Return whether each line is short enough and has no key twice; None if that is so of all.

    Quotes inside of texts only make a line seem to have too many, so most lines need no second look.
    """
    written = [line.count(b'"') for line in lines]
    needed = [quotes] * len(lines) if isinstance(quotes, int) else quotes.to_pylist()
    if written == needed and max(map(len, lines), default=0) <= MAX_RECORD_BYTES:
        return None
    return pa.array(
        [
            (has == needs or quotes_in(line) == needs) and len(line) <= MAX_RECORD_BYTES
            for line, has, needs in zip(lines, written, needed, strict=True)
        ],
        pa.bool_(),
    )
