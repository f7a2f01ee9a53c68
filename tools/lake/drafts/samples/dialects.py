"""Tells how a CSV file is written, by reading its beginning in every way that jobs know."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product

from lakehouse_etl.contract.source import Dialect as JobDialect
from lakehouse_etl.judge.csv.dialect import CsvReading

from lakehouse.model.dialect import Dialect
from tools.lake.drafts.samples.sample import Source

_DELIMITERS = (",", ";", "\t", "|", "||", "~", "\x01", "^")
_QUOTES = ('"', "'", None)
_ESCAPES = (None, "\\")
"""What is tried, the most frequent first: of several ways that do equally well, the first one counts."""

_RECORDS = 300
_FIT_MIN = 0.5
"""Share of records that have as many values as the header, below which there is no delimiter."""

_DATUM = re.compile(r"[-+]?[\d.,]+|\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_QUOTED = re.compile(r"([\"']).*\1", re.DOTALL)
_YEAR = re.compile(r"(19|20)\d\d")


def dialect_of(source: Source) -> tuple[Dialect, list[str]]:
    """Return how a file is written, and what is to be looked at."""
    encoding, checks = _encoding(source.head)
    usual = Dialect(encoding=encoding)
    lines = _lines(source.head, usual)
    ways = [
        replace(usual, delimiter=delimiter, quote_char=quote, escape_char=escape)
        for escape, quote, delimiter in product(_ESCAPES, _QUOTES, _DELIMITERS)
        if delimiter == "," or any(delimiter in line for line in lines)
    ]
    best = max(ways, key=lambda way: _merit(lines, way))  # the first of equals
    if _merit(lines, best)[0] < _FIT_MIN:
        best = usual
    if _is_datum(lines, best):
        best = replace(best, header=False)
        checks.append(
            "the first line looks like data, so columns are numbered, and come in the order of the contract; "
            "if it does name them, remove `header: false`"
        )
    return best, checks


def reading_of(dialect: Dialect) -> JobDialect:
    """Return a dialect as jobs are told of it."""
    return JobDialect(**vars(dialect))


def _encoding(head: bytes) -> tuple[str, list[str]]:
    if (
        head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        or head[1:400:2].count(0) > len(head[:400]) / 3
    ):
        return "utf-16", []
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "windows-1252", ["bytes that are no UTF-8, read as windows-1252: are all letters right?"]
    return "utf-8", []


def _lines(head: bytes, dialect: Dialect) -> list[str]:
    """Return the lines of the beginning, the last of which may be cut off and is left out."""
    with CsvReading(reading_of(dialect)).text_of(io.BytesIO(head)) as text:
        content = text.read()
    lines = content.splitlines(keepends=True)
    return lines[:-1] if len(lines) > 1 and not content.endswith(("\n", "\r")) else lines


def _records(lines: Sequence[str], dialect: Dialect) -> Iterator[Sequence[str]]:
    """Yield the records of lines, blank ones left out; one that is none is empty."""
    reading = CsvReading(reading_of(dialect))
    reader = reading.records(iter(lines))
    while True:
        try:
            values = reading.restored(next(reader))
        except StopIteration:
            return
        except csv.Error:
            yield ()
            continue
        if any(value.strip() for value in values):
            yield values


def _merit(lines: Sequence[str], dialect: Dialect) -> tuple[float, int, int, int]:
    """Rank a way to read: by records that fit the first one, quotes that are left, empty names, and width."""
    records = list(islice(_records(lines, dialect), _RECORDS))
    width = len(records[0]) if records else 0
    if width <= 1:
        return 0, 0, 0, 0
    quoted = sum(bool(_QUOTED.fullmatch(value)) for record in records for value in record)
    fit = sum(len(record) == width for record in records) / len(records)
    return round(fit, 2), -quoted, -sum(not name.strip() for name in records[0]), width


def _is_datum(lines: Sequence[str], dialect: Dialect) -> bool:
    """Whether the first record holds values like those below it, and no names."""
    first, *others = [*islice(_records(lines, dialect), 20)] or [()]
    if not others or all(_YEAR.fullmatch(value) or not _DATUM.fullmatch(value) for value in first):
        return False
    return any(
        _DATUM.fullmatch(value) and all(at < len(each) and _DATUM.fullmatch(each[at]) for each in others)
        for at, value in enumerate(first)
    )
