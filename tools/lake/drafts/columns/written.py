"""How texts of a column write dates and timestamps, where it is not as ISO 8601 has them."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

from lakehouse_etl.contract.source import SourceFormat as JobFormat
from lakehouse_etl.contract.types import DATE, TIMESTAMPTZ
from lakehouse_etl.judge.fields.faults import NoValueError, Reader
from lakehouse_etl.judge.fields.moments import moment_reader

from lakehouse.model.fields import Scalar
from lakehouse.model.source_formats import SourceFormat

_DAYS_FIRST = ("dd.MM.yyyy", "d.M.yyyy", "dd/MM/yyyy", "d/M/yyyy", "dd-MM-yyyy", "d-M-yyyy")
_MONTHS_FIRST = ("MM/dd/yyyy", "M/d/yyyy", "MM-dd-yyyy", "M-d-yyyy")
_CERTAIN = (
    "yyyy-MM-dd", "yyyy/MM/dd", "yyyy.MM.dd", "dd MMM yyyy", "d MMM yyyy", "dd-MMM-yyyy", "MMM d, yyyy",
    "MMMM d, yyyy", "d MMMM yyyy", "EEE, dd MMM yyyy", "EEE, d MMM yyyy",
)  # fmt: skip
_TIMES = (
    "", " HH:mm:ss", " HH:mm", " HH:mm:ss.SSS", " HH:mm:ss.SSSSSS", "'T'HH:mm:ss", "'T'HH:mm:ss.SSS",
    " h:mm a", " hh:mm a", " h:mm:ss a", " hh:mm:ss a",
)  # fmt: skip
_ZONES = ("", " z", " XX", " XXX", "XXX", "XX")

_DIGITS_MIN = 5
"""Digits that a date has at least, one that names its month too."""


def written_moment(texts: Sequence[str]) -> tuple[Scalar, str] | None:
    """Return the type of texts that are all dates or timestamps, and the pattern that they follow.

    None where they follow none that jobs read, or where nothing tells whether days or months come first.
    """
    found = [form for form in _candidates(texts) if all(_is_read(form, text) for text in texts)]
    if not found:
        return None
    days, months = (
        [form for form in found if form.startswith(some)] for some in (_DAYS_FIRST, _MONTHS_FIRST)
    )
    return None if days and months else (_kind(found[0]), found[0])


def is_ambiguous(texts: Sequence[str]) -> bool:
    """Whether texts are dates of which nothing tells whether days or months come first."""
    if written_moment(texts) is not None:
        return False
    return any(all(_is_read(form, text) for text in texts) for form in _candidates(texts))


def _candidates(texts: Sequence[str]) -> Iterator[str]:
    """Yield the patterns that the first text follows; none for what has fewer digits than a date."""
    if not texts or min(sum(letter.isdigit() for letter in text) for text in texts) < _DIGITS_MIN:
        return iter(())
    days = (*_CERTAIN, *_DAYS_FIRST, *_MONTHS_FIRST)
    return (form for form in _forms(days) if _is_read(form, texts[0]))


@cache
def _forms(days: tuple[str, ...]) -> tuple[str, ...]:
    found = ("".join(parts) for parts in product(days, _TIMES, _ZONES) if parts[1] or not parts[2])
    return tuple(form for form in found if form != "yyyy-MM-dd")


@cache
def _reader(form: str) -> Reader:
    kind = DATE if _kind(form) is Scalar.DATE else TIMESTAMPTZ
    return moment_reader(kind, JobFormat(form, SourceFormat(form).named_pattern))


def _is_read(form: str, text: str) -> bool:
    """Whether the reader of jobs takes a text under a pattern."""
    try:
        _reader(form)(text)
    except NoValueError:
        return False
    return True


def _kind(form: str) -> Scalar:
    if "m" not in form:
        return Scalar.DATE
    return Scalar.TIMESTAMPTZ if form.endswith(("z", "X")) else Scalar.TIMESTAMP
