"""Measures rules about whole tables: figures in one scan, and those that add up by rows that came and went.

What a table's additive figures were, and on which snapshot, is kept by the table itself, as a property. It
cannot disagree with the rows: they are told by the snapshot. Whatever cannot be followed is measured anew.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from hashlib import sha256
from typing import Any, Protocol, TypeVar

from lakehouse_etl.contract.table_rules import Figure, TableRule
from lakehouse_etl.quality.formula import EXACT, FormulaError, Number, compute
from lakehouse_etl.quality.measured import Measured, measured, not_alone
from lakehouse_etl.tables.history import Snapshot

Rows_contra = TypeVar("Rows_contra", contravariant=True)
"""How a carrier holds rows."""

PROPERTY = "lake.figures"
"""Table property: a snapshot, and the additive figures that were measured on it."""


_KEPT = re.compile(r"\d+( [0-9a-f]{16}=-?[0-9.]+(E[+-]?\d+)?)+")


Rows = TypeVar("Rows")


class MeterError(RuntimeError):
    """SQL cannot run; the message is for people, in one line."""


Changed = tuple[Sequence[Any], Sequence[Any]]
"""Figures of the rows that came, and of those that went."""


class Meter(Protocol[Rows_contra]):
    """Lets an engine find figures."""

    def figures(self, figures: Sequence[Figure], rows: Rows_contra | None) -> Sequence[Any]:
        """Return figures of some rows, or of the table; raises MeterError."""
        ...

    def since(self, snapshot_id: int, figures: Sequence[Figure]) -> Changed | None:
        """Return figures of the rows that came and went since a snapshot; raises MeterError.

        None if these rows cannot be told, or are more than the table has.
        """
        ...

    def query(self, sql: str, rows: Rows_contra | None) -> Sequence[Sequence[Any]]:
        """Return the answer to Spark SQL on rows or the table, two rows at most; raises MeterError."""
        ...


@dataclass(frozen=True)
class Basis:
    """Additive figures of a table as they were on a snapshot."""

    snapshot_id: int
    values: Mapping[str, Number] = field(default_factory=dict)
    """By the text of each figure, of which only a hash is kept."""

    def __str__(self) -> str:
        """Return what the table keeps."""
        return " ".join([str(self.snapshot_id), *(f"{name}={value}" for name, value in self.values.items())])

    @classmethod
    def of(cls, text: str | None) -> "Basis | None":
        """Return what a table has kept."""
        if not text or not _KEPT.fullmatch(text):
            return None
        snapshot_id, *pairs = text.split(" ")
        values = (pair.partition("=") for pair in pairs)
        return cls(int(snapshot_id), {name: Decimal(value) for name, _, value in values})


def measure(
    meter: Meter[Rows], rules: Sequence[TableRule], rows: Rows | None = None, basis: Basis | None = None
) -> tuple[tuple[Measured, ...], dict[str, Number]]:
    """Measure rules, and return the additive figures as well, by their names in a basis.

    Args:
        meter: What finds figures.
        rules: Rules of the contract.
        rows: What to measure them on; None: the table.
        basis: What is known of the table.
    """
    figures = list(dict.fromkeys(figure for rule in rules for figure in rule.figures))
    values = dict(_followed(meter, figures, basis)) if basis is not None else {}
    more, problems = _found(meter, [figure for figure in figures if figure not in values], rows)
    values |= more
    found = tuple(_measured(meter, rule, rows, values, problems) for rule in rules)
    kept = {name_of(figure): value or 0 for figure, value in values.items() if figure.additive}
    return found, kept


def name_of(figure: Figure) -> str:
    """Return the name of a figure in a basis: another text is another figure."""
    return sha256(figure.spark.encode()).hexdigest()[:16]


def since(history: Sequence[Snapshot], base: int) -> list[Snapshot] | None:
    """Return the commits after a snapshot that changed rows, newest first.

    None if it has expired, or if they have left files that delete rows of others.
    """
    found: list[Snapshot] = []
    for snapshot in history:
        if snapshot.id == base:
            deletes = any(each.summary.get("total-delete-files", "0") != "0" for each in found)
            return None if deletes else found
        if snapshot.operation != "replace":
            found.append(snapshot)
    return None


def _found(
    meter: Meter[Rows], figures: Sequence[Figure], rows: Rows | None
) -> tuple[dict[Figure, Any], dict[Figure, str]]:
    """Return figures, and why there are no others: one that cannot be found stops none beside it."""
    if not figures:
        return {}, {}
    try:
        return dict(zip(figures, meter.figures(figures, rows), strict=True)), {}
    except MeterError as error:
        if len(figures) == 1:
            return {}, {figures[0]: str(error)}
    values: dict[Figure, Any] = {}
    problems: dict[Figure, str] = {}
    for figure in figures:
        found, problem = _found(meter, [figure], rows)
        values |= found
        problems |= problem
    return values, problems


def _followed(meter: Meter[Rows], figures: Sequence[Figure], basis: Basis) -> Iterator[tuple[Figure, Number]]:
    """Yield the figures that can be told from the rows that came and went."""
    known = [figure for figure in figures if figure.additive and name_of(figure) in basis.values]
    if not known:
        return
    try:
        changed = meter.since(basis.snapshot_id, known)
    except MeterError:
        return  # a row that went may be at fault; the whole table tells
    if changed is None:
        return
    with localcontext(EXACT):
        for figure, more, less in zip(known, *changed, strict=True):
            yield figure, basis.values[name_of(figure)] + (more or 0) - (less or 0)


def _measured(
    meter: Meter[Rows],
    rule: TableRule,
    rows: Rows | None,
    values: Mapping[Figure, Any],
    problems: Mapping[Figure, str],
) -> Measured:
    if rule.query is not None:
        return _alone(meter, rule, rule.query, rows)
    if problem := next((problems[figure] for figure in rule.figures if figure in problems), None):
        return Measured(rule, problem=f"the SQL cannot run: {problem}")
    assert rule.formula is not None  # noqa: S101 (the manifest has one or the other)
    try:
        return measured(rule, compute(rule.formula, [values[figure] for figure in rule.figures]))
    except FormulaError as error:
        return Measured(rule, problem=f"the SQL cannot run: {error}")


def _alone(meter: Meter[Rows], rule: TableRule, sql: str, rows: Rows | None) -> Measured:
    try:
        answer = meter.query(sql, rows)
    except MeterError as error:
        return Measured(rule, problem=f"the SQL cannot run: {error}")
    if len(answer) != 1 or len(answer[0]) != 1:
        return not_alone(rule, len(answer))
    return measured(rule, answer[0][0])
