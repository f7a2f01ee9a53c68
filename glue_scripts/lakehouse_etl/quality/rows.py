"""What is recorded of quality rules: one row per rule and run, and a note about those that none broke."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.contract.table_rules import TableRule
from lakehouse_etl.quality.measured import Measured, number, threshold

KEPT = "lake.rules-kept"
"""Snapshot property: the dataset, the silver snapshot, and the rules of which none failed on it."""


@dataclass(frozen=True)
class Row:
    """What one rule measured."""

    rule: str
    scope: str
    """`record`, `table` or `gate`: what the rule is about."""
    severity: str
    outcome: str
    """`passed`, `failed`, or `quarantined`: the records that broke the rule."""
    value: float | None
    threshold: str
    snapshot_id: int | None = None
    """Silver snapshot that a table rule was measured on."""


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


def note(dataset: str, snapshot_id: int, rules: tuple[TableRule, ...]) -> str:
    """Return the value of `KEPT`: a rule may be changed under its name, so its whole text counts."""
    return f"{dataset} {snapshot_id} {sha256(repr(rules).encode()).hexdigest()}"
