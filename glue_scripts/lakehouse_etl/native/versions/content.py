"""Judges versions of a whole content, and puts one in place of another, in one commit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa
from pyiceberg.manifest import DataFile

from lakehouse_etl.bronze.commits import summary_of
from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.bronze.state import State, write_state
from lakehouse_etl.bronze.versions import Version
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.native.batch import ages_of
from lakehouse_etl.native.quarantine import quarantine
from lakehouse_etl.native.ranking import ROW, narrowed, superseded, without
from lakehouse_etl.native.rewriting import written
from lakehouse_etl.native.table import Table
from lakehouse_etl.native.workers import Judges
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.silver.inspection import Inspection, Measurement
from lakehouse_etl.silver.outcome import Result, names_of


@dataclass(frozen=True)
class Content:
    """The content of a silver table, on one of its snapshots."""

    dataset: Dataset
    storage: Storage
    silver: Table
    base: int | None
    """The snapshot; None: there is none yet."""
    quarantine: Table
    inspection: Inspection[pa.Table]
    judges: Judges
    run_id: str
    at: datetime
    """Instant at which the run began."""

    @contextmanager
    def tried(self, version: Version) -> Iterator["Trial"]:
        """Judge a version."""
        batch = self.judges.judged(version.objects)
        quarantine(self.quarantine, batch.rejected, version.objects, self.run_id)
        narrow = narrowed(batch.good, self.dataset)
        lost = superseded(narrow, self.dataset)
        rejected = batch.rejected.num_rows
        counts = Counts(batch.records, batch.good.num_rows - len(lost), rejected, len(lost))
        result = Result(
            self.dataset.id, len(version.all), counts, batch.broken, names=names_of(version.all),
            ages=ages_of(batch.good, self.dataset, self.at),
        )  # fmt: skip
        numbers = without(narrow, lost)[ROW]
        measurement = self.inspection.of_rows(batch.good.take(numbers))
        yield Trial(self, result, measurement, batch.good, numbers)

    def records(self, objects: Sequence[BronzeObject]) -> int:
        """Count the records of objects."""
        return sum(self.judges.judged([item]).records for item in objects)

    def note(self, state: State, counts: Counts) -> None:
        """Commit a state, and leave the content as it is."""
        self.commit(state, counts)

    def commit(
        self,
        state: State,
        counts: Counts,
        added: Sequence[DataFile] = (),
        removed: Sequence[DataFile] = (),
    ) -> None:
        """Commit files with the state that they belong to."""
        uri = write_state(self.storage, self.dataset.state_location, replace(state, run_id=self.run_id))
        self.silver.commit(self.base, summary_of(self.run_id, uri, counts, state), added, removed)


@dataclass(frozen=True)
class Trial:
    """A version that has been judged."""

    content: Content
    result: Result
    measurement: Measurement
    good: pa.Table
    """Its good records."""
    winners: pa.ChunkedArray
    """Numbers of the best ones of each key."""

    def publish(self, state: State, counts: Counts) -> int | None:
        """Make it the content of the table, and return the snapshot."""
        silver = self.content.silver
        removed = [task.file for task in silver.tasks()]
        added = written(silver.iceberg, self.good, only=self.winners)
        self.content.commit(state, counts, added, removed)
        return silver.head()
