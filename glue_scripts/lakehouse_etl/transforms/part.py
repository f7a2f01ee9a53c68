"""Records as text: what reading yields and validation takes, whatever the format."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

SOURCE, HASH = "_source_object", "_record_hash"
"""System columns of silver tables."""

BLOCK, NUMBER, RAW, FAULT, RANK = "__block", "__number", "__raw", "__fault", "__rank"
"""Working columns; contracts name no column with two leading underscores."""

PROVENANCE = (SOURCE, BLOCK, NUMBER)
"""Object, offset of the Spark split in it, and a number that grows by one from record to record."""


@dataclass(frozen=True)
class Breach:
    """One way to break a contract."""

    reason: str
    """Code, the same for all datasets."""
    detail: str
    """What was expected where; holds no value of the record."""


@dataclass(frozen=True)
class Part:
    """Records that were read in the same way."""

    frame: DataFrame
    """`PROVENANCE` and one text column per field of the contract, named by `text_name`."""
    raw: Column
    """The record as it came."""
    record_hash: Column
    broken: Column
    """Whether the record breaks `breach`."""
    breach: Breach


def text_name(field: str) -> str:
    """Name the column that holds the text of a field."""
    return f"__text_{field}"


def with_provenance(frame: DataFrame, names: Iterable[str]) -> DataFrame:
    """Add `PROVENANCE` to a DataFrame of files; nothing may filter its rows afterwards.

    Spark reports file names as encoded URIs, in which a plus sign is no space.
    """
    path = F.col("_metadata.file_path")
    plain = F.when(path.contains("%"), F.url_decode(F.replace(path, F.lit("+"), F.lit("%2B")))).otherwise(
        path
    )
    return frame.select(
        *names,
        plain.alias(SOURCE),
        F.col("_metadata.file_block_start").alias(BLOCK),
        F.monotonically_increasing_id().alias(NUMBER),
    )
