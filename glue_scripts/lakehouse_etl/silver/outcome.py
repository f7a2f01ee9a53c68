"""What a run did to a silver dataset, and the errors that say that the dataset is not fit for use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.bronze.state import State, counted
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.personal.findings import Finding
from lakehouse_etl.personal.undeclared import undeclared
from lakehouse_etl.records.ages import Ages
from lakehouse_etl.records.counts import Counts, reasons_of

NAMES_MAX = 1000
"""Objects of a run that its record names."""


@dataclass(frozen=True)
class Result:
    """What one run did to a dataset."""

    dataset: str
    """Id of the dataset."""
    objects: int
    counts: Counts = field(default_factory=Counts)
    broken: Mapping[Breach, int] = field(default_factory=dict)
    """Rejected records by the rule that they broke, rules that none broke among them."""
    rules_failed: int | None = None
    """Table rules that failed with severity error or warning; None if this run measured none."""
    last_arrival: datetime | None = None
    """Ingest hour of the newest object that the dataset has ever had; None if it had none."""
    undeclared: tuple[Finding, ...] = ()
    """Personal data that this run or earlier ones have found, and the contract does not declare."""
    names: tuple[str, ...] = ()
    """The first `NAMES_MAX` objects, relative to the dataset's location in bronze."""
    ages: Ages | None = None
    """How old the events of the good records are; None where the contract names no time of events."""
    newest_event: datetime | None = None
    """Instant of the newest event that the dataset has ever had; None if none is known."""
    missing: int | None = None
    """Records less than the contract expects that were read yesterday; None if nothing can be said."""

    def plus(self, other: "Result") -> "Result":
        """Return what both did together."""
        counts = {name: figure + vars(other.counts)[name] for name, figure in vars(self.counts).items()}
        broken = {breach: self.broken.get(breach, 0) + count for breach, count in other.broken.items()}
        return replace(
            self,
            objects=self.objects + other.objects,
            counts=Counts(**counts),
            broken={**self.broken, **broken},
            rules_failed=_sum(self.rules_failed, other.rules_failed),
            names=(*self.names, *other.names)[:NAMES_MAX],
            ages=other.ages if self.ages is None else self.ages.plus(other.ages),
        )

    def standing(self, dataset: Dataset, state: State, last_arrival: datetime | None) -> "Result":
        """Return it with what is true of the dataset as a whole after the run, whose state that is."""
        return replace(
            self,
            last_arrival=last_arrival,
            newest_event=state.last_event,
            missing=state.missing(dataset.records_per_day),
            undeclared=tuple(undeclared(dataset.personal, state.personal)),
        )

    def after(self, state: State) -> State:
        """Return the state once its records are counted."""
        return counted(state, self.counts.records_in, self.ages)

    @property
    def reasons(self) -> Mapping[str, int]:
        """Rejected records by reason code."""
        return reasons_of(self.broken)


def names_of(objects: Sequence[BronzeObject]) -> tuple[str, ...]:
    """Return the names of objects that a record of a run tells."""
    return tuple(item.name for item in objects[:NAMES_MAX])


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)


@dataclass(frozen=True)
class Rejections:
    """What the rejection gate judges."""

    counts: Counts
    reasons: Mapping[str, int]


def rejections(result: Result, state: State) -> Rejections:
    """Return the counts of the last run that found records: this one, or the one that the state tells of."""
    if result.counts.records_in:
        return Rejections(result.counts, result.reasons)
    return Rejections(Counts(**state.counts), state.reasons)


class QualityError(RuntimeError):
    """The dataset is not fit for use."""

    def __init__(self, message: str, result: Result) -> None:
        """Keep the counts, which are worth publishing just now."""
        super().__init__(message)
        self.result = result


class RejectedError(QualityError):
    """More records were rejected than the contract tolerates; what was good is in silver all the same."""


class RulesError(QualityError):
    """The table breaks rules of its contract."""


class RefusedError(QualityError):
    """A newer version of the whole content is not fit for use; silver keeps the last good one."""
