"""Dates and instants out of texts that a source writes in its own way."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal as Number

from lakehouse_etl.contract.source import SourceFormat
from lakehouse_etl.contract.types import DATE, Type
from lakehouse_etl.judge.fields.faults import NoValueError, Reader

_EPOCH = datetime(1970, 1, 1)

_EPOCHS = {"epoch_second": 6, "epoch_millis": 3}
"""Which power of ten makes microseconds of a number."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LETTERS = 3
"""Letters of a month's name that tell it from all others."""

_CENTURY = 2000
"""Of a year of two digits.

https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/time/format/DateTimeFormatter.html
"""

_NOON = 12
_MICROS = 6
"""Digits of a second's fraction that Iceberg holds; what is behind them is cut off."""

_Parts = Mapping[str, str]


def moment_reader(kind: Type, form: SourceFormat) -> Reader:
    """Return what reads dates, or instants in UTC without a zone, from texts of a form."""
    match = re.compile(form.pattern).fullmatch

    def read(text: str) -> date | datetime:
        found = match(text)
        if found is None:
            raise NoValueError
        parts = {name: part for name, part in found.groupdict().items() if part is not None}
        try:
            moment = _moment(parts)
        except (KeyError, ValueError, OverflowError) as error:
            raise NoValueError from error
        return moment.date() if kind == DATE else moment

    return read


def _moment(parts: _Parts) -> datetime:
    for unit, power in _EPOCHS.items():
        if unit in parts:
            return _EPOCH + timedelta(microseconds=int(Number(parts[unit]).scaleb(power)))
    local = datetime(
        _year(parts),
        _month(parts),
        int(parts["day"]),
        _hour(parts),
        int(parts.get("minute", "0")),
        int(parts.get("second", "0")),
        int(parts.get("fraction", "0")[:_MICROS].ljust(_MICROS, "0")),
    )
    return local - _offset(parts.get("zone", ""))


def _year(parts: _Parts) -> int:
    return int(parts["year"]) if "year" in parts else _CENTURY + int(parts["short_year"])


def _month(parts: _Parts) -> int:
    if "month" in parts:
        return int(parts["month"])
    return _MONTHS.index(parts["month_name"][:_LETTERS].lower()) + 1


def _hour(parts: _Parts) -> int:
    if "half" not in parts:
        return int(parts.get("hour", "0"))
    return int(parts["half_hour"]) % _NOON + (_NOON if parts["half"].lower() == "pm" else 0)


def _offset(zone: str) -> timedelta:
    """Return how far a zone is ahead of UTC; one that has no digits is UTC itself."""
    if not zone.startswith(("+", "-")):
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if zone.startswith("-") else offset
