"""Texts into values of the contract, exactly: what is not wholly of the type is no value of it.

Python's own readers are too kind: they take `1_000` and digits of any script for numbers, round decimals,
and read dates without hyphens.
"""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

from lakehouse_etl.contract.types import Decimal, Primitive
from lakehouse_etl.judge.fields.faults import NoValueError, Reader
from lakehouse_etl.judge.fields.numbers import decimal_reader, read_double, read_float, whole_reader

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = r"\d{4}-\d{2}-\d{2}[Tt ]([01]\d|2[0-3]):\d{2}(:\d{2}([.,]\d{1,9})?)?"
LOCAL = re.compile(_CLOCK, re.ASCII)
INSTANT = re.compile(_CLOCK + r"([Zz]|[-+](0\d|1[0-7])(:?[0-5]\d)?|[-+]18(:?00)?)", re.ASCII)
"""What ISO 8601 and RFC 3339 have in common, and the short forms of each that others write.

Zones are at most 18 hours away, https://docs.oracle.com/javase/8/docs/api/java/time/ZoneOffset.html
"""

_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_BASE64_UNIT = 4
"""Characters that a text in base64 has a multiple of."""

_Moment = TypeVar("_Moment", date, datetime)


def text_reader(kind: Primitive | Decimal) -> Reader:
    """Return what reads the values of a type from texts.

    Instants come without a zone, in UTC. Fractions of a second beyond microseconds, which Iceberg cannot
    hold, are cut off.
    """
    if isinstance(kind, Decimal):
        return decimal_reader(kind)
    return _READERS[kind.name]


def _read_string(text: str) -> str:
    return text


def _read_boolean(text: str) -> bool:
    match text.lower():
        case "true":
            return True
        case "false":
            return False
    raise NoValueError


def _read_date(text: str) -> date:
    if _DATE.fullmatch(text) is None:
        raise NoValueError
    return _of_calendar(date.fromisoformat, text)


def _read_local(text: str) -> datetime:
    if LOCAL.fullmatch(text) is None:
        raise NoValueError
    return _of_calendar(datetime.fromisoformat, text)


def _read_instant(text: str) -> datetime:
    if INSTANT.fullmatch(text) is None:
        raise NoValueError
    if text.endswith(("Z", "z")):
        return _of_calendar(datetime.fromisoformat, text[:-1])
    return _of_calendar(_in_utc, text)


def _in_utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def _of_calendar(read: Callable[[str], _Moment], text: str) -> _Moment:
    try:
        return read(text)
    except (ValueError, OverflowError) as error:
        raise NoValueError from error


def _read_binary(text: str) -> bytes:
    if len(text) % _BASE64_UNIT or _BASE64.fullmatch(text) is None:
        raise NoValueError
    try:
        return b64decode(text)
    except ValueError as error:
        raise NoValueError from error


_READERS: dict[str, Reader] = {
    "boolean": _read_boolean,
    "int": whole_reader(31),
    "long": whole_reader(63),
    "float": read_float,
    "double": read_double,
    "date": _read_date,
    "timestamp": _read_local,
    "timestamptz": _read_instant,
    "string": _read_string,
    "binary": _read_binary,
}
