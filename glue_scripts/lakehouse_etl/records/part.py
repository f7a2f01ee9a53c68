"""Records as they came: what reading yields and validation takes, whatever the format."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakehouse_etl.contract.reasons import Breach

SOURCE, HASH, RESCUED = "_source_object", "_record_hash", "_rescued"
"""System columns of silver tables."""

BLOCK, NUMBER, LINE, RAW, FAULT, RANK = "__block", "__number", "__line", "__raw", "__fault", "__rank"
"""Working columns; contracts name no column with two leading underscores."""

PROVENANCE = (SOURCE, BLOCK, NUMBER)
"""Object, offset of the Spark split in it, and a number that grows by one from record to record."""


@dataclass(frozen=True)
class Rule:
    """A condition under which a record is rejected."""

    broken: Column
    """Null counts as kept."""
    breach: Breach


@dataclass(frozen=True)
class Part:
    """Records that were read in the same way."""

    frame: DataFrame
    """`PROVENANCE` and one column per field of the contract, named by `text_name`: its text, or of a Parquet
    file what the file holds, of whatever type."""
    raw: Column
    """The record as it came."""
    record_hash: Column
    form: tuple[Rule, ...]
    """What a record must keep as a whole, first the rule that comes first."""
    rescued: Column | None = None
    """JSON object text of the fields that the contract does not name; None where nobody asked for it."""


def text_name(field: str) -> str:
    """Name the column that holds a field as it came."""
    return f"__text_{field}"


def source_name(field: str) -> str:
    """Name the column that holds the texts in the text of a nested field."""
    return f"__source_{field}"


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
