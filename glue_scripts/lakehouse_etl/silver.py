"""Brings the new bronze objects of one dataset into silver and quarantine.

A run may be killed at any point and repeated: quarantine rows are replaced by object, and silver rows,
processed objects and counts become visible in a single step.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from lakehouse_etl.bronze import BronzeObject, advance, new_objects
from lakehouse_etl.changes import compared
from lakehouse_etl.counts import Counts, counts_of, reasons_of, tally
from lakehouse_etl.gate import check_columns
from lakehouse_etl.model import SYSTEM_COLUMNS, Dataset, columns
from lakehouse_etl.quarantine import COLUMNS as QUARANTINE_COLUMNS
from lakehouse_etl.quarantine import quarantine
from lakehouse_etl.reading import read_parts
from lakehouse_etl.state import State, read_state, write_state
from lakehouse_etl.storage import Storage
from lakehouse_etl.summary import is_empty, summary_of, valid_state
from lakehouse_etl.tables import Table
from lakehouse_etl.transforms.masking import offer_key
from lakehouse_etl.transforms.part import FAULT, RANK
from lakehouse_etl.transforms.ranking import ranked
from lakehouse_etl.transforms.validation import Judged, judge


@dataclass(frozen=True)
class Result:
    """What one run did to a dataset."""

    dataset: str
    objects: int
    counts: Counts = field(default_factory=Counts)
    reasons: Mapping[str, int] = field(default_factory=dict)


class RejectedError(RuntimeError):
    """More records were rejected than the contract tolerates.

    What was good is in silver all the same, unless it would have replaced the table's whole content.
    """

    def __init__(self, message: str, result: Result) -> None:
        """Keep the counts, which are worth publishing just now."""
        super().__init__(message)
        self.result = result


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
        state = read_state(self._storage, valid_state(self._silver, history))
        objects = new_objects(self._storage, dataset.bronze.location, state)
        if not objects:
            return Result(dataset.name, 0)
        if dataset.masks:
            offer_key(self._session, masking_key())
        result = self._process(state, objects, is_empty(history))
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
            judged = Judged(batch, judged.breaches)
            quarantine(self._quarantine, judged, tallies, objects, self._run_id)
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
        if self._dataset.write == "overwrite" and result.counts.accepted:
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
        with compared(winners, self._silver.rows(), self._dataset) as changes:
            result = replace(result, counts=result.counts.outdone(changes.older))
            if not changes.updated:
                return self._commit(state, objects, result, changes.new)
            summary = self._summary(state, objects, result)
            self._silver.update_and_append(
                changes.updates, changes.new, self._dataset.key, changes.within, summary
            )
            return result

    def _commit(
        self, state: State, objects: Sequence[BronzeObject], result: Result, rows: DataFrame
    ) -> Result:
        self._silver.append(rows, self._summary(state, objects, result))
        return result

    def _summary(self, state: State, objects: Sequence[BronzeObject], result: Result) -> dict[str, str]:
        """Write the state that the coming commit will name, and return that commit's summary."""
        start, processed = advance(state, objects)
        after = State(self._run_id, start, processed, vars(result.counts), result.reasons)
        uri = write_state(self._storage, self._dataset.state_location, after)
        return summary_of(self._run_id, uri, result.counts)

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
            f"allowed: {limit:.1%}; reasons: {reasons}; fix: query {self._dataset.quarantine_table} "
            "for the details, mend the producer or the contract",
            result,
        )
