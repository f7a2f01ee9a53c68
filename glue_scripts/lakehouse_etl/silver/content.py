"""Judges versions of a whole content on Spark, and puts one in place of another, in one commit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakehouse_etl.bronze.commits import summary_of
from lakehouse_etl.bronze.judging import Judged, judged_objects
from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.bronze.state import State, write_state
from lakehouse_etl.bronze.versions import Version
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.records.part import FAULT
from lakehouse_etl.records.tally import broken_by, counts_of, tally
from lakehouse_etl.silver.ages import ages_of
from lakehouse_etl.silver.inspection import Inspection, Measurement
from lakehouse_etl.silver.outcome import Result, names_of
from lakehouse_etl.silver.quarantine import quarantine
from lakehouse_etl.silver.upsert import winners_of
from lakehouse_etl.tables.spark_types import silver_columns
from lakehouse_etl.tables.table import Table
from lakehouse_etl.tables.version import following


@dataclass(frozen=True)
class Content:
    """The content of a silver table, on one of its snapshots."""

    session: SparkSession
    dataset: Dataset
    storage: Storage
    silver: Table
    base: int | None
    """The snapshot; None: there is none yet."""
    quarantine: Table
    inspection: Inspection[DataFrame]
    keys: Keys
    run_id: str
    at: datetime
    """Instant at which the run began."""

    @contextmanager
    def tried(self, version: Version) -> Iterator["Trial"]:
        """Judge a version, and hold its records while it is on trial."""
        judged = self._judged(version.objects)
        batch = judged.frame.persist(StorageLevel.MEMORY_AND_DISK)
        try:
            kept = Judged(batch, judged.breaches)
            tallies = tally(batch)
            quarantine(self.quarantine, kept, tallies, version.objects, self.run_id)
            with winners_of(batch.where(F.col(FAULT).isNull()), self.dataset) as (winners, outdone):
                counts, broken = counts_of(tallies, outdone), broken_by(tallies, judged.breaches)
                result = Result(
                    self.dataset.id, len(version.all), counts, broken, names=names_of(version.all),
                    ages=ages_of(batch, self.dataset, self.at),
                )  # fmt: skip
                rows = winners.select(*silver_columns(self.dataset).names)
                yield Trial(self, result, self.inspection.of_rows(rows), rows)
        finally:
            batch.unpersist()

    def records(self, objects: Sequence[BronzeObject]) -> int:
        """Count the records of objects."""
        return counts_of(tally(self._judged(objects).frame), 0).records_in

    def note(self, state: State, counts: Counts) -> None:
        """Commit a state, and leave the content as it is."""
        nothing = self.session.createDataFrame([], silver_columns(self.dataset))
        with following(self.silver, self.base) as successor:
            successor.append(nothing, self.summary(state, counts))

    def summary(self, state: State, counts: Counts) -> dict[str, str]:
        """Write the state that the coming commit will name, and return that commit's summary."""
        uri = write_state(self.storage, self.dataset.state_location, replace(state, run_id=self.run_id))
        return summary_of(self.run_id, uri, counts, state)

    def _judged(self, objects: Sequence[BronzeObject]) -> Judged:
        uris = [item.uri for item in objects]
        return judged_objects(self.session, self.dataset, uris, self.keys)


@dataclass(frozen=True)
class Trial:
    """A version that has been judged."""

    content: Content
    result: Result
    measurement: Measurement
    rows: DataFrame
    """The best good record of each key."""

    def publish(self, state: State, counts: Counts) -> int | None:
        """Make it the content of the table, and return the snapshot."""
        silver = self.content.silver
        with following(silver, self.content.base) as successor:
            successor.replace(self.rows, self.content.summary(state, counts))
        return silver.head()
