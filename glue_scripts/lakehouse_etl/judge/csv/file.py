"""Reads CSV objects record by record.

Line breaks and bytes stay as they are, and it is known where each record begins and ends, so that a
rejected one is kept as it came.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, BinaryIO, NamedTuple

from lakehouse_etl.contract.reasons import KEPT_CHARACTERS, MAX_RECORD_BYTES, Breach
from lakehouse_etl.contract.source import Dialect
from lakehouse_etl.judge.csv.dialect import CsvReading

OVERSIZED = Breach("oversized_record", f"expected at most {MAX_RECORD_BYTES} bytes")
MALFORMED = Breach(
    "malformed_csv", "expected as many columns as in the header, quotes that match, and no NUL"
)

_BYTES_PER_CHARACTER = 4
"""At most, in UTF-8."""

_SHORT = 1024 * 1024
"""Characters of a record that is not too long, whatever it consists of."""


class Row(NamedTuple):
    """A record of an object."""

    raw: str
    values: Sequence[str] = ()
    """Its texts, one for each name of the header; none if it has a breach."""
    breach: Breach | None = None


@dataclass
class _Lines:
    """Lines with their ends, and those that the reader has taken since it was last asked."""

    stream: io.TextIOWrapper
    taken: list[str] = field(default_factory=list)
    oversized: bool = False

    def __iter__(self) -> Iterator[Any]:
        for line in iter(partial(self.stream.readline, MAX_RECORD_BYTES), ""):
            self.taken.append(line)
            if len(line) < MAX_RECORD_BYTES or line.endswith(("\n", "\r")):
                yield line
            else:
                self._skip()
                # What is no text ends the record at once, even between quotes: the next line is another one.
                yield b""

    def take(self) -> str:
        """Return the text of the lines that were taken, without the end of the last one."""
        raw = self.taken[0] if len(self.taken) == 1 else "".join(self.taken)
        self.taken.clear()
        return raw.removesuffix("\n").removesuffix("\r")

    def _skip(self) -> None:
        """Pass over the rest of a line, keeping nothing of it."""
        self.oversized = True
        for rest in iter(partial(self.stream.readline, MAX_RECORD_BYTES), ""):
            if rest.endswith(("\n", "\r")):
                return


class CsvObjects:
    """Reads objects of one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        """Take how they are written."""
        self._reading = CsvReading(dialect)
        self._has_header = dialect.header
        self._undecodable = Breach("not_utf8", f"expected {dialect.encoding.upper()}")
        self.breaches = (OVERSIZED, self._undecodable)
        """What a record or a header breaks first of all."""

    def text_of(self, stream: BinaryIO) -> io.TextIOWrapper:
        """Return an object as a text that keeps bytes and ends of lines; closing it closes the object."""
        return self._reading.text_of(stream)

    def read(
        self,
        text: io.TextIOWrapper,
        bad_header: Breach,
        judged: Callable[[Sequence[str]], Breach | None],
        names: Sequence[str],
    ) -> tuple[Sequence[str], Iterable[Row]]:
        """Return the header and the records of an object.

        One whose header is of no use has its lines as records, the header among them. Blank lines are none.

        Args:
            text: The object, as `text_of` returns it.
            bad_header: What a header breaks that is no record.
            judged: Returns what makes a header useless, None if records can be read by it.
            names: Names of the columns, where no header tells them.
        """
        csv.field_size_limit(MAX_RECORD_BYTES)
        lines = _Lines(text)
        reader = self._reading.records(lines)
        if not self._has_header:
            return names, self._rows(reader, lines, len(names))
        first = next(self._rows(reader, lines, None), None)
        if first is None:
            return (), ()
        header = tuple(name.strip() for name in first.values)
        breach = bad_header if first.breach == MALFORMED else first.breach or judged(header)
        if breach is None:
            return header, self._rows(reader, lines, len(header))
        rest = (line for _ in lines if not self._is_blank(line := lines.take()))
        return (), (_refused(line, breach) for line in chain((first.raw,), rest))

    def _rows(self, reader: Iterator[Sequence[str]], lines: _Lines, width: int | None) -> Iterator[Row]:
        """Yield the records that are not blank; `width` is that of the header, None for the header itself."""
        restored = self._reading.restored
        while True:
            values: Sequence[str]
            try:
                values = restored(next(reader))
            except StopIteration:
                return
            except csv.Error:
                values = ()
            raw = lines.take()
            if len(values) == width and raw.isascii() and "\0" not in raw and len(raw) < _SHORT:
                yield Row(raw, values)
            elif not self._is_blank(raw) or lines.oversized:
                yield self._judged(raw, values, width, lines)

    def _judged(self, raw: str, values: Sequence[str], width: int | None, lines: _Lines) -> Row:
        oversized, lines.oversized = lines.oversized, False
        if oversized or _is_long(raw):
            return _refused(raw, OVERSIZED)
        if _readable(raw) != raw:
            return _refused(raw, self._undecodable)
        if not values or "\0" in raw or width not in (None, len(values)):
            return Row(raw, (), MALFORMED)
        return Row(raw, values)

    def _is_blank(self, raw: str) -> bool:
        return not raw.strip(self._reading.blanks)


def _refused(raw: str, breach: Breach) -> Row:
    return Row(_readable(raw[:KEPT_CHARACTERS] if len(raw) >= _SHORT else raw), (), breach)


def _is_long(raw: str) -> bool:
    """Whether a record is too long; its bytes are counted only where its characters do not tell."""
    longest = len(raw) * _BYTES_PER_CHARACTER
    return longest > MAX_RECORD_BYTES and len(raw.encode(errors="surrogateescape")) > MAX_RECORD_BYTES


def _readable(raw: str) -> str:
    """Put the replacement character in place of bytes that are no text."""
    return raw if raw.isascii() else raw.encode(errors="surrogateescape").decode(errors="replace")
