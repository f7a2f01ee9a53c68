"""Which record of a key wins, by the order of `records.order`."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.records.order import last_place_wins, version_columns
from lakehouse_etl.records.part import NUMBER, SOURCE

PLACE = (SOURCE, NUMBER)
"""What tells a record from all others of its batch."""

KEY, _RANK = "__key", "__rank"


def repeated(good: DataFrame, dataset: Dataset) -> DataFrame:
    """Return the hashes, `KEY`, of those keys that several good records may have."""
    return good.groupBy(_key(dataset)).count().where(F.col("count") > 1).select(KEY)


def superseded(good: DataFrame, repeated_keys: DataFrame, dataset: Dataset) -> DataFrame:
    """Return the places, `PLACE`, of those good records that another one of their key outdoes.

    Args:
        good: Records that keep the contract.
        repeated_keys: What `repeated` found among them; no other record is worth sorting.
        dataset: Tells key, order and write mode.
    """
    rivals = good.withColumn(KEY, _key(dataset)).join(repeated_keys, KEY, "left_semi")
    window = Window.partitionBy(*dataset.key).orderBy(*_order(dataset))
    return rivals.withColumn(_RANK, F.row_number().over(window)).where(F.col(_RANK) > 1).select(*PLACE)


def _key(dataset: Dataset) -> Column:
    return F.xxhash64(*dataset.key).alias(KEY)


def _order(dataset: Dataset) -> list[Column]:
    values = F.asc_nulls_first if dataset.write == "append" else F.desc_nulls_last
    places = F.desc if last_place_wins(dataset) else F.asc
    version = [values(name) for name in version_columns(dataset) if name != SOURCE]
    return [*version, *(places(name) for name in PLACE)]


def rivals(winners: DataFrame, table: DataFrame, dataset: Dataset) -> DataFrame:
    """Return the keys of winners that the table has already, and in `newer` whether the winner replaces it.

    Args:
        winners: The best record of each key.
        table: The silver table, or the part of it in which the keys can be.
        dataset: Tells key, order and write mode.
    """
    version = version_columns(dataset)
    mine = winners.select(*dataset.key, F.struct(*version).alias("__mine"))
    theirs = table.select(*dataset.key, F.struct(*version).alias("__theirs"))
    newer = F.lit(False) if dataset.write == "append" else F.col("__mine") > F.col("__theirs")
    return theirs.join(mine, list(dataset.key)).select(*dataset.key, newer.alias("newer"))
