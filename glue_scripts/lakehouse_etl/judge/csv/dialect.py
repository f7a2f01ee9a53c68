"""What Python's CSV reader is told of a dialect, and what is done for it where it knows no such thing."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from lakehouse_etl.contract.source import Dialect

_DELIMITER, _QUOTE, _ESCAPE, _KEPT = "\ud800", "\ud801", "\ud802", "\ud803"
"""Stand in a line, while it is read, for a delimiter of several characters and for a quote, an escape and a
delimiter that are escaped. They are halves of characters, which no text has."""

_UNDECODABLE = "\udcff"
"""Stands for bytes that are no text, as `surrogateescape` has it for bytes of UTF-8."""

_ERRORS = "lakehouse_etl.undecodable"

_UTF16 = "utf-16"

_CODECS = {"utf-8": ("utf-8-sig", "surrogateescape")}
"""Codec and what it does about bytes that are no text, where Python's own of that name would not do."""


def _undecodable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _UNDECODABLE, error.end


codecs.register_error(_ERRORS, _undecodable)


class CsvReading:
    """Reads objects of one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._codec = _CODECS.get(dialect.encoding, (dialect.encoding, _ERRORS))
        self.blanks = " \t\r\n".replace(dialect.delimiter, "")
        """What a line consists of that is no record."""
        marks = dict(_marks(dialect))
        quote = dialect.quote_char
        self._options: dict[str, Any] = {
            "delimiter": _DELIMITER if dialect.delimiter in marks else dialect.delimiter,
            "quotechar": quote,
            "quoting": csv.QUOTE_NONE if quote is None else csv.QUOTE_MINIMAL,
            "strict": True,
        }
        self._marks = marks
        self._marked = re.compile("|".join(map(re.escape, marks))) if marks else None
        # An escape goes with what it escapes; a delimiter inside quotes is itself again.
        self._texts = {ord(mark): text if mark == _DELIMITER else text[1:] for text, mark in marks.items()}

    def text_of(self, stream: BinaryIO) -> io.TextIOWrapper:
        """Return an object as a text that keeps bytes and ends of lines; closing it closes the object."""
        encoding, errors = self._codec
        if encoding == _UTF16:
            encoding = _byte_order(stream)
        return io.TextIOWrapper(stream, encoding, errors=errors, newline="")

    def records(self, lines: Iterable[Any]) -> Iterator[Sequence[str]]:
        """Return the values of each record; a line of bytes ends one at once.

        Raises:
            csv.Error: One of them is none; the next follows all the same.
        """
        return csv.reader(lines if self._marked is None else map(self._prepared, lines), **self._options)

    def restored(self, values: Sequence[str]) -> Sequence[str]:
        """Return the values of a record as they are in the object."""
        return values if self._marked is None else [value.translate(self._texts) for value in values]

    def _prepared(self, line: Any) -> Any:
        if self._marked is None or isinstance(line, bytes):
            return line
        return self._marked.sub(lambda found: self._marks[found[0]], line)


def _byte_order(stream: BinaryIO) -> str:
    """Return the codec of UTF-16 that an object asks for, and pass over its byte order mark."""
    mark = stream.read(len(codecs.BOM_UTF16_LE))
    if mark not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        stream.seek(0)
    return "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-16-le"


def _marks(dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Yield what a line has, and what stands for it."""
    escape, quote, delimiter = dialect.escape_char, dialect.quote_char, dialect.delimiter
    if escape is not None:
        yield escape + escape, _ESCAPE
        yield (escape + delimiter, _KEPT) if quote is None else (escape + quote, _QUOTE)
    if len(delimiter) > 1:
        yield delimiter, _DELIMITER
