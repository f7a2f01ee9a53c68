"""Many values of one type at once: what is in Arrow, what is doubtful, and with how many quotes it came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Protocol, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

Amounts: TypeAlias = "int | pa.Array"
"""A number for each value; an int if it is the same for all."""


@dataclass(frozen=True)
class Values:
    """Some values of one type."""

    array: pa.Array
    clean: pa.Array | None
    """Whether each is sure to be one of the contract; None if all are."""
    quotes: Amounts
    """With how many quotes each was written."""


class Reader(Protocol):
    """Reads the values of one type."""

    wire: Any
    """What msgspec makes of a value, null apart."""

    def values(self, found: Sequence[Any]) -> Values:
        """Return what msgspec has made of some values, None of null."""


class UnservedError(ValueError):
    """Values of this type, or a contract of this form, are left to the careful judge."""


def both(one: pa.Array | None, other: pa.Array | None) -> pa.Array | None:
    """Return what is clean by two tests; None stands for a test that all pass."""
    if one is None or other is None:
        return other if one is None else one
    return pc.and_(one, other)


def present(values: Values, *, required: bool) -> Values:
    """Return the values with null as doubtful where the contract requires a value."""
    if not required or not values.array.null_count:
        return values
    return Values(values.array, both(values.clean, values.array.is_valid()), values.quotes)


def added(amounts: Iterable[Amounts]) -> Amounts:
    """Add amounts up, value by value."""
    same = 0
    others: list[Amounts] = []
    for each in amounts:
        if isinstance(each, int):
            same += each
        else:
            others.append(each)
    for each in others:
        same = pc.add(same, each)
    return same


def offsets(found: Sequence[Any]) -> list[int]:
    """Return where the items of each of several lists begin and end when they lie one after another."""
    return list(accumulate((len(each) if each else 0 for each in found), initial=0))


def array_offsets(found: Sequence[Any], at: Sequence[int]) -> pa.Array:
    """Return offsets as Arrow wants them, null for a list that is null."""
    starts = (None if each is None else start for each, start in zip(found, at, strict=False))
    return pa.array([*starts, at[-1]], pa.int32())


def totals(amounts: Amounts, at: Sequence[int]) -> pa.Array:
    """Add up the amounts of items for each of the lists that hold them."""
    if isinstance(amounts, int):
        found = [(end - start) * amounts for start, end in pairwise(at)]
    else:
        sums = list(accumulate(amounts.to_pylist(), initial=0))
        found = [sums[end] - sums[start] for start, end in pairwise(at)]
    return pa.array(found, pa.int32())


def all_clean(clean: pa.Array | None, at: Sequence[int]) -> pa.Array | None:
    """Return for each of several lists whether all its items are clean."""
    if clean is None:
        return None
    return pc.equal(totals(pc.invert(clean).cast(pa.int32()), at), 0)


def spread(values: Values, found: Sequence[Any]) -> Values:
    """Return values of what is not null in `found` with the nulls between them."""
    places = iter(range(len(values.array)))
    at = pa.array([None if each is None else next(places) for each in found], pa.int32())
    clean = None if values.clean is None else pc.fill_null(values.clean.take(at), True)
    quotes = values.quotes
    if isinstance(quotes, int):
        quotes = pa.array([quotes] * len(values.array), pa.int32())
    return Values(values.array.take(at), clean, pc.fill_null(quotes.take(at), 0))
