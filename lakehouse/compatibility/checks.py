"""Rules about single values: a wider rule is compatible, a narrower one is breaking.

Rows that the table holds are not checked again until they are reprocessed, so neither changes them.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from lakehouse.compatibility.change import Change, Level, Rule, Scope
from lakehouse.model.fields import Checks

_Holds = Callable[[Checks, Checks], bool]
"""Whether every value that the first takes is taken by the second, as far as one kind of rule goes."""


def _rule(wider: _Holds) -> Rule:
    def rule(scope: Scope, old: Checks, new: Checks) -> Iterator[Change]:
        name = scope.path[-1]
        before, after = getattr(old, name), getattr(new, name)
        if not wider(old, new):
            yield scope.change(Level.BREAKING, before, after, _tightened(scope), repair=scope.repair)
        elif wider(new, old):
            yield scope.change(Level.COMPATIBLE, before, after, "none: the same values are accepted")
        else:
            effect = "values that were refused before are accepted; rows that exist stay as they are"
            yield scope.change(Level.COMPATIBLE, before, after, effect, repair=scope.replay)

    return rule


def _tightened(scope: Scope) -> str:
    if scope.new.ingestion is None:
        return "a product with a row that breaks the rule is not published; its last good version stays"
    return "records that were accepted before can be quarantined; rows that exist stay as they are"


def _allowed(old: Checks, new: Checks) -> bool:
    return new.allowed is None or (old.allowed is not None and set(old.allowed) <= set(new.allowed))


def _pattern(_: Checks, new: Checks) -> bool:
    # Whether one expression matches all that another one does cannot be told in general.
    return new.pattern is None


def _low(old: Checks, new: Checks) -> bool:
    before, after = _lowest(old), _lowest(new)
    return after is None or (before is not None and _at_most(after, before))


def _lowest(checks: Checks) -> tuple[Any, bool] | None:
    """Return the lower bound, and whether it is excluded itself; None if there is none."""
    bounds = ((checks.minimum, False), (checks.exclusive_minimum, True))
    return max(((_ordinal(value), out) for value, out in bounds if value is not None), default=None)


def _high(old: Checks, new: Checks) -> bool:
    before, after = _highest(old), _highest(new)
    return after is None or (before is not None and _at_most(before, after))


def _highest(checks: Checks) -> tuple[Any, bool] | None:
    """Return the upper bound, and whether it is included itself; None if there is none."""
    bounds = ((checks.maximum, True), (checks.exclusive_maximum, False))
    return min(((_ordinal(value), within) for value, within in bounds if value is not None), default=None)


def _at_most(one: tuple[Any, bool], other: tuple[Any, bool]) -> bool:
    try:
        return one <= other
    except TypeError:  # of different kinds: the type of the column changed, too
        return False


def _ordinal(bound: float | str) -> float | datetime:
    """Return a bound in a form that compares: texts of instants do not, if their zones differ."""
    return datetime.fromisoformat(bound) if isinstance(bound, str) else bound


def _min_length(old: Checks, new: Checks) -> bool:
    return (new.min_length or 0) <= (old.min_length or 0)


def _max_length(old: Checks, new: Checks) -> bool:
    return new.max_length is None or (old.max_length is not None and old.max_length <= new.max_length)


CHECKS: Mapping[str, Rule] = {
    "allowed": _rule(_allowed),
    "pattern": _rule(_pattern),
    "minimum": _rule(_low),
    "exclusive_minimum": _rule(_low),
    "maximum": _rule(_high),
    "exclusive_maximum": _rule(_high),
    "min_length": _rule(_min_length),
    "max_length": _rule(_max_length),
}
