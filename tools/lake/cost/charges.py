"""Charges: a quantity of something that has a price, for somebody's sake."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

HOURS = 730
"""Of a month, as AWS's calculator counts: https://calculator.aws/"""
DAYS = HOURS / 24


class Spread(NamedTuple):
    """A quantity in a month: of a lake to which nothing comes, and at least and at most of one in use."""

    idle: float
    low: float
    high: float

    def __mul__(self, other: object) -> "Spread":
        """Multiply by a number, or each figure by the other's."""
        if isinstance(other, Spread):
            return Spread(self.idle * other.idle, self.low * other.low, self.high * other.high)
        if isinstance(other, int | float):
            return Spread(self.idle * other, self.low * other, self.high * other)
        return NotImplemented

    def plus(self, other: "Spread") -> "Spread":
        """Add figure by figure; `+` would join the tuples."""
        return Spread(self.idle + other.idle, self.low + other.low, self.high + other.high)

    def at_most(self, other: "Spread") -> "Spread":
        """Return the lesser of each figure."""
        return Spread(*map(min, zip(self, other, strict=True)))


NOTHING = Spread(0, 0, 0)


def always(quantity: float) -> Spread:
    """Return a quantity that does not depend on what comes."""
    return Spread(quantity, quantity, quantity)


def in_use(low: float, high: float) -> Spread:
    """Return a quantity of which there is nothing in a lake to which nothing comes."""
    return Spread(0, low, high)


def total(parts: Iterable[Spread]) -> Spread:
    """Return the sum."""
    return reduce(Spread.plus, parts, NOTHING)


@dataclass(frozen=True)
class Charge:
    """So many units of something."""

    price: str
    """Name of the price in `prices.yaml`."""
    quantity: Spread
    subject: str
    """Dataset or domain that it is for; `lake` for all."""
