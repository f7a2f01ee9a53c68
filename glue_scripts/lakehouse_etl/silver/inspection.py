"""Holds a silver dataset to its rejection gate and its table rules, now and in later runs.

A gate that closed stays closed until new data or another contract opens it: a run that finds nothing new
judges the counts of the last one, and measures the table unless its rules are known to be kept, and those
that depend on the clock in any case. The verdict is left on the silver table, for the products that read it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from lakehouse_etl.bronze.state import State
from lakehouse_etl.contract.model import Dataset, TableRule
from lakehouse_etl.quality import verdict
from lakehouse_etl.quality.formula import Number
from lakehouse_etl.quality.measured import Measured
from lakehouse_etl.quality.meter import PROPERTY, Basis, Meter, measure
from lakehouse_etl.quality.rows import Row, gate_row, record_rows, table_rows
from lakehouse_etl.silver.outcome import RejectedError, Rejections, Result, RulesError, rejections
from lakehouse_etl.tables.history import Journal

Rows = TypeVar("Rows")
"""How a carrier holds rows."""


@dataclass(frozen=True)
class Measurement:
    """The table rules as measured; none if they are known to be kept."""

    rules: tuple[Measured, ...] = ()
    figures: Mapping[str, Number] = field(default_factory=dict)
    """Additive figures, as a basis has them."""
    snapshot_id: int | None = None
    """Silver snapshot that holds what was measured, None if none does."""

    @property
    def failed(self) -> list[Measured]:
        """Rules that fail the run."""
        return [item for item in self.rules if item.fails]

    @property
    def basis(self) -> Basis | None:
        """What the next measurement may start from."""
        if self.snapshot_id is None or not self.figures:
            return None
        return Basis(self.snapshot_id, self.figures)


class Results(Protocol):
    """Where a carrier records what was measured."""

    def check(self) -> None:
        """Raise TableError if results cannot be written."""
        ...

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        ...

    def append_passed(self, rows: Sequence[Row], snapshot_id: int, rules: tuple[TableRule, ...]) -> None:
        """Add rows, and note that no rule failed on a silver snapshot."""
        ...

    def have_passed(self, snapshot_id: int, rules: tuple[TableRule, ...]) -> bool:
        """Whether such a note exists about exactly these rules."""
        ...


class Inspection(Generic[Rows]):
    """The inspection of one dataset in one run."""

    def __init__(
        self,
        dataset: Dataset,
        silver: Journal,
        results: Results,
        meter: Meter[Rows],
    ) -> None:
        """Take what measures rows, or what silver holds now."""
        self._dataset = dataset
        self._silver = silver
        self._results = results
        self._meter = meter

    def check(self) -> None:
        """Raise TableError if results cannot be written."""
        self._results.check()

    def of_rows(self, rows: Rows) -> Measurement:
        """Measure the table rules on rows."""
        return Measurement(*measure(self._meter, self._dataset.table_rules, rows))

    def of_table(self) -> Measurement:
        """Measure the table rules on what silver holds now."""
        return self._of_table(self._dataset.table_rules)

    def _of_table(self, rules: tuple[TableRule, ...]) -> Measurement:
        before = self._silver.head()
        basis = Basis.of(self._silver.properties().get(PROPERTY)) if rules else None
        measured, figures = measure(self._meter, rules, basis=basis)
        after = self._silver.head()
        return Measurement(measured, figures if after == before else {}, after)

    def passes(self, judged: Rejections, measurement: Measurement) -> bool:
        """Whether neither the gate nor a table rule fails the run."""
        return self._is_open(judged) and not measurement.failed

    def is_settled(self, state: State) -> bool:
        """Whether `again` would find what is known already: that the table is fit for use."""
        if not self._is_open(rejections(Result(self._dataset.id, 0), state)):
            return False
        if verdict.problem_of(self._silver, self._silver.history()) is not None:
            return False
        if any(rule.volatile for rule in self._dataset.table_rules):
            return False
        snapshot_id = self._silver.head() if self._dataset.table_rules else None
        return snapshot_id is None or self._results.have_passed(snapshot_id, self._dataset.table_rules)

    def again(self, state: State, last_arrival: datetime | None) -> Result:
        """Judge the table as earlier runs have left it; raises what `conclude` does.

        A dataset without table rules needs no results table for that.
        """
        result = Result(self._dataset.id, 0, last_arrival=last_arrival)
        measurement = Measurement()
        snapshot_id = self._silver.head() if self._dataset.table_rules else None
        if snapshot_id is not None:
            self.check()
            rules = self._dataset.table_rules
            if self._results.have_passed(snapshot_id, rules):
                rules = tuple(rule for rule in rules if rule.volatile)
            measurement = self._of_table(rules)
        return self.conclude(result, rejections(result, state), measurement)

    def conclude(self, result: Result, judged: Rejections, measurement: Measurement) -> Result:
        """Record what was found, and complete the result.

        Raises:
            RejectedError: The share of rejected records is above the contract's gate.
            RulesError: A table rule of severity error is broken, or a rule cannot be measured.
        """
        self._record(result, measurement)
        if measurement.rules:
            result = replace(result, rules_failed=sum(item.counts for item in measurement.rules))
        faults = [] if self._is_open(judged) else [self._gate_fault(judged)]
        error = RejectedError if faults else RulesError
        if measurement.failed:
            faults.append(self._rules_fault(measurement))
        verdict.give(self._silver, "; ".join(faults) or None, measurement.basis)
        if faults:
            raise error("; ".join(faults), result)
        return result

    def _record(self, result: Result, measurement: Measurement) -> None:
        rows = table_rows(measurement.rules, measurement.snapshot_id)
        if result.counts.records_in:
            gate = gate_row(result.counts.rejected_ratio, self._dataset.max_rejected_ratio)
            rows += [*record_rows(result.broken, "quarantined"), gate]
        if not rows:
            return
        if measurement.rules and measurement.snapshot_id is not None and not measurement.failed:
            self._results.append_passed(rows, measurement.snapshot_id, self._dataset.table_rules)
        else:
            self._results.append(rows)

    def _is_open(self, judged: Rejections) -> bool:
        return judged.counts.rejected_ratio <= self._dataset.max_rejected_ratio

    def _gate_fault(self, judged: Rejections) -> str:
        counts = judged.counts
        reasons = ", ".join(f"{reason} {count}" for reason, count in judged.reasons.items())
        return (
            f"{counts.rejected} of {counts.records_in} records rejected ({counts.rejected_ratio:.1%}); "
            f"allowed: {self._dataset.max_rejected_ratio:.1%}; reasons: {reasons}; fix: query "
            f"{self._dataset.quarantine_table} for the details, mend the producer or the contract"
        )

    def _rules_fault(self, measurement: Measurement) -> str:
        return (
            f"{len(measurement.failed)} of {len(measurement.rules)} table rules failed: "
            f"{'; '.join(map(str, measurement.failed))}; fix: send records that mend "
            f"{self._dataset.silver_table}, or change the rule in the contract"
        )
