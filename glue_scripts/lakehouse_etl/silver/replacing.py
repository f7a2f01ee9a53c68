"""Replaces the whole content of a silver table by the newest version that is fit for use.

A version that is not fit is refused: its rejected records are quarantined, its name is noted in the state,
and no run looks at it again before somebody requests it. Silver keeps the last good version, which products
may go on to read. Records of versions that another one outdoes are counted, and nothing else is done to them.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from lakehouse_etl.bronze.looking import Look, advance
from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.bronze.state import Seen, State, counted
from lakehouse_etl.bronze.versions import Arranged, Version, place
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.log import report
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.silver.inspection import Inspection, Measurement
from lakehouse_etl.silver.outcome import Result, rejections


class Trial(Protocol):
    """A version that has been judged, and whose rejected records are in quarantine."""

    @property
    def result(self) -> Result:
        """What publishing it would do."""
        ...

    @property
    def measurement(self) -> Measurement:
        """What the table rules find in it."""
        ...

    def publish(self, state: State, counts: Counts) -> int | None:
        """Make it the content of the table, and return the snapshot; `counts` are those of the whole run."""
        ...


class Carrier(Protocol):
    """How versions are judged and written."""

    def tried(self, version: Version) -> AbstractContextManager[Trial]:
        """Judge a version."""
        ...

    def records(self, objects: Sequence[BronzeObject]) -> int:
        """Count records."""
        ...

    def note(self, state: State, counts: Counts) -> None:
        """Commit a state, and leave the content as it is."""
        ...


@dataclass(frozen=True)
class Replacement:
    """What one run does about the versions that have come."""

    dataset: Dataset
    inspection: Inspection[Any]
    carrier: Carrier
    state: State
    """What earlier runs have left, with the requests that this one answers."""
    arranged: Arranged
    seen: Look

    def run(self, last_arrival: datetime | None) -> Result:
        """Publish the newest version that is fit for use, and count the others.

        Raises:
            QualityError: A version was refused that is newer than the content, by this run or before; or
                the content breaks the contract.
        """
        total = Result(self.dataset.id, 0).standing(self.dataset, self.state, last_arrival)
        refused: list[Seen] = []
        for at, version in enumerate(self.arranged.newer):
            with self.carrier.tried(version) as trial:
                why = self._why_not(version, trial)
                if why is None:
                    outdone = (*self.arranged.older, *self.arranged.newer[at + 1 :])
                    total = total.plus(trial.result).plus(self._superseded(outdone))
                    return self._published(version, trial, total, refused)
                refused.append(version.seen(why))
                total = total.plus(self._refused(trial))
        total = total.plus(self._superseded(self.arranged.older))
        return self._kept(total, refused)

    def _why_not(self, version: Version, trial: Trial) -> str | None:
        """Return why a version must not become the content, None if it may."""
        faults = self.inspection.faults(rejections(trial.result, State()), trial.measurement)
        if not trial.result.counts.accepted:
            faults.append("it holds no good record; fix: send the whole content")
        if not faults:
            return None
        return f"version {version.name} is refused, and the last good one stays: {'; '.join(faults)}"

    def _refused(self, trial: Trial) -> Result:
        """Tell of a version that is not published: what is good of it is outdone by the content."""
        self.inspection.record(trial.result, trial.measurement)
        counts = trial.result.counts
        rules = trial.measurement.rules
        failed = sum(item.counts for item in rules) if rules else None
        return replace(trial.result, counts=counts.outdone(counts.accepted), rules_failed=failed, ages=None)

    def _superseded(self, outdone: Sequence[Version]) -> Result:
        objects = [item for version in outdone for item in version.objects]
        records = self.carrier.records(objects) if objects else 0
        if outdone:
            report(dataset=self.dataset.id, outdone=[version.name for version in outdone], records=records)
        closed = sum(len(version.all) for version in outdone)
        return Result(self.dataset.id, closed, Counts(records, 0, 0, records))

    def _published(self, version: Version, trial: Trial, total: Result, refused: Sequence[Seen]) -> Result:
        seen = version.seen()
        newer = [each for each in self._still_refused(refused) if self._place(each) > self._place(seen)]
        judged = rejections(trial.result, self.state)
        done = counted(self._after(newer), total.counts.records_in, trial.result.ages)
        after = replace(done, content=seen, counts=vars(judged.counts), reasons=judged.reasons)
        total = replace(total, ages=trial.result.ages, newest_event=after.last_event)
        snapshot_id = trial.publish(after, total.counts)
        measurement = replace(trial.measurement, snapshot_id=snapshot_id)
        self.inspection.record(trial.result, measurement)
        return self.inspection.decide(total, judged, measurement, newer)

    def _kept(self, total: Result, refused: Sequence[Seen]) -> Result:
        known = self._still_refused(refused)
        self.carrier.note(counted(self._after(known), total.counts.records_in, None), total.counts)
        measurement = self.inspection.of_content()
        nothing = Result(self.dataset.id, 0)
        self.inspection.record(nothing, measurement)
        return self.inspection.decide(total, rejections(nothing, self.state), measurement, known)

    def _still_refused(self, refused: Sequence[Seen]) -> list[Seen]:
        again = {each.rank for each in refused}
        before = [each for each in self.state.refused if each.rank not in again]
        return sorted((*before, *refused), key=self._place, reverse=True)

    def _place(self, seen: Seen) -> tuple[str, ...]:
        return place(self.dataset.versions, seen)

    def _after(self, refused: Iterable[Seen]) -> State:
        versions = (*self.arranged.newer, *self.arranged.older)
        done = [item for version in versions for item in version.all]
        return replace(
            advance(self.state, done, self.seen),
            refused=tuple(refused),
            waiting=frozenset(item.name for item in self.arranged.waiting),
        )
