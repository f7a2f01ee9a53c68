"""Holds a silver dataset to its rejection gate and its table rules, now and in later runs.

A gate that closed stays closed until new data or another contract opens it: a run that finds nothing new
judges the counts of the last one, and measures the table unless its rules are known to be kept, and those
that depend on the clock in any case. The verdict is left on the silver table, for the products that read it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from lakehouse_etl.bronze.state import Seen, State
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.table_rules import TableRule
from lakehouse_etl.personal.findings import Finding
from lakehouse_etl.personal.undeclared import undeclared
from lakehouse_etl.quality import verdict
from lakehouse_etl.quality.formula import Number
from lakehouse_etl.quality.measured import Measured
from lakehouse_etl.quality.meter import PROPERTY, Basis, Meter, measure
from lakehouse_etl.quality.rows import Row, gate_row, personal_rows, record_rows, table_rows
from lakehouse_etl.silver.outcome import (
    RefusedError,
    RejectedError,
    Rejections,
    Result,
    RulesError,
    rejections,
)
from lakehouse_etl.tables.history import Journal, is_empty

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
        self._found: dict[tuple[str, str], Finding] = {}
        """Personal data that are to be recorded, by column and kind."""

    def check(self) -> None:
        """Raise TableError if results cannot be written."""
        self._results.check()

    def notice(self, state: State, found: Sequence[Finding]) -> State:
        """Compare personal data, found now and before, with the contract; return the state that knows it.

        What is not declared stays known until it is: a later sample may miss it.
        """
        known = {(each.column, each.kind): each for each in (*state.personal, *found)}
        self._found |= {(each.column, each.kind): each for each in found}
        return replace(state, personal=tuple(undeclared(self._dataset.personal, known.values())))

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

    def of_content(self) -> Measurement:
        """Measure the table rules on what silver holds, those that the clock may break and unknown ones."""
        snapshot_id = self._silver.head() if self._dataset.table_rules else None
        if snapshot_id is None:
            return Measurement()
        self.check()
        rules = self._dataset.table_rules
        if self._results.have_passed(snapshot_id, rules):
            rules = tuple(rule for rule in rules if rule.volatile)
        return self._of_table(rules)

    def faults(self, judged: Rejections, measurement: Measurement) -> list[str]:
        """Return what the gate and the table rules find."""
        faults = [] if self._is_open(judged) else [self._gate_fault(judged)]
        return [*faults, self._rules_fault(measurement)] if measurement.failed else faults

    def is_settled(self, state: State) -> bool:
        """Whether `again` would find what is known already: that the table is fit for use."""
        if state.refused or not self._is_open(rejections(Result(self._dataset.id, 0), state)):
            return False
        if verdict.problem_of(self._silver, self._silver.history()) is not None:
            return False
        if any(rule.volatile for rule in self._dataset.table_rules):
            return False
        snapshot_id = self._silver.head() if self._dataset.table_rules else None
        return snapshot_id is None or self._results.have_passed(snapshot_id, self._dataset.table_rules)

    def again(self, state: State, result: Result) -> Result:
        """Judge the table as earlier runs have left it; raises what `conclude` does.

        A dataset without table rules needs no results table for that.
        """
        measurement = self.of_content()
        self.record(result, measurement)
        return self.decide(result, rejections(result, state), measurement, state.refused)

    def conclude(self, result: Result, judged: Rejections, measurement: Measurement) -> Result:
        """Record what was found, and complete the result; raises what `decide` does."""
        self.record(result, measurement)
        return self.decide(result, judged, measurement)

    def decide(
        self, result: Result, judged: Rejections, measurement: Measurement, refused: Sequence[Seen] = ()
    ) -> Result:
        """Give the verdict about the table, and complete the result.

        Raises:
            RejectedError: The share of rejected records is above the contract's gate.
            RulesError: A table rule of severity error is broken, or a rule cannot be measured.
            RefusedError: The table is fit for use, but newer versions of its content were refused.
        """
        if measurement.rules:
            failed = sum(item.counts for item in measurement.rules)
            result = replace(result, rules_failed=failed + (result.rules_failed or 0))
        faults, refusals = self.faults(judged, measurement), [each.why for each in refused]
        # Rows that are there are a version that was good; where there are none, products wait for one.
        unfilled = bool(refusals) and is_empty(self._silver.history())
        problem = "; ".join([*faults, *(refusals if unfilled else ())]) or None
        verdict.give(self._silver, problem, measurement.basis)
        if faults or refusals:
            error = RefusedError if not faults else RulesError if self._is_open(judged) else RejectedError
            raise error("; ".join([*faults, *refusals]), result)
        return result

    def record(self, result: Result, measurement: Measurement) -> None:
        """Write down what was measured."""
        found, self._found = self._found.values(), {}
        rows = personal_rows(found, undeclared(self._dataset.personal, found))
        rows += table_rows(measurement.rules, measurement.snapshot_id)
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
