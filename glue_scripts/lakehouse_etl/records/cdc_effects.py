"""What changes of a table do to keys, and which of several changes of one key counts.

The order of changes is that of their commits, then that of the sequence. A full load stands at its start,
and before it the table counts as empty: what is older than the load counts for nothing.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from lakehouse_etl.contract.changes import DELETED, LOAD, UPDATED
from lakehouse_etl.contract.model import Changes, Dataset
from lakehouse_etl.records.part import FAULT, HASH, NUMBER, RANK, SOURCE

REMOVES = "__removes"
"""Whether the effect is that a key is no longer there."""

IMPLIED = "__implied"
"""Whether the effect is that of an update on the key that the row had before; it is no record of its own."""

_LOADED = "__loaded"

FATE = "__fate"
NEW, UPDATE, REMOVE, REMEMBER, OUTDONE = "new", "update", "remove", "remember", "outdone"
"""What becomes of the winning effect of a key: its row is added, replaced or removed; there is no row, only
the removal is remembered; or the tables know of something newer."""


def effects(judged: DataFrame, dataset: Dataset, changes: Changes) -> DataFrame:
    """Return a row per record, and a second one for the former key where an update changed it.

    Args:
        judged: Records with the fields of `changes.as_written`.
        dataset: Tells the key.
        changes: Tells the names of the fields beside those of the contract.
    """
    before = {name: F.col(changes.before + name) for name in dataset.key}
    moved = F.lit(False)
    for name, former in before.items():
        moved = moved | F.coalesce(former != F.col(name), F.lit(False))
    twice = F.col(FAULT).isNull() & (F.col(changes.operation) == UPDATED) & moved
    both = F.array(F.lit(False), F.lit(True))
    rows = judged.withColumn(IMPLIED, F.explode(F.when(twice, both).otherwise(F.array(F.lit(False)))))
    implied = F.col(IMPLIED)
    removes = implied | (F.col(changes.operation) == DELETED)
    keys = {
        name: F.when(implied, F.coalesce(former, F.col(name))).otherwise(F.col(name))
        for name, former in before.items()
    }
    sequence = F.when(_is_of_load(), F.lit("")).otherwise(F.col(changes.sequence))
    instant = F.col(changes.changed_at).cast("timestamp")
    order = {changes.changed_at: instant, changes.sequence: sequence}
    return rows.withColumns({**keys, **order, REMOVES: removes, _LOADED: _is_of_load()}).drop(
        changes.operation, *(changes.before + name for name in dataset.key)
    )


def _is_of_load() -> Column:
    """Return whether a record is a row of a full load."""
    return F.col(SOURCE).rlike(LOAD)


def newest_load(rows: DataFrame, changes: Changes) -> str | None:
    """Return the start of the newest full load among good records, as a text in UTC; None without one."""
    loaded = rows.where(F.col(FAULT).isNull() & F.col(_LOADED))
    found = loaded.agg(F.max(changes.changed_at).cast("string").alias("start")).first()
    return found["start"] if found else None


def ranked_effects(rows: DataFrame, dataset: Dataset, changes: Changes) -> DataFrame:
    """Add the rank of each good effect among those on its key: 1 wins."""
    alone = F.when(F.col(FAULT).isNotNull(), F.col(NUMBER))
    newest = [F.desc(name) for name in (changes.changed_at, changes.sequence, HASH)]
    order = [*newest, F.asc(IMPLIED), F.asc(SOURCE)]
    window = Window.partitionBy(*dataset.key, alone).orderBy(*order)
    return rows.withColumn(RANK, F.row_number().over(window))


def since_load(changes: Changes, start: str | None) -> Column:
    """Return whether a row is not older than the newest full load."""
    return F.lit(True) if start is None else F.col(changes.changed_at) >= F.lit(start).cast("timestamp")


def fates(
    winners: DataFrame, rows: DataFrame, removed: DataFrame, dataset: Dataset, changes: Changes
) -> DataFrame:
    """Return the winners with what becomes of each.

    Args:
        winners: The newest effect on each key.
        rows: The silver table, or the part of it in which the keys can be, without what a load made void.
        removed: The table of deleted keys, likewise.
        dataset: Tells the key.
        changes: Tells the order.
    """
    names = [changes.changed_at, changes.sequence]
    key, mine, version = list(dataset.key), F.struct(*names), F.struct(*names, HASH)
    there = rows.select(*key, mine.alias("__there"), version.alias("__there_version"))
    gone = removed.select(*key, mine.alias("__gone"))
    known = winners.join(there, key, "left").join(gone, key, "left")
    newer_row = F.col("__there") > mine
    absent = F.col("__there").isNull()
    of_removal = (
        F.when(newer_row | (absent & (F.col("__gone") >= mine)), OUTDONE)
        .when(absent, REMEMBER)
        .otherwise(REMOVE)
    )
    of_row = (
        F.when((F.col("__there_version") >= version) | (F.col("__gone") > mine), OUTDONE)
        .when(absent, NEW)
        .otherwise(UPDATE)
    )
    fate = F.when(F.col(REMOVES), of_removal).otherwise(of_row)
    return known.withColumn(FATE, fate).drop("__there", "__there_version", "__gone")
