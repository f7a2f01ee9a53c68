"""Rules about whole tables: those of severity `error` decide whether a run passes, others only tell."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import inf

from lakehouse.compatibility.change import Change, Level, Rule, Scope, always, differences, reordered
from lakehouse.model.dataset import Dataset, Write
from lakehouse.model.table_rules import Operator, Severity, TableRule, Threshold

_RECORDED = "its result is recorded, and no run depends on it"
_RELAXED = "runs that failed before can pass"


def table_rules(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    """Judge the table rules of two versions of a dataset."""
    before, after = ({rule.name: rule for rule in dataset.rules} for dataset in (old, new))
    for name, rule in before.items():
        if name in after:
            yield from differences(scope.at(name), rule, after[name], TABLE_RULE)
        else:
            effect = _RELAXED if rule.severity is Severity.ERROR else "its result is recorded no more"
            yield scope.at(name).change(Level.COMPATIBLE, rule.threshold, None, effect)
    demands = {_demand(rule) for rule in old.rules}
    for name, rule in after.items():
        if name not in before:
            new_demand = rule.severity is Severity.ERROR and _demand(rule) not in demands
            yield _judged(scope.at(name), new_demand, None, rule.threshold)
    if reordered(list(before), list(after)):
        effect = "none: rules are measured together"
        yield scope.at("order").change(Level.COMPATIBLE, tuple(before), tuple(after), effect)


def gate(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    """Judge the share of rejected records that a run tolerates."""
    texts = f"{old.max_rejected_ratio:.2%}", f"{new.max_rejected_ratio:.2%}"
    if new.max_rejected_ratio > old.max_rejected_ratio:
        yield scope.change(Level.COMPATIBLE, *texts, _RELAXED)
    else:
        yield scope.change(Level.BREAKING, *texts, _failing(scope))


def _demand(rule: TableRule) -> TableRule:
    return replace(rule, name="", description="")


def _judged(scope: Scope, breaking: bool, before: object, after: object) -> Change:
    if breaking:
        return scope.change(Level.BREAKING, before, after, _failing(scope))
    return scope.change(Level.COMPATIBLE, before, after, _RECORDED)


def _failing(scope: Scope) -> str:
    if scope.new.write is Write.OVERWRITE:
        return "a run that was published before can fail; the table then keeps its last good content"
    return "a run that passed before can fail; its rows are in silver all the same, and gold is not built"


def _measure(scope: Scope, old: TableRule, new: TableRule) -> Iterator[Change]:
    name = scope.path[-1]
    demanded = new.severity is Severity.ERROR
    yield _judged(scope, demanded, getattr(old, name), getattr(new, name))


def _threshold(scope: Scope, old: TableRule, new: TableRule) -> Iterator[Change]:
    if _within(old.threshold, new.threshold):
        yield scope.change(Level.COMPATIBLE, old.threshold, new.threshold, _RELAXED)
    else:
        demanded = new.severity is Severity.ERROR
        yield _judged(scope, demanded, old.threshold, new.threshold)


def _severity(scope: Scope, old: TableRule, new: TableRule) -> Iterator[Change]:
    if new.severity is Severity.ERROR:
        yield _judged(scope, True, old.severity, new.severity)
    else:
        effect = f"{_RELAXED}: {_RECORDED}" if old.severity is Severity.ERROR else _RECORDED
        yield scope.change(Level.COMPATIBLE, old.severity, new.severity, effect)


TABLE_RULE: Mapping[str, Rule] = {
    "description": always(Level.COMPATIBLE, "none: it is documentation"),
    "metric": _measure,
    "threshold": _threshold,
    "columns": _measure,
    "percent": _measure,
    "severity": _severity,
    "texts": _measure,
    "pattern": _measure,
    "query": _measure,
}

_Range = tuple[tuple[float, bool], tuple[float, bool]]
"""Ends of a range: the lower one with whether it is excluded, the upper one with whether it is included."""


def _within(one: Threshold, other: Threshold) -> bool:
    """Whether every value that satisfies the one satisfies the other."""
    return all(
        any(low[0] <= part[0] and part[1] <= low[1] for low in _ranges(other)) for part in _ranges(one)
    )


def _ranges(threshold: Threshold) -> list[_Range]:
    first, last = threshold.values[0], threshold.values[-1]
    below, above = (-inf, True), (inf, False)
    return {
        Operator.MUST_BE: [((first, False), (first, True))],
        Operator.MUST_NOT_BE: [(below, (first, False)), ((first, True), above)],
        Operator.MUST_BE_GREATER_THAN: [((first, True), above)],
        Operator.MUST_BE_GREATER_OR_EQUAL_TO: [((first, False), above)],
        Operator.MUST_BE_LESS_THAN: [(below, (first, False))],
        Operator.MUST_BE_LESS_OR_EQUAL_TO: [(below, (first, True))],
        Operator.MUST_BE_BETWEEN: [((first, False), (last, True))],
        Operator.MUST_NOT_BE_BETWEEN: [(below, (first, False)), ((last, True), above)],
    }[threshold.operator]
