"""Which type holds every value of a column, so that no job rejects what the sample has."""

from dataclasses import dataclass

from lakehouse.model.fields import Decimal, Scalar, Type
from tools.lake.drafts.columns.profile import Profile

_INT_MAX = 2**31 // 10
"""Whole numbers up to here fit into an int even if later ones are ten times as large."""

_MONEY = {
    *("amount", "price", "cost", "fee", "fare", "tax", "balance", "revenue", "salary", "wage", "payment"),
    *("discount", "subtotal", "turnover", "budget", "charge", "refund", "deposit", "vat"),
}
"""Words in names of columns that hold money."""

_SCALE_MAX = 6
"""Digits behind the point up to which a number is taken for one that is counted, not measured."""

_DIGITS_MAX = 15
"""Digits that a JSON number keeps in every reader."""

_PRECISION_MIN = 12
_HEADROOM = 3
"""Digits by which later amounts may be longer."""

_FIXED = range(2, 5)
_FIXED_MIN = 20
"""Digits behind the point, the same in all of so many distinct values, that are no accident."""


@dataclass(frozen=True)
class Guess:
    """A type and what speaks for it."""

    type: Type
    why: str
    written: str | None = None
    """The pattern by which its texts are read as dates or timestamps, if they are."""


def guess(name: str, figures: Profile, *, quoted: bool = False) -> Guess:
    """Return the narrowest type that holds every value; text if no other does.

    Args:
        name: Name of the column.
        figures: Its values.
        quoted: Whether JSON quotes them all: whoever writes `"123"` means a text, unless it is money.
    """
    every = figures.values
    if not every:
        return Guess(Scalar.STRING, "no value in the sample")
    for number, kind, why in (
        (figures.dates, Scalar.DATE, "YYYY-MM-DD"),
        (figures.instants, Scalar.TIMESTAMPTZ, "timestamps with a zone"),
        (figures.timestamps, Scalar.TIMESTAMP, "timestamps without a zone"),
    ):
        if number == every:
            return Guess(kind, why)
    money = is_money(name)
    if (not quoted or (money and figures.most_fraction)) and (numeric := _number(figures, money=money)):
        return numeric
    if not quoted and every == figures.booleans:
        return Guess(Scalar.BOOLEAN, "true or false")
    return Guess(Scalar.STRING, _lengths(figures))


def is_money(name: str) -> bool:
    """Whether a name speaks of money."""
    return not _MONEY.isdisjoint(name.split("_"))


def _number(figures: Profile, *, money: bool) -> Guess | None:
    if figures.padded or figures.values != figures.numbers:
        return None
    span = f"{figures.low or 0:.15g} to {figures.high or 0:.15g}"
    if (money or _is_fixed(figures)) and _is_countable(figures):
        scale = max(2, figures.most_fraction)
        precision = max(_PRECISION_MIN, figures.whole_digits + scale + _HEADROOM)
        return Guess(Decimal(precision, scale), f"{'money' if money else 'fixed decimals'}, {span}")
    if figures.values == figures.longs:
        small = max(abs(figures.low or 0), abs(figures.high or 0)) <= _INT_MAX
        return Guess(Scalar.INT if small else Scalar.LONG, f"whole numbers, {span}")
    if figures.whole_digits > _DIGITS_MAX and not figures.most_fraction:
        return None
    return Guess(Scalar.DOUBLE, f"numbers, {span}")


def _is_fixed(figures: Profile) -> bool:
    same = figures.least_fraction == figures.most_fraction
    return same and figures.most_fraction in _FIXED and figures.distinct >= _FIXED_MIN


def _is_countable(figures: Profile) -> bool:
    return (
        figures.values == figures.plain
        and figures.most_fraction <= _SCALE_MAX
        and figures.whole_digits + figures.most_fraction <= _DIGITS_MAX
    )


def _lengths(figures: Profile) -> str:
    if figures.shortest == figures.longest:
        return f"text of {figures.longest} characters"
    return f"text of {figures.shortest} to {figures.longest} characters"
