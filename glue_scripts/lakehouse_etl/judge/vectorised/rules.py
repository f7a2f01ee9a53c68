"""The rules of a contract about single values, kept or broken by whole columns."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal as Number
from fractions import Fraction
from functools import partial
from math import ceil, floor
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract.model import Checks, Field
from lakehouse_etl.contract.types import Decimal, List, Type
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.judge.fields.rules import bound_of, value_rules
from lakehouse_etl.judge.vectorised.values import UnservedError

Kept = Callable[[pa.Array], pa.Array]
"""Tells of each value whether it keeps a rule; of null it may say anything."""

_SIZES = {"int": 1 << 31, "long": 1 << 63}


def kept_rules(field: Field) -> Iterator[Kept]:
    """Yield the rules that the values of a field must keep, those about members inside of them apart.

    Raises:
        UnservedError: No value keeps them all.
    """
    checks = field.checks
    if checks.allowed is not None:
        yield partial(pc.is_in, value_set=pa.array(checks.allowed, pa.string()))
    if checks.pattern is not None:
        yield _pattern(field)
    yield from _limits(field)
    yield from _lengths(field)


def _pattern(field: Field) -> Kept:
    """Ask the careful judge, once for each text: Arrow's patterns differ from those of Python."""
    rule = next(value_rules(replace(field, checks=Checks(pattern=field.checks.pattern))))

    def kept(texts: pa.Array) -> pa.Array:
        encoded = texts.dictionary_encode()
        found = [not rule.broken(text) for text in encoded.dictionary.to_pylist()]
        return pa.array(found, pa.bool_()).take(encoded.indices)

    return kept


def _limits(field: Field) -> Iterator[Kept]:
    checks = field.checks
    for bound, compare, whole, is_lower in (
        (checks.minimum, pc.greater_equal, ceil, True),
        (checks.exclusive_minimum, pc.greater, floor, True),
        (checks.maximum, pc.less_equal, floor, False),
        (checks.exclusive_maximum, pc.less, ceil, False),
    ):
        if bound is not None:
            end = _end(field.type, bound_of(field.type, bound), whole, is_lower=is_lower)
            if end is not None:
                yield partial(_compared, compare, end)


def _end(kind: Type, bound: Any, whole: Callable[[Fraction], int], *, is_lower: bool) -> pa.Scalar | None:
    """Return a bound as Arrow compares it with values of a type, None if they are all on its right side."""
    if isinstance(bound, float):
        # Of 32 bits or 64, values compare with the double that the bound is.
        return pa.scalar(bound, pa.float64())
    if not isinstance(bound, int | Number):
        return pa.scalar(bound, arrow_type(kind))
    scale, size = (kind.scale, 10**kind.precision) if isinstance(kind, Decimal) else (0, _SIZES[str(kind)])
    steps = whole(Fraction(bound) * 10**scale)
    if abs(steps) < size:
        return pa.scalar(Number(f"{steps}e-{scale}") if scale else steps, arrow_type(kind))
    if (steps < 0) is is_lower:
        return None
    raise UnservedError(f"{kind}: no value is beyond {bound}")


def _compared(compare: Callable[[Any, Any], pa.Array], end: pa.Scalar, values: pa.Array) -> pa.Array:
    return compare(values, end)


def _lengths(field: Field) -> Iterator[Kept]:
    checks = field.checks
    length = pc.list_value_length if isinstance(field.type, List) else pc.utf8_length
    for bound, compare in ((checks.min_length, pc.greater_equal), (checks.max_length, pc.less_equal)):
        if bound is not None:
            yield partial(_has_length, length, compare, bound)


def _has_length(
    length: Callable[[pa.Array], pa.Array],
    compare: Callable[[Any, Any], pa.Array],
    bound: int,
    values: pa.Array,
) -> pa.Array:
    return compare(length(values), bound)
