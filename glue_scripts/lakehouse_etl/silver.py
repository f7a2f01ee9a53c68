"""Brings the new bronze objects of one dataset into silver and quarantine.

A run may be killed at any point and repeated: quarantine rows are replaced by object, and silver rows,
processed objects and counts become visible in a single step.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from lakehouse_etl.bronze import BronzeObject, advance, new_objects
from lakehouse_etl.changes import compared
from lakehouse_etl.counts import Counts, Tally, counts_of, reasons_of, tally
from lakehouse_etl.gate import check_columns
from lakehouse_etl.model import SYSTEM_COLUMNS, Dataset, columns
from lakehouse_etl.quarantine import COLUMNS as QUARANTINE_COLUMNS
from lakehouse_etl.quarantine import quarantine
from lakehouse_etl.reading import read_parts
from lakehouse_etl.state import State, read_state, write_state
from lakehouse_etl.storage import Storage
from lakehouse_etl.summary import is_empty, summary_of, valid_state
from lakehouse_etl.tables import Table
from lakehouse_etl.transforms.part import FAULT, RANK
from lakehouse_etl.transforms.ranking import ranked
from lakehouse_etl.transforms.validation import Judged, judge


@dataclass(frozen=True)
class Outcome:
    """What a run did with a dataset."""

    objects: int = 0
    counts: Counts = Counts()
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Rejected records by reason code."""


@dataclass(frozen=True)
class _Batch:
    """The records of some objects, computed once and held while they are written."""

    judged: Judged
    tallies: Sequence[Tally]

    @property
    def winners(self) -> DataFrame:
        """The best good record of each key."""
        return self.judged.frame.where(F.col(FAULT).isNull() & (F.col(RANK) == 1))


def load(session: SparkSession, storage: Storage, dataset: Dataset, run_id: str) -> Outcome:
    """Process every object that no earlier run has committed.

    `session` is used by this dataset alone, and knows the masking key if the dataset masks.

    Raises:
        TableError: a table is missing or differs from the contract; no object was read.
        StateError: the state of the last run is unreadable; no object was read.
    """
    silver = Table(session, dataset.silver_table)
    refused = Table(session, dataset.quarantine_table)
    check_columns(silver, StructType([*columns(dataset.fields), *SYSTEM_COLUMNS]))
    check_columns(refused, QUARANTINE_COLUMNS)
    history = silver.history()
    state = read_state(storage, valid_state(silver, history))
    objects = new_objects(storage, dataset.bronze.location, state)
    if not objects:
        return Outcome()
    with _computed(session, storage, dataset, objects) as batch:
        quarantine(session, refused, batch.judged, batch.tallies, objects, run_id)
        reasons = reasons_of(batch.tallies, batch.judged.breaches)
        commit = _Commit(storage, dataset, run_id, state, objects, reasons)
        counts = _write(silver, batch, dataset, is_empty(history), commit)
    return Outcome(len(objects), counts, reasons)


@contextmanager
def _computed(
    session: SparkSession, storage: Storage, dataset: Dataset, objects: Sequence[BronzeObject]
) -> Iterator[_Batch]:
    parts = read_parts(session, storage, dataset.bronze, dataset.fields, objects)
    judged = judge(session, parts, dataset.fields)
    held = ranked(judged.frame, dataset).persist()
    try:
        yield _Batch(Judged(held, judged.breaches), tally(held))
    finally:
        held.unpersist()


@dataclass(frozen=True)
class _Commit:
    """Turns the final counts into the summary of the commit, and writes the state that it names."""

    storage: Storage
    dataset: Dataset
    run_id: str
    state: State
    objects: Sequence[BronzeObject]
    reasons: Mapping[str, int]

    def summary(self, counts: Counts) -> dict[str, str]:
        window_start, processed = advance(self.state, self.objects)
        state = State(self.run_id, window_start, processed, vars(counts), self.reasons)
        return summary_of(self.run_id, write_state(self.storage, self.dataset.state_location, state), counts)


def _write(silver: Table, batch: _Batch, dataset: Dataset, empty: bool, commit: _Commit) -> Counts:
    """Commit the winners and the state together; without winners, the state alone."""
    counts, winners = counts_of(batch.tallies), batch.winners
    if dataset.write == "overwrite" and counts.accepted:
        silver.replace(winners, commit.summary(counts))
        return counts
    if empty or not counts.accepted:
        silver.append(winners, commit.summary(counts))
        return counts
    with compared(winners, silver.rows(), dataset) as changes:
        counts = counts.outdone(changes.older)
        summary = commit.summary(counts)
        if changes.updated:
            silver.update_and_append(changes.updates, changes.new, dataset.key, changes.within, summary)
        else:
            silver.append(changes.new, summary)
    return counts
