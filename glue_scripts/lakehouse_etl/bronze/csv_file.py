"""Reads CSV objects record by record with the CSV reader of Python, as the executors run it.

It keeps line breaks and bytes as they are, and tells where each record begins and ends, so that a rejected
one is kept as it came. Nothing of Spark is needed here.
"""

import csv
import gzip
import io
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

from lakehouse_etl.contract.reasons import KEPT_CHARACTERS, MAX_RECORD_BYTES

_BYTES_PER_CHARACTER = 4
"""At most, in UTF-8."""

_COPY_BYTES = 1024 * 1024

Record = tuple[str, Sequence[str], str | None]
"""Text, texts under the header's columns, and the fault of a record that has none of those: its reason code,
for a missing column with a colon and the name."""


@dataclass(frozen=True)
class Layout:
    """What a reader of CSV must know of a contract."""

    names: tuple[str, ...]
    required: tuple[str, ...]
    unknown_fields: str
    """Policy for other columns: ignore, rescue or reject."""


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


def read_csv(
    content: BinaryIO, layout: Layout, *, compressed: bool
) -> tuple[tuple[str, ...], Iterable[Record]]:
    """Return the header and the records of an object; faulty ones have no values.

    The object is copied to the local disk first, so it is either whole or one unreadable record. One whose
    header is of no use has its lines as records, the header among them. Blank lines are none.
    """
    try:
        stream = _copied(content, compressed=compressed)
    except (zlib.error, EOFError, gzip.BadGzipFile):
        return (), [("", (), "unreadable_file")]
    csv.field_size_limit(MAX_RECORD_BYTES)
    lines = _Lines(io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline=""))
    reader = csv.reader(lines, strict=True)
    raw, names, fault = next(_records(reader, lines, None), ("", (), None))
    header = tuple(name.strip() for name in names)
    if not raw:
        return (), []
    fault = {"malformed_csv": "bad_header"}.get(fault or "", fault) or _header_fault(header, layout)
    if fault is None:
        return header, _records(reader, lines, len(header))
    rest = (line for _ in lines if not _is_blank(line := lines.take()))
    return (), (_refused(line, fault) for line in chain((raw,), rest))


def _copied(content: BinaryIO, *, compressed: bool) -> Any:
    target = tempfile.TemporaryFile()  # noqa: SIM115 (it is gone with the stream that is made of it)
    source = gzip.GzipFile(fileobj=content) if compressed else content
    shutil.copyfileobj(source, target, _COPY_BYTES)
    target.seek(0)
    return target


def _records(reader: Any, lines: _Lines, width: int | None) -> Iterator[Record]:
    """Yield the records that are not blank; `width` is that of the header, None for the header itself."""
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            values = ()
        raw = lines.take()
        if len(values) == width and raw.isascii() and "\0" not in raw and len(raw) < _COPY_BYTES:
            yield raw, values, None
        elif not _is_blank(raw) or lines.oversized:
            yield _judged(raw, values, width, lines)


def _judged(raw: str, values: Sequence[str], width: int | None, lines: _Lines) -> Record:
    oversized, lines.oversized = lines.oversized, False
    if oversized or (len(raw) * _BYTES_PER_CHARACTER > MAX_RECORD_BYTES and _size(raw) > MAX_RECORD_BYTES):
        return _refused(raw, "oversized_record")
    if _readable(raw) != raw:
        return _refused(raw, "not_utf8")
    if not values or "\0" in raw or width not in (None, len(values)):
        return raw, (), "malformed_csv"
    return raw, values, None


def _refused(raw: str, fault: str) -> Record:
    return _readable(raw[:KEPT_CHARACTERS] if len(raw) >= _COPY_BYTES else raw), (), fault


def _size(raw: str) -> int:
    return len(raw.encode(errors="surrogateescape"))


def _is_blank(raw: str) -> bool:
    return not raw.strip(" \t\r\n")


def _readable(raw: str) -> str:
    """Put the replacement character in place of bytes that are no UTF-8."""
    return raw if raw.isascii() else raw.encode(errors="surrogateescape").decode(errors="replace")


def _header_fault(header: Sequence[str], layout: Layout) -> str | None:
    """Return what makes a header useless, None if records can be read by it."""
    names = set(header)
    if not names & set(layout.names) or "" in names or len(names) < len(header):
        return "bad_header"
    missing = next((name for name in layout.required if name not in names), None)
    if missing is not None:
        return f"missing_column:{missing}"
    if layout.unknown_fields == "reject" and names - set(layout.names):
        return "unknown_field"
    return None
