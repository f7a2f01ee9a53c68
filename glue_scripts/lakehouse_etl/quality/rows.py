"""What is recorded of quality rules: one row per rule and run, and a note about those that none broke."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.contract.table_rules import TableRule
from lakehouse_etl.personal.findings import Finding
from lakehouse_etl.quality.measured import Measured, number, threshold

KEPT = "lake.rules-kept"
"""Snapshot property: of each dataset its silver snapshot, and the rules of which none failed on it."""


@dataclass(frozen=True)
class Row:
    """What one rule measured."""

    rule: str
    scope: str
    """`record`, `table`, `gate` or `personal`: what the rule is about."""
    severity: str
    outcome: str
    """`passed`, `failed`, or `quarantined`: the records that broke the rule."""
    value: float | None
    threshold: str
    snapshot_id: int | None = None
    """Silver snapshot that a table rule was measured on."""


def values_of(rows: Iterable[Row], dataset: str, run_id: str) -> list[tuple[Any, ...]]:
    """Return rows as a results table has them, measured now."""
    now = datetime.now(UTC)
    return [(dataset, run_id, now, *astuple(row)) for row in rows]


def record_rows(broken: Mapping[Breach, int], outcome: str) -> list[Row]:
    """Return a row per rule about records; `outcome` is that of a rule which records broke."""
    return [
        Row(breach.rule, "record", "error", outcome if count else "passed", float(count), "= 0")
        for breach, count in broken.items()
    ]


def gate_row(ratio: float, limit: float) -> Row:
    """Return the row of the rejection gate."""
    outcome = "passed" if ratio <= limit else "failed"
    return Row("rejected_ratio", "gate", "error", outcome, ratio, f"≤ {number(limit)}")


def table_rows(measured: Iterable[Measured], snapshot_id: int | None) -> list[Row]:
    """Return a row per rule about the table."""
    return [
        Row(
            item.rule.name,
            "table",
            item.rule.severity,
            "passed" if item.kept else "failed",
            item.value,
            threshold(item.rule),
            snapshot_id,
        )
        for item in measured
    ]


def personal_rows(found: Iterable[Finding], undeclared: Container[Finding]) -> list[Row]:
    """Return a row per kind of personal data in a column: the share of its values that hold it."""
    return [
        Row(
            f"{each.kind} in {each.column}",
            "personal",
            "warning",
            "failed" if each in undeclared else "passed",
            each.share,
            f"declared, or none of {each.samples} values",
        )
        for each in found
    ]


_BETWEEN = "; "


def noted(notes: Iterable[str]) -> str:
    """Return the value of `KEPT` that has all of these notes."""
    return _BETWEEN.join(notes)


def has_note(values: Iterable[str], note: str) -> bool:
    """Whether one of the values of `KEPT` has a note."""
    return any(note in value.split(_BETWEEN) for value in values)


def note(dataset: str, snapshot_id: int, rules: tuple[TableRule, ...]) -> str:
    """Return what `KEPT` tells of a dataset; rules may change under their names, so all they say counts."""
    return f"{dataset} {snapshot_id} {sha256(repr(rules).encode()).hexdigest()}"
