"""The rules of a contract about single values, as conditions that a value breaks."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

from lakehouse_etl.contract.model import Bound, Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.contract.types import Decimal, List, Map, Primitive, Struct, Type

INSTANTS = ("date", "timestamp", "timestamptz")
"""Types that a text in ISO 8601 can bound."""

_BINARY_FRACTIONS = ("float", "double")
_NUMBERS = ("int", "long", *_BINARY_FRACTIONS)

_EXPECTED = {
    "date": "a date of the calendar, as 2026-01-31",
    "timestamp": "timestamp without a zone, as 2026-01-31T23:59:59",
    "timestamptz": "timestamptz, as 2026-01-31T23:59:59Z",
}


class Rule(NamedTuple):
    """What a value must keep."""

    broken: Callable[[Any], bool]
    """Whether a value that is not null breaks it."""
    breach: Breach


def is_number(kind: Type) -> bool:
    """Whether a value may be too great for a type."""
    return isinstance(kind, Decimal) or (isinstance(kind, Primitive) and kind.name in _NUMBERS)


def lost(field: Field) -> dict[str, Breach]:
    """Return by the reason of a NoValueError what a field without a value of its type breaks, in order."""
    kind, found = field.type, {}
    if is_number(kind):
        found["overflow"] = breach(field, "overflow", f"a number that {kind} holds")
    if isinstance(kind, Primitive) and kind.name in INSTANTS:
        written = field.source_format
        expected = _EXPECTED[kind.name] if written is None else f"{kind.name} written as {written.text}"
        return {"wrong_type": breach(field, "bad_timestamp", expected)}
    exact = f"{kind} without rounding" if isinstance(kind, Decimal) else str(kind)
    return {**found, "wrong_type": breach(field, "wrong_type", exact)}


def missing_column(field: Field, where: str) -> Breach:
    """Return what records break that come without the column of a required field."""
    called = "" if field.physical_name is None else f"as {field.physical_name} "
    return breach(field, "missing_column", f"{called}in the {where}")


def missing(field: Field) -> Breach:
    """Return what a required field breaks that has no value."""
    return breach(field, "missing_required", "a value")


def value_rules(field: Field) -> Iterator[Rule]:
    """Yield what a field's typed value must keep, first what comes first."""
    checks, kind = field.checks, field.type
    if (lacking := lacks_required(kind)) is not None:
        expected = f"every required member of {kind}"
        yield Rule(lacking, breach(field, "missing_required", expected))
    if checks.allowed is not None:
        allowed = frozenset(checks.allowed)
        expected = f"one of {', '.join(checks.allowed)}"
        yield Rule(lambda value: value not in allowed, breach(field, "not_allowed", expected))
    if checks.pattern is not None:
        # Classes of characters are those of ASCII, as they are to the engines of other readers.
        search = re.compile(checks.pattern, re.ASCII).search
        expected = f"a match of {checks.pattern}"
        yield Rule(lambda value: search(value) is None, breach(field, "pattern_mismatch", expected))
    yield from _limits(field)
    yield from _lengths(field)


def breach(field: Field, reason: str, expected: str) -> Breach:
    """Return what a field breaks."""
    return Breach(reason, f"{field.name}: expected {expected}")


def _limits(field: Field) -> Iterator[Rule]:
    checks = field.checks
    for bound, breaks, words in (
        (checks.minimum, gt, "at least"),
        (checks.maximum, lt, "at most"),
        (checks.exclusive_minimum, ge, "more than"),
        (checks.exclusive_maximum, le, "less than"),
    ):
        if bound is not None:
            # Operands stand the other way round: the bound is fixed, and comes first.
            broken = partial(breaks, bound_of(field.type, bound))
            yield Rule(broken, breach(field, "out_of_range", f"{words} {bound}"))


def bound_of(kind: Type, bound: Bound) -> Any:
    """Return a bound as values of the type compare with it; instants as they are read, without a zone."""
    if not isinstance(bound, str):
        return float(bound) if isinstance(kind, Primitive) and kind.name in _BINARY_FRACTIONS else bound
    if kind == Primitive("date"):
        return date.fromisoformat(bound)
    instant = datetime.fromisoformat(bound)
    return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant


def _lengths(field: Field) -> Iterator[Rule]:
    checks, unit = field.checks, "elements" if isinstance(field.type, List) else "characters"
    for bound, breaks, words in ((checks.min_length, gt, "at least"), (checks.max_length, lt, "at most")):
        if bound is not None:
            broken = partial(_has_length, partial(breaks, bound))
            yield Rule(broken, breach(field, "bad_length", f"{words} {bound} {unit}"))


def _has_length(breaks: Callable[[int], bool], value: Any) -> bool:
    return breaks(len(value))


def lacks_required(kind: Type) -> Callable[[Any], bool] | None:
    """Return what tells whether a required member is null somewhere inside a value; None if none is required.

    Values are dicts for structs, lists for arrays and lists of pairs for maps.
    """
    match kind:
        case Struct():
            inner = {each.name: lacks_required(each.type) for each in kind.members}
            required = [each.name for each in kind.members if each.required]
            holds = [(name, lacks) for name, lacks in inner.items() if lacks is not None]
            return partial(_struct_lacks, required, holds) if required or holds else None
        case List():
            inside = _lacking(kind.element, required=kind.element_required)
            return inside and partial(_any_lacks, inside)
        case Map():
            inside = _lacking(kind.value, required=kind.value_required)
            return inside and (lambda value: _any_lacks(inside, (each for _, each in value)))
    return None


def _struct_lacks(
    required: list[str], holds: list[tuple[str, Callable[[Any], bool]]], value: dict[str, Any]
) -> bool:
    return any(value[name] is None for name in required) or any(
        value[name] is not None and lacks(value[name]) for name, lacks in holds
    )


def _any_lacks(inside: Callable[[Any], bool], values: Iterable[Any]) -> bool:
    return any(map(inside, values))


def _lacking(kind: Type, *, required: bool) -> Callable[[Any], bool] | None:
    """Return what tells whether an element lacks anything, itself included."""
    inside = lacks_required(kind)
    if inside is None:
        return (lambda value: value is None) if required else None
    return lambda value: required if value is None else inside(value)
