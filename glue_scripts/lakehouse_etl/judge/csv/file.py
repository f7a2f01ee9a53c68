"""Reads CSV objects record by record with the CSV reader of Python.

It keeps line breaks and bytes as they are, and tells where each record begins and ends, so that a rejected
one is kept as it came.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, BinaryIO, NamedTuple

from lakehouse_etl.contract.reasons import KEPT_CHARACTERS, MAX_RECORD_BYTES, Breach

OVERSIZED = Breach("oversized_record", f"expected at most {MAX_RECORD_BYTES} bytes")
NOT_UTF8 = Breach("not_utf8", "expected UTF-8")
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


def text_of(stream: BinaryIO) -> io.TextIOWrapper:
    """Return an object as a text that keeps bytes and ends of lines; closing it closes the object."""
    return io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")


def read_csv(
    text: io.TextIOWrapper, bad_header: Breach, judged: Callable[[Sequence[str]], Breach | None]
) -> tuple[Sequence[str], Iterable[Row]]:
    """Return the header and the records of an object.

    One whose header is of no use has its lines as records, the header among them. Blank lines are none.

    Args:
        text: The object, as `text_of` returns it.
        bad_header: What a header breaks that is no record.
        judged: Returns what makes a header useless, None if records can be read by it.
    """
    csv.field_size_limit(MAX_RECORD_BYTES)
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True)
    first = next(_rows(reader, lines, None), None)
    if first is None:
        return (), ()
    header = tuple(name.strip() for name in first.values)
    breach = bad_header if first.breach == MALFORMED else first.breach or judged(header)
    if breach is None:
        return header, _rows(reader, lines, len(header))
    rest = (line for _ in lines if not _is_blank(line := lines.take()))
    return (), (_refused(line, breach) for line in chain((first.raw,), rest))


def _rows(reader: Any, lines: _Lines, width: int | None) -> Iterator[Row]:
    """Yield the records that are not blank; `width` is that of the header, None for the header itself."""
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            values = ()
        raw = lines.take()
        if len(values) == width and raw.isascii() and "\0" not in raw and len(raw) < _SHORT:
            yield Row(raw, values)
        elif not _is_blank(raw) or lines.oversized:
            yield _judged(raw, values, width, lines)


def _judged(raw: str, values: Sequence[str], width: int | None, lines: _Lines) -> Row:
    oversized, lines.oversized = lines.oversized, False
    if oversized or (len(raw) * _BYTES_PER_CHARACTER > MAX_RECORD_BYTES and _size(raw) > MAX_RECORD_BYTES):
        return _refused(raw, OVERSIZED)
    if _readable(raw) != raw:
        return _refused(raw, NOT_UTF8)
    if not values or "\0" in raw or width not in (None, len(values)):
        return Row(raw, (), MALFORMED)
    return Row(raw, values)


def _refused(raw: str, breach: Breach) -> Row:
    return Row(_readable(raw[:KEPT_CHARACTERS] if len(raw) >= _SHORT else raw), (), breach)


def _size(raw: str) -> int:
    return len(raw.encode(errors="surrogateescape"))


def _is_blank(raw: str) -> bool:
    return not raw.strip(" \t\r\n")


def _readable(raw: str) -> str:
    """Put the replacement character in place of bytes that are no UTF-8."""
    return raw if raw.isascii() else raw.encode(errors="surrogateescape").decode(errors="replace")
