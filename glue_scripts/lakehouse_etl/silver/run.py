"""Brings the new bronze objects of one dataset into silver and quarantine.

A run may be killed at any point and repeated: quarantine rows are replaced by object, and silver rows,
processed objects and counts become visible in a single step.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakehouse_etl.bronze.commits import summary_of, valid_state
from lakehouse_etl.bronze.damaged import SPARK_ERRORS, MiscountedError, damaged_among
from lakehouse_etl.bronze.objects import BronzeObject, advance, new_objects, newest_hour
from lakehouse_etl.bronze.reading import Reading, read_parts
from lakehouse_etl.bronze.requests import honour
from lakehouse_etl.bronze.state import State, read_state, write_state
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.records.counts import Tally, broken_by, counts_of, records_by_object, tally
from lakehouse_etl.records.masking import offer_key
from lakehouse_etl.records.part import FAULT, RANK
from lakehouse_etl.records.validation import Judged, judge
from lakehouse_etl.silver.inspection import Inspection, Measurement
from lakehouse_etl.silver.outcome import Result, rejections
from lakehouse_etl.silver.quarantine import COLUMNS as QUARANTINE_COLUMNS
from lakehouse_etl.silver.quarantine import quarantine
from lakehouse_etl.silver.replica import Replica
from lakehouse_etl.silver.upsert import compared, winners_of
from lakehouse_etl.tables.conflicts import MovedError
from lakehouse_etl.tables.gate import check_columns
from lakehouse_etl.tables.summary import is_empty
from lakehouse_etl.tables.table import ATTEMPTS, Table


class SilverRun:
    """One dataset's share of a job run."""

    def __init__(self, session: SparkSession, storage: Storage, dataset: Dataset, run_id: str) -> None:
        """Take a session that no other dataset uses: its temporary views are this run's."""
        self._session = session
        self._storage = storage
        self._dataset = dataset
        self._run_id = run_id
        self._silver = Table(session, dataset.silver_table)
        self._quarantine = Table(session, dataset.quarantine_table)
        self._inspection = Inspection(session, dataset, run_id)
        self._replica = Replica(session, dataset, dataset.changes) if dataset.changes else None
        self._base: int | None = None
        self._objects: Sequence[BronzeObject] = ()
        self._damaged: frozenset[str] = frozenset()
        self._reading = Reading([], {})
        self.last_arrival: datetime | None = None
        """Ingest hour of the newest object, once the run has looked for new ones."""

    def run(self, masking_key: Callable[[], bytes]) -> Result:
        """Process what is new; `masking_key` is called only if the dataset masks.

        Raises:
            TableError: A table does not fit the contract; nothing was read.
            StateError: The state of the last run cannot be read.
            RequestError: A request to process objects cannot be read.
            QualityError: What silver holds, or was to hold, is not fit for use: too many records were
                rejected, or table rules are broken. Without new objects that is judged as well.
            MovedError: Others have committed to a table of the dataset again and again.
        """
        check_columns(self._silver, self._dataset.silver_columns)
        check_columns(self._quarantine, QUARANTINE_COLUMNS)
        if self._replica:
            self._replica.check()
        for _ in range(1, ATTEMPTS):
            try:
                return self._attempt(masking_key)
            except MovedError as error:
                print(f"{self._dataset.id}: {error}; once more", flush=True)
            except MiscountedError as error:
                self._damaged |= error.uris
            except SPARK_ERRORS:
                self._damaged |= self._newly_damaged()
        return self._attempt(masking_key)

    def _newly_damaged(self) -> frozenset[str]:
        """Return the objects that have made this run fail; raises the failure again if they have not."""
        whole = [item for item in self._objects if item.uri not in self._damaged]
        files = self._replica.files if self._replica else self._dataset
        if found := damaged_among(self._session, self._storage, files, whole):
            return found
        raise  # noqa: PLE0704 (called while the failure is handled)

    def _attempt(self, masking_key: Callable[[], bytes]) -> Result:
        """Do all of a run; nothing is published if somebody else commits to silver meanwhile."""
        self._silver.refresh()
        history = self._silver.history()
        self._base = history[0].id if history else None
        state = read_state(self._storage, valid_state(self._silver, history))
        objects = new_objects(self._storage, self._dataset.bronze.location, state)
        state, objects = honour(self._storage, self._dataset, state, objects)
        self._objects, self.last_arrival = objects, newest_hour(state, objects)
        if not objects:
            return self._inspection.again(state)
        self._inspection.check()
        if self._dataset.masks:
            offer_key(self._session, masking_key())
        result, measurement = self._process(state, objects, is_empty(history))
        if measurement is None:
            measurement = self._inspection.of_table()
        return self._inspection.conclude(result, rejections(result, state), measurement)

    def _process(
        self, state: State, objects: Sequence[BronzeObject], empty: bool
    ) -> tuple[Result, Measurement | None]:
        """Write what the objects hold; the rules are measured already if the content was replaced."""
        files = self._replica.files if self._replica else self._dataset
        damaged = {item.uri for item in objects} & self._damaged
        self._reading = read_parts(self._session, self._storage, files, objects, damaged)
        if not (parts := self._reading.parts):
            return self._commit(state, objects, Result(self._dataset.id, len(objects)), self._no_rows()), None
        if self._replica:
            return self._replicate(self._replica, state, objects, self._replica.judge(parts)), None
        judged = judge(parts, self._dataset)
        batch = judged.frame.persist(StorageLevel.MEMORY_AND_DISK)
        try:
            return self._record(state, objects, Judged(batch, judged.breaches), empty)
        finally:
            batch.unpersist()

    def _record(
        self, state: State, objects: Sequence[BronzeObject], judged: Judged, empty: bool
    ) -> tuple[Result, Measurement | None]:
        """Bring the best record of each key into the table."""
        tallies = self._tally(judged, objects)
        good = judged.frame.where(F.col(FAULT).isNull())
        with winners_of(good, self._dataset) as (winners, outdone):
            result = self._result(judged, tallies, objects, outdone)
            rows = winners.select(*self._dataset.silver_columns.names)
            if self._dataset.write == "overwrite" and result.counts.accepted:
                return result, self._overwrite(state, objects, result, rows)
            return self._add(state, objects, result, rows, empty), None

    def _replicate(
        self, replica: Replica, state: State, objects: Sequence[BronzeObject], judged: Judged
    ) -> Result:
        """Bring the effects of changes into the table."""
        batch = judged.frame.persist(StorageLevel.MEMORY_AND_DISK)
        try:
            loaded = replica.loaded(batch, objects, state.loaded)
            void, after = replica.void(loaded, state.loaded), replace(state, loaded=loaded)
            records = Judged(replica.records(batch, loaded), judged.breaches)
            tallies = self._tally(records, objects)
            outdone = records.frame.where(F.col(FAULT).isNull() & (F.col(RANK) != 1)).count()
            result = self._result(records, tallies, objects, outdone)
            with replica.compared(batch, self._silver.rows(), loaded) as outcome:
                result = replace(result, counts=result.counts.outdone(outcome.outdone))
                if outcome.is_append and void is None:
                    return self._commit(after, objects, result, outcome.new)
                summary = self._summary(after, objects, result)
                with self._silver.following(self._base) as version:
                    version.update_and_append(
                        outcome.updates, outcome.new, self._dataset.key, outcome.within, summary,
                        removed=outcome.removed, void=void,
                    )  # fmt: skip
            replica.forget(void)
            return result
        finally:
            batch.unpersist()

    def _tally(self, judged: Judged, objects: Sequence[BronzeObject]) -> list[Tally]:
        """Count all records, and quarantine the rejected ones."""
        tallies = tally(judged.frame)
        if miscounted := self._reading.miscounted(records_by_object(tallies)):
            raise MiscountedError(miscounted)
        quarantine(self._quarantine, judged, tallies, objects, self._run_id)
        return tallies

    def _result(
        self, judged: Judged, tallies: Sequence[Tally], objects: Sequence[BronzeObject], outdone: int
    ) -> Result:
        broken = broken_by(tallies, judged.breaches)
        return Result(self._dataset.id, len(objects), counts_of(tallies, outdone), broken)

    def _overwrite(
        self, state: State, objects: Sequence[BronzeObject], result: Result, winners: DataFrame
    ) -> Measurement:
        """Replace the whole content, unless the new one is not fit for use."""
        measurement = self._inspection.of_rows(winners)
        if not self._inspection.passes(rejections(result, state), measurement):
            return measurement
        summary = self._summary(state, objects, result)
        with self._silver.following(self._base) as version:
            version.replace(winners, summary)
        return replace(measurement, snapshot_id=self._silver.head())

    def _add(
        self, state: State, objects: Sequence[BronzeObject], result: Result, winners: DataFrame, empty: bool
    ) -> Result:
        """Add the winners whose keys are new, and replace the rows that they outdo."""
        if empty or not result.counts.accepted:
            return self._commit(state, objects, result, winners)
        with compared(winners, self._silver.rows(), self._dataset) as changes:
            result = replace(result, counts=result.counts.outdone(changes.older))
            if not changes.updated:
                return self._commit(state, objects, result, changes.new)
            summary = self._summary(state, objects, result)
            with self._silver.following(self._base) as version:
                version.update_and_append(
                    changes.updates, changes.new, self._dataset.key, changes.within, summary
                )
            return result

    def _commit(
        self, state: State, objects: Sequence[BronzeObject], result: Result, rows: DataFrame
    ) -> Result:
        summary = self._summary(state, objects, result)
        with self._silver.following(self._base) as version:
            version.append(rows, summary)
        return result

    def _summary(self, state: State, objects: Sequence[BronzeObject], result: Result) -> dict[str, str]:
        """Write the state that the coming commit will name, and return that commit's summary."""
        start, processed = advance(state, objects)
        judged = rejections(result, state)
        after = replace(
            state,
            run_id=self._run_id,
            window_start=start,
            processed=processed,
            counts=vars(judged.counts),
            reasons=judged.reasons,
        )
        uri = write_state(self._storage, self._dataset.state_location, after)
        return summary_of(self._run_id, uri, result.counts)

    def _no_rows(self) -> DataFrame:
        return self._silver.rows().limit(0)
