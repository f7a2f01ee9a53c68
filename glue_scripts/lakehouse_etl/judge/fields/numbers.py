"""Texts into numbers, exactly: nothing is rounded but what a binary fraction rounds by its nature."""

import re
from collections.abc import Callable
from decimal import Context, InvalidOperation
from decimal import Decimal as Number
from math import inf, isfinite, nextafter
from struct import pack, unpack

from lakehouse_etl.contract.types import Decimal
from lakehouse_etl.judge.fields.faults import NoValueError

_WHOLE = re.compile(r"[-+]?\d+", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)

_LONGEST = 19
"""Digits of the greatest whole number."""

_EXACT = Context(prec=80)
"""Twice the digits of any decimal: none is lost."""


def whole_reader(bits: int) -> Callable[[str], int]:
    """Return what reads whole numbers of so many bits beside the sign."""
    limit = 1 << bits

    def read(text: str) -> int:
        if _WHOLE.fullmatch(text) is None:
            raise NoValueError
        if len(text) > _LONGEST:
            text = _short(text)
        return within(int(text), limit)

    return read


def within(number: int, limit: int) -> int:
    """Return a number, unless it is beyond the limit; of negative ones the limit itself is within."""
    if -limit <= number < limit:
        return number
    raise NoValueError("overflow")


def _short(text: str) -> str:
    """Drop zeros in front: Python reads no number of thousands of digits, and these need not be many."""
    digits = text.lstrip("-+0") or "0"
    if len(digits) > _LONGEST:
        raise NoValueError("overflow")
    return text[0] + digits if text[0] in "-+" else digits


def decimal_reader(kind: Decimal) -> Callable[[str], Number]:
    """Return what reads decimals; zeros behind the last digit that the type holds are none too many."""
    whole, unit = kind.precision - kind.scale, Number(1).scaleb(-kind.scale)

    def read(text: str) -> Number:
        if _NUMBER.fullmatch(text) is None:
            raise NoValueError
        try:
            number = Number(text)
        except InvalidOperation:  # an exponent of twenty digits
            read_double(text)
            raise NoValueError from None
        if number and number.adjusted() >= whole:
            raise NoValueError("overflow")
        rounded = number.quantize(unit, context=_EXACT)
        if rounded != number:
            raise NoValueError
        return rounded

    return read


def read_double(text: str) -> float:
    """Return the nearest double."""
    if _NUMBER.fullmatch(text) is None:
        raise NoValueError
    number = float(text)
    if not isfinite(number):
        raise NoValueError("overflow")
    return number


def read_float(text: str) -> float:
    """Return the nearest number of 32 bits."""
    number = _odd(read_double(text), text)
    try:
        nearest: float = unpack("<f", pack("<f", number))[0]
    except OverflowError as error:
        raise NoValueError("overflow") from error
    return nearest


def _odd(number: float, text: str) -> float:
    """Return, of the two doubles around a number that is none, the odd one: rounding it again is right.

    https://hal.inria.fr/inria-00080427, "When double rounding is odd"
    """
    try:
        exact = Number(text)
    except InvalidOperation:  # an exponent of twenty digits
        return number
    if exact == Number(number) or pack("<d", number)[0] & 1:
        return number
    return nextafter(number, inf if exact > number else -inf)
