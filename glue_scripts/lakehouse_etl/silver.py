"""Brings the new bronze objects of one dataset into silver and quarantine.

A run may be killed at any point and repeated: quarantine rows are replaced by object, and silver rows,
processed objects and counts become visible in a single step.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from lakehouse_etl.bronze import BronzeObject, advance, new_objects
from lakehouse_etl.counts import Counts, counts_of, reasons_of, tally
from lakehouse_etl.gate import check_columns
from lakehouse_etl.model import SYSTEM_COLUMNS, Dataset, columns
from lakehouse_etl.quarantine import COLUMNS as QUARANTINE_COLUMNS
from lakehouse_etl.quarantine import quarantine
from lakehouse_etl.reading import read_parts
from lakehouse_etl.state import STATE, State, read_state, write_state
from lakehouse_etl.storage import Storage
from lakehouse_etl.tables import Bounds, Table
from lakehouse_etl.transforms.masking import offer_key
from lakehouse_etl.transforms.part import FAULT, RANK
from lakehouse_etl.transforms.ranking import ranked, rivals
from lakehouse_etl.transforms.validation import Judged, judge


class RejectedError(RuntimeError):
    """More records were rejected than the contract tolerates; what was good is in silver all the same."""


NO_RECORDS = Counts()


@dataclass(frozen=True)
class Result:
    """What one run did to a dataset."""

    dataset: str
    objects: int
    counts: Counts = NO_RECORDS
    reasons: Mapping[str, int] = field(default_factory=dict)


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

    def run(self, masking_key: Callable[[], bytes]) -> Result:
        """Process what is new; `masking_key` is called only if the dataset masks.

        Raises:
            TableError: A table does not fit the contract; nothing was read.
            StateError: The state of the last run cannot be read.
            RejectedError: The share of rejected records is above the contract's gate.
        """
        dataset = self._dataset
        check_columns(self._silver, StructType([*columns(dataset.fields), *SYSTEM_COLUMNS]))
        check_columns(self._quarantine, QUARANTINE_COLUMNS)
        history = self._silver.history()
        known = next((summary[STATE] for summary in history if STATE in summary), None)
        state = read_state(self._storage, known)
        objects = new_objects(self._storage, dataset.bronze.location, state)
        if not objects:
            return Result(dataset.name, 0)
        if dataset.masks:
            offer_key(self._session, masking_key())
        empty = not history or history[0].get("total-records") == "0"
        result = self._process(state, objects, empty)
        self._check_gate(result)
        return result

    def _process(self, state: State, objects: Sequence[BronzeObject], empty: bool) -> Result:
        parts = read_parts(self._session, self._storage, self._dataset.bronze, self._dataset.fields, objects)
        if not parts:
            self._commit(state, objects, Result(self._dataset.name, len(objects)), self._no_rows())
            return Result(self._dataset.name, len(objects))
        judged = judge(parts, self._dataset.fields)
        batch = ranked(judged.frame, self._dataset).persist(StorageLevel.MEMORY_AND_DISK)
        try:
            tallies = tally(batch)
            quarantine(
                self._quarantine,
                Judged(batch, judged.breaches),
                tallies,
                objects,
                self._run_id,
            )
            result = Result(
                self._dataset.name, len(objects), counts_of(tallies), reasons_of(tallies, judged.breaches)
            )
            winners = batch.where(F.col(FAULT).isNull() & (F.col(RANK) == 1)).select(*self._columns())
            return self._publish(state, objects, result, winners, empty)
        finally:
            batch.unpersist()

    def _publish(
        self, state: State, objects: Sequence[BronzeObject], result: Result, winners: DataFrame, empty: bool
    ) -> Result:
        if self._dataset.write == "overwrite":
            self._check_gate(result)
            self._silver.replace(winners, self._summary(state, objects, result))
            return result
        if empty or not result.counts.accepted:
            return self._commit(state, objects, result, winners)
        return self._upsert(state, objects, result, winners)

    def _upsert(
        self, state: State, objects: Sequence[BronzeObject], result: Result, winners: DataFrame
    ) -> Result:
        """Add the winners whose keys are new, and replace the rows that they outdo."""
        bounds = self._bounds(winners)
        held = self._silver.rows()
        for name, (low, high) in bounds.items():
            held = held.where(F.col(name).between(F.lit(low), F.lit(high)))
        found = rivals(winners, held, self._dataset).persist(StorageLevel.MEMORY_AND_DISK)
        try:
            known, newer = found.agg(F.count("*"), F.count(F.when(F.col("newer"), True))).head() or (0, 0)
            counts = result.counts.outdone(known - newer)
            result = Result(result.dataset, result.objects, counts, result.reasons)
            key = list(self._dataset.key)
            fresh = winners.join(found.select(*key), key, "left_anti") if known else winners
            if not newer:
                return self._commit(state, objects, result, fresh)
            updates = winners.join(found.where("newer").select(*key), key, "left_semi")
            summary = self._summary(state, objects, result)
            self._silver.update_and_append(updates, fresh, key, bounds, summary)
            return result
        finally:
            found.unpersist()

    def _bounds(self, winners: DataFrame) -> Bounds:
        """Smallest and greatest keys of the batch, so that files outside of them are not opened."""
        key = self._dataset.key
        row = winners.agg(*(end(name) for name in key for end in (F.min, F.max))).head()
        values = list(row or ())
        return {name: (values[2 * index], values[2 * index + 1]) for index, name in enumerate(key)}

    def _commit(
        self, state: State, objects: Sequence[BronzeObject], result: Result, rows: DataFrame
    ) -> Result:
        self._silver.append(rows, self._summary(state, objects, result))
        return result

    def _summary(self, state: State, objects: Sequence[BronzeObject], result: Result) -> dict[str, str]:
        """Write the state that the coming commit will name, and return that commit's summary."""
        start, processed = advance(state, objects)
        counts = vars(result.counts)
        after = State(self._run_id, start, processed, counts, result.reasons)
        uri = write_state(self._storage, self._dataset.state_location, after)
        figures = {f"lake.{name.replace('_', '-')}": str(count) for name, count in counts.items()}
        return {STATE: uri, "lake.run-id": self._run_id, **figures}

    def _columns(self) -> list[str]:
        fields = (*self._dataset.fields, *SYSTEM_COLUMNS)
        return [column.name for column in fields]

    def _no_rows(self) -> DataFrame:
        return self._silver.rows().limit(0)

    def _check_gate(self, result: Result) -> None:
        limit, counts = self._dataset.max_rejected_ratio, result.counts
        if counts.rejected_ratio <= limit:
            return
        reasons = ", ".join(f"{reason} {count}" for reason, count in result.reasons.items())
        raise RejectedError(
            f"{counts.rejected} of {counts.records_in} records rejected ({counts.rejected_ratio:.1%}); "
            f"allowed: {limit:.1%}; reasons: {reasons}; "
            f"fix: query {self._dataset.quarantine_table} for the details, mend the producer or the contract"
        )
