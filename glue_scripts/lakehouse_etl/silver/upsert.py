"""What the winners of a batch change in their table."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, DateType, DecimalType, IntegerType, LongType, StringType

from lakehouse_etl.bronze.requests import Again
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.records.part import FAULT, HASH, SOURCE
from lakehouse_etl.records.ranking import PLACE, repeated, rivals, superseded
from lakehouse_etl.tables.table import Bounds

_PRUNABLE = (StringType, IntegerType, LongType, DateType, DecimalType)
"""Types whose values come through Python unchanged; instants could shift there by a time zone's rules."""

_VIEW, _URI = "lake_requested", "__uri"
_RECORDS, _ASKED = "lake_requested_records", "__asked"
_PAIRS = f"{_URI} STRING, {_ASKED} BIGINT"

_OBJECT = f"coalesce({SOURCE}, '')"
"""Object of a row; deleted keys that an older release remembered tell none."""


@dataclass(frozen=True)
class Stale:
    """Rows that count no more, as their objects are processed again."""

    uris: DataFrame
    """Objects all of whose rows these are."""
    everything: bool
    """Whether these objects are all that bronze has."""
    records: DataFrame | None = None
    """Other objects, and hashes of the records whose rows these are."""

    @classmethod
    def of(cls, session: SparkSession, again: Again) -> "Stale | None":
        """Return them, None if nothing was requested."""
        if not again:
            return None
        untold = [""] if again.everything else []
        whole = sorted(again.uris - again.records.keys())
        rows = session.createDataFrame([(uri,) for uri in (*untold, *whole)], f"{_URI} STRING")
        rows.createOrReplaceTempView(_VIEW)
        if not again.records:
            return cls(rows, again.everything)
        records = pairs(session, again.records)
        records.createOrReplaceTempView(_RECORDS)
        return cls(rows, again.everything, records)

    @property
    def condition(self) -> str:
        """What is true of these rows, in this session alone."""
        whole = f"{_OBJECT} IN (SELECT {_URI} FROM {_VIEW})"  # noqa: S608 (names of ours)
        if self.records is None:
            return whole
        some = f"(SELECT {_URI}, {_ASKED} FROM {_RECORDS})"  # noqa: S608 (names of ours)
        return f"({whole} OR ({SOURCE}, {HASH}) IN {some})"

    def left_out(self, rows: DataFrame) -> DataFrame:
        """Return the other rows of a table."""
        others = rows.join(F.broadcast(self.uris), F.expr(_OBJECT) == F.col(_URI), "left_anti")
        if self.records is None:
            return others
        return others.join(F.broadcast(self.records), is_asked_for(), "left_anti")


def pairs(session: SparkSession, records: Mapping[str, frozenset[int]]) -> DataFrame:
    """Return objects and hashes of records that were asked for, as `is_asked_for` takes them."""
    return session.createDataFrame(
        [(uri, record) for uri, hashes in records.items() for record in hashes], _PAIRS
    )


def is_asked_for() -> Column:
    """Return on what rows and `pairs` are joined."""
    return (F.col(SOURCE) == F.col(_URI)) & (F.col(HASH) == F.col(_ASKED))


def asked_for(records: DataFrame, again: Again) -> tuple[DataFrame, Again]:
    """Leave out what nobody asked for of objects of which only some records were.

    Nothing is left out of an object of which a record that was asked for is not good any more: which of the
    rejected ones it is nobody can tell, so that rows and rejections have to be replaced together.
    """
    if not again.records:
        return records, again
    good = records.where(F.col(FAULT).isNull())
    wanted = pairs(records.sparkSession, again.records)
    lost = wanted.join(good.select(SOURCE, HASH), is_asked_for(), "left_anti").select(_URI).distinct()
    partly = sorted(again.records.keys() - {row[_URI] for row in lost.collect()})
    kept = good.join(F.broadcast(wanted), is_asked_for(), "left_semi").where(F.col(SOURCE).isin(partly))
    others = records.where(~F.col(SOURCE).isin(partly))
    return others.unionByName(kept), replace(again, records={uri: again.records[uri] for uri in partly})


@dataclass(frozen=True)
class Changes:
    """Winners by what becomes of them."""

    new: DataFrame
    """Rows whose keys the table does not have."""
    updates: DataFrame
    """Rows that replace an older version."""
    updated: int
    older: int
    """Winners that the table's version outdoes, or equals."""
    within: Bounds
    """Smallest and greatest values of the winners' keys."""


@contextmanager
def winners_of(good: DataFrame, dataset: Dataset) -> Iterator[tuple[DataFrame, int]]:
    """Yield the best record of each key, or all without one, and how many good records these outdo."""
    if not dataset.key:
        yield good, 0
        return
    with _held(repeated(good, dataset)) as (keys, some):
        if not some:
            yield good, 0
            return
        with _held(superseded(good, keys, dataset)) as (outdone, count):
            yield good.join(outdone, list(PLACE), "left_anti"), count


@contextmanager
def _held(rows: DataFrame) -> Iterator[tuple[DataFrame, int]]:
    """Yield rows that are computed once, and how many they are: joins are planned by their size."""
    kept = rows.persist()
    try:
        yield kept, kept.count()
    finally:
        kept.unpersist()


@contextmanager
def compared(winners: DataFrame, rows: DataFrame, dataset: Dataset) -> Iterator[Changes]:
    """Compare the winners with the rows of their table, and hold the result while it is in use."""
    within = bounds(winners, dataset.key)
    known = rivals(winners, pruned(rows, within), dataset).persist()
    try:
        counted = {row["newer"]: row["count"] for row in known.groupBy("newer").count().collect()}
        key = list(dataset.key)
        yield Changes(
            new=winners.join(known, key, "left_anti") if counted else winners,
            updates=winners.join(known.where("newer"), key, "left_semi"),
            updated=counted.get(True, 0),
            older=counted.get(False, 0),
            within=within,
        )
    finally:
        known.unpersist()


def bounds(winners: DataFrame, key: Sequence[str]) -> Bounds:
    """Return the smallest and greatest values of key columns, of those by which files can be told apart."""
    names = [name for name in key if _is_prunable(winners.schema[name].dataType)]
    if not names:
        return {}
    ends = winners.agg(F.struct(*map(F.min, names)), F.struct(*map(F.max, names))).collect()[0]
    return {name: (low, high) for name, low, high in zip(names, *ends, strict=True)}


def _is_prunable(kind: DataType) -> bool:
    return isinstance(kind, _PRUNABLE)


def pruned(rows: DataFrame, within: Bounds) -> DataFrame:
    """Leave out what cannot hold any of the keys; Iceberg skips the files by their statistics."""
    for name, (low, high) in within.items():
        rows = rows.where(F.col(name).between(F.lit(low), F.lit(high)))
    return rows
