"""Records that break one rule each, and the code under which the job must reject them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from lakehouse.model.fields import Array, Checks, Decimal, Field, Map, Scalar, Struct, Type
from tools.records.checks import breaches
from tools.records.files.encoding import Encoding
from tools.records.grid import grid_of
from tools.records.texts import spoiled
from tools.records.values import Values

_TRIES = 30


@dataclass(frozen=True)
class Fault:
    """A change to a valid record."""

    reason: str
    column: str
    value: Any
    """What the record holds there instead, in the form in which it is sent; None: nothing."""


def faults_of(fields: tuple[Field, ...], values: Values, encoding: Encoding) -> list[Fault]:
    """One fault for each rule that a record can break in one column alone, different codes first."""
    found = [fault for field in fields for fault in _of_field(field, values, encoding)]
    by_reason: dict[str, list[Fault]] = {}
    for fault in found:
        by_reason.setdefault(fault.reason, []).append(fault)
    turns = chain.from_iterable(zip_longest(*by_reason.values()))
    return [fault for fault in turns if fault is not None]


def _of_field(field: Field, values: Values, encoding: Encoding) -> Iterator[Fault]:
    if field.required:
        yield Fault("missing_required", field.name, None)
    wrong = _wrong(field.type, values.rng)
    if wrong is not None:
        yield Fault(_reason(field.type, wrong), field.name, wrong)
    typed = chain(
        _lacking(field, values), _out_of_range(field), _by_text(field, values), _by_size(field, values)
    )
    for reason, value in typed:
        yield Fault(reason, field.name, encoding.of(field.name, value))


_WRONG: dict[Type, tuple[str, ...]] = {
    Scalar.INT: ("three", str(2**31), "1,5"),
    Scalar.LONG: ("three", str(2**63), "1,5"),
    Scalar.FLOAT: ("much", "NaN"),
    Scalar.DOUBLE: ("much", "NaN"),
    Scalar.DATE: ("2026-02-30", "yesterday"),
    Scalar.TIMESTAMP: ("noon", "2026-01-05T10:00:00Z"),
    Scalar.TIMESTAMPTZ: ("noon", "2026-01-05T10:00:00"),
}
"""What is no value of a type, though it may look like one."""


def _wrong(kind: Type, rng: random.Random) -> str | None:
    """A text that is no value of a type; None for strings, which anything is."""
    if isinstance(kind, Decimal):
        return rng.choice(("a lot", f"0.{'0' * kind.scale}1", "9" * (kind.precision - kind.scale + 1)))
    return None if kind is Scalar.STRING else rng.choice(_WRONG.get(kind, ("%%%",)))


def _reason(kind: Type, text: str) -> str:
    """Under which code a text is rejected that is no value of a type."""
    if kind in (Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ):
        return "bad_timestamp"
    return "overflow" if text.isdigit() else "wrong_type"


def _lacking(field: Field, values: Values) -> Iterator[tuple[str, Any]]:
    """A value in which a required member is null."""
    for _ in range(_TRIES):
        for value in _without(field.type, values.present(field)):
            if not breaches(field, value):
                yield "missing_required", value
                return


def _without(kind: Type, value: Any) -> Iterator[Any]:
    match kind:
        case Struct(fields) if value is not None:
            for each in fields:
                if each.required:
                    yield {**value, each.name: None}
                yield from ({**value, each.name: less} for less in _without(each.type, value[each.name]))
        case Array(element) if value:
            yield from ([less, *value[1:]] for less in _without(element, value[0]))
        case Map(_, inner) if value:
            name = next(iter(value))
            yield from ({**value, name: less} for less in _without(inner, value[name]))


def _out_of_range(field: Field) -> Iterator[tuple[str, Any]]:
    """The nearest value below the lower bound, and the nearest one above the upper bound."""
    grid = grid_of(field.type, field.checks)
    if grid is None:
        return
    low, high = grid.limits(field.checks)
    for number in (low - 1, high + 1):
        if grid.low <= number <= grid.high and breaches(field, value := grid.value(number)) == [
            "out_of_range"
        ]:
            yield "out_of_range", value


def _by_text(field: Field, values: Values) -> Iterator[tuple[str, Any]]:
    """For each rule about a text, one that breaks it alone."""
    if field.type is not Scalar.STRING or field.checks == Checks():
        return
    seen: set[tuple[str, bool]] = set()
    for _ in range(_TRIES):
        text = values.present(field)
        for other in spoiled(values.rng, text, field.checks):
            broken, longer = breaches(field, other), len(other) > len(text)
            rule = (broken[0], longer and broken[0] == "bad_length") if len(broken) == 1 else None
            if rule and rule not in seen and values.is_wanted(field, other):
                seen.add(rule)
                yield broken[0], other


def _by_size(field: Field, values: Values) -> Iterator[tuple[str, Any]]:
    """Arrays of one element too few and of one too many."""
    if not isinstance(field.type, Array):
        return
    some, checks = values.present(field), field.checks
    if checks.min_length:
        yield "bad_length", some[: checks.min_length - 1]
    if checks.max_length is not None:
        yield "bad_length", ([*some, None] * (checks.max_length + 1))[: checks.max_length + 1]
