"""Keeps a silver table equal to a table of a database, from files of its changes.

Files may come in any order, late and repeatedly. Each row of silver tells the change that it comes from, and
keys that were deleted are remembered in a table of their own, so that whatever is older than what is known of
a key loses. Deleted keys are written before silver's commit: a run that was killed in between is repeated,
and finds the same keys deleted again. Both tables tell the object of each row, and rows of an object that is
processed again count no more.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from lakehouse_etl.bronze.judging import Judged
from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.contract.changes import of_load
from lakehouse_etl.contract.model import Changes, Dataset
from lakehouse_etl.records.cdc_effects import (
    FATE,
    IMPLIED,
    NEW,
    OUTDONE,
    REMEMBER,
    REMOVE,
    UPDATE,
    effects,
    fates,
    newest_load,
    ranked_effects,
    since_load,
)
from lakehouse_etl.records.part import FAULT, RANK
from lakehouse_etl.silver.upsert import Stale, bounds, pruned
from lakehouse_etl.tables.gate import check_columns
from lakehouse_etl.tables.history import is_empty
from lakehouse_etl.tables.spark_types import columns, struct
from lakehouse_etl.tables.table import Bounds, Table
from lakehouse_etl.tables.version import following


@dataclass(frozen=True)
class Outcome:
    """What the winning effects of a batch do to silver."""

    new: DataFrame
    updates: DataFrame
    removed: DataFrame
    """Keys whose rows go."""
    within: Bounds
    """Smallest and greatest values of the winners' keys."""
    outdone: int
    """Records whose keys silver, or the table of deleted keys, knows something newer of."""
    is_append: bool
    """Whether nothing that silver holds changes."""


class Replica:
    """One dataset's share of a run, as far as it differs from that of datasets of records."""

    def __init__(self, session: SparkSession, dataset: Dataset, changes: Changes) -> None:
        self._dataset = dataset
        self._changes = changes
        self._deleted = Table(session, changes.deleted_table)

    def check(self) -> None:
        """Refuse a table of deleted keys that does not fit the contract.

        Raises:
            TableError: It is missing, or has other columns.
        """
        fields = {field.name: field for field in self._dataset.fields}
        key = columns(tuple(fields[name] for name in self._dataset.key))
        check_columns(self._deleted, StructType([*key, *struct(self._changes.deleted_columns)]))

    def effects(self, judged: Judged) -> Judged:
        """Return the effects of records on keys, ranked."""
        rows = effects(judged.frame, self._dataset, self._changes)
        return Judged(ranked_effects(rows, self._dataset, self._changes), judged.breaches)

    def loaded(
        self, batch: DataFrame, objects: Sequence[BronzeObject], before: str | None, stale: Stale | None
    ) -> str | None:
        """Return the start of the newest full load that this batch, or one before, has rows of.

        Loads before count no more if everything is processed again, unless bronze has none of their files.
        """
        if not any(of_load(item.name) for item in objects):
            return before
        starts = [newest_load(batch, self._changes)]
        if not (stale and stale.everything):
            starts.append(before)
        return max((start for start in starts if start), default=None)

    def records(self, batch: DataFrame, loaded: str | None) -> DataFrame:
        """Return the records of a batch without implied effects; what a load made void has lost."""
        return self._ranked(batch, loaded).where(~F.col(IMPLIED))

    def void(self, loaded: str | None, before: str | None) -> str | None:
        """Return the condition of the rows that a newer load makes void, None without one."""
        if loaded is None or loaded == before:
            return None
        return f"{self._changes.changed_at} < TIMESTAMP '{loaded}'"

    @contextmanager
    def compared(
        self, batch: DataFrame, rows: DataFrame, loaded: str | None, stale: Stale | None
    ) -> Iterator[Outcome]:
        """Compare the winners of a batch with the tables, and hold the result while it is in use.

        Deleted keys are remembered once this yields.
        """
        self._deleted.refresh()
        winners = self._ranked(batch, loaded).where(F.col(FAULT).isNull() & (F.col(RANK) == 1))
        within, valid = bounds(winners, self._dataset.key), since_load(self._changes, loaded)
        tables = (rows, self._deleted.rows())
        counting = tables if stale is None else map(stale.left_out, tables)
        there, gone = (pruned(frame, within).where(valid) for frame in counting)
        known = fates(winners, there, gone, self._dataset, self._changes).persist()
        try:
            rows_of = known.groupBy(FATE, IMPLIED).count().collect()
            counted = {(row[FATE], row[IMPLIED]): row["count"] for row in rows_of}
            found = {fate for fate, _ in counted}
            if stale or found & {REMOVE, REMEMBER}:
                self._remember(known, within, stale)
            of = {fate: known.where(F.col(FATE) == fate) for fate in (NEW, UPDATE, REMOVE)}
            outdone = counted.get((OUTDONE, False), 0)
            yield Outcome(of[NEW], of[UPDATE], of[REMOVE], within, outdone, not found & {UPDATE, REMOVE})
        finally:
            known.unpersist()

    def forget(self, void: str | None) -> None:
        """Drop deleted keys that a newer load made void, once a commit of silver tells of the load."""
        if void is not None and not is_empty(self._deleted.history()):
            self._deleted.delete(void)

    def _remember(self, known: DataFrame, within: Bounds, stale: Stale | None) -> None:
        removals = known.where(F.col(FATE).isin(REMOVE, REMEMBER))
        order = [column.name for column in self._changes.columns]
        if stale is None or is_empty(self._deleted.history()):
            self._deleted.keep_greatest(removals, self._dataset.key, order, within)
            return
        with following(self._deleted, self._deleted.head()) as version:
            version.delete(stale.condition)
            version.keep_greatest(removals, self._dataset.key, order, within)

    def _ranked(self, batch: DataFrame, loaded: str | None) -> DataFrame:
        rank = F.when(since_load(self._changes, loaded), F.col(RANK)).otherwise(F.lit(0))
        return batch.withColumn(RANK, rank)
