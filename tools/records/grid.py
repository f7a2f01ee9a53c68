"""Ordered types as whole numbers, so that one way of drawing and comparing serves all of them."""

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Context
from decimal import Decimal as Number
from fractions import Fraction
from typing import Any

from lakehouse.model.fields import Checks, Decimal, Scalar, Type

_EPOCH = datetime(1970, 1, 1)
_START = datetime(2026, 1, 5)
_DAYS = 30
_SECOND = 1_000_000
_USUAL = (1000, 1000, 1000, 10_000)
_EXACT_DIGITS = 13
_FLOAT_BITS = 6
_CONTEXT = Context(prec=40)


@dataclass(frozen=True)
class Grid:
    """The values of a type, numbered in their order."""

    low: int
    """Number of the smallest value of the type, and below of the greatest."""
    high: int
    start: int
    """Where values lie unless the contract says otherwise."""
    spans: tuple[int, ...]
    """How far they lie apart then; one of these at a time."""
    number: Callable[[Any], Fraction]
    """Place of a value, or of a bound as the contract writes it; between whole numbers, there is no value."""
    value: Callable[[int], Any]
    steps: tuple[int, ...] = (1,)
    """How round values may be: whole seconds, for instance."""

    def limits(self, checks: Checks) -> tuple[int, int]:
        """Numbers of the smallest and the greatest value that the checks leave."""
        low, high = [self.low], [self.high]
        if checks.minimum is not None:
            low.append(math.ceil(self.number(checks.minimum)))
        if checks.exclusive_minimum is not None:
            low.append(math.floor(self.number(checks.exclusive_minimum)) + 1)
        if checks.maximum is not None:
            high.append(math.floor(self.number(checks.maximum)))
        if checks.exclusive_maximum is not None:
            high.append(math.ceil(self.number(checks.exclusive_maximum)) - 1)
        return max(low), min(high)


def grid_of(kind: Type, checks: Checks) -> Grid | None:
    """The grid of a type; None if its values have no order that a contract can bound."""
    if isinstance(kind, Decimal):
        return _decimals(kind.precision, kind.scale)
    if kind in (Scalar.FLOAT, Scalar.DOUBLE):
        return _floats(24 if kind is Scalar.FLOAT else 53, checks)
    return _FIXED.get(kind)


def single(value: float) -> float:
    """The nearest number that 32 bits hold."""
    return float(struct.unpack("f", struct.pack("f", value))[0])


def _integers(bits: int) -> Grid:
    end = 2 ** (bits - 1)
    return Grid(-end, end - 1, 0, (*_USUAL, end // 1000), _fraction, int)


def _decimals(precision: int, scale: int) -> Grid:
    end = 10**precision - 1
    return Grid(
        low=-end,
        high=end,
        start=0,
        spans=tuple(min(end, span * 10**scale) for span in (*_USUAL, 10**_EXACT_DIGITS)),
        number=lambda value: _fraction(value) * 10**scale,
        value=lambda number: Number(number).scaleb(-scale, _CONTEXT),
    )


def _floats(digits: int, checks: Checks) -> Grid:
    """Multiples of a power of two, which a number of so many binary digits holds exactly."""
    bits = _FLOAT_BITS
    bounds = (checks.minimum, checks.exclusive_minimum, checks.maximum, checks.exclusive_maximum)
    ends = [Fraction(float(bound)) for bound in bounds if bound is not None]
    while len(ends) > 1 and (max(ends) - min(ends)) * 2**bits < 1000 and bits < 60:  # noqa: PLR2004
        bits += 6
    far = max([2**digits, *(math.ceil(abs(end) * 2**bits) + 1 for end in ends)])
    return Grid(
        -far,
        far,
        0,
        (1000 * 2**bits,),
        lambda value: Fraction(float(value)) * 2**bits,
        lambda number: float(Fraction(number, 2**bits)),
    )


def _times(zoned: bool) -> Grid:
    def value(number: int) -> datetime:
        moment = _EPOCH + timedelta(microseconds=number)
        return moment.replace(tzinfo=UTC) if zoned else moment

    # A day less at both ends, so that every time can be written with any offset.
    first, last = datetime.min + timedelta(days=1), datetime.max - timedelta(days=1)
    return Grid(
        int(_microseconds(first)),
        int(_microseconds(last)),
        int(_microseconds(_START)),
        (_DAYS * 86400 * _SECOND,),
        _microseconds,
        value,
        (_SECOND, _SECOND, _SECOND, _SECOND // 1000, 1),
    )


def _fraction(value: Any) -> Fraction:
    return Fraction(value) if isinstance(value, Number | int) else Fraction(str(value))


def _day(value: Any) -> Fraction:
    return Fraction((date.fromisoformat(value) if isinstance(value, str) else value).toordinal())


def _microseconds(value: Any) -> Fraction:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return Fraction((moment - _EPOCH) // timedelta(microseconds=1))


_FIXED: dict[Type, Grid] = {
    Scalar.INT: _integers(32),
    Scalar.LONG: _integers(64),
    Scalar.DATE: Grid(
        date.min.toordinal() + 1,
        date.max.toordinal() - 1,
        _START.toordinal(),
        (_DAYS,),
        _day,
        date.fromordinal,
    ),
    Scalar.TIMESTAMP: _times(zoned=False),
    Scalar.TIMESTAMPTZ: _times(zoned=True),
}
