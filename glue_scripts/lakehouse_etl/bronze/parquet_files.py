"""Parquet objects as DataFrames, those of one schema together; what is no Parquet is told apart."""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

from lakehouse_etl.bronze.objects import BronzeObject, literal
from lakehouse_etl.job.storage import Storage

_MAGIC = b"PAR1"
_END = 8
"""Bytes behind the footer: its length, and the magic once more.

https://parquet.apache.org/docs/file-format/
"""

_TAIL = 64 * 1024
"""Bytes at the end of an object in which most footers fit."""

_THREADS = 16

_OPTIONS = {
    "mergeSchema": "false",
    "parquet.page.verify-checksum.enabled": "true",
    # Dates before 1582 are taken as they stand, not refused.
    "datetimeRebaseMode": "CORRECTED",
    "int96RebaseMode": "CORRECTED",
}

Schema = str
"""Schema of a file as its footer tells it."""

_NANOSECONDS = re.compile(
    r"^  \w+ int64 field_id=-?\d+ (?P<name>.*) "
    r"\(Timestamp\(isAdjustedToUTC=(?P<utc>\w+), timeUnit=nanoseconds",
    re.MULTILINE,
)
"""A column that is not nested."""


@dataclass(frozen=True)
class Footer:
    """What a file tells about itself."""

    uri: str
    schema: Schema
    rows: int


def read_footers(storage: Storage, objects: Sequence[BronzeObject]) -> list[Footer]:
    """Return the footers of those objects that are Parquet."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return [found for found in pool.map(lambda item: _footer(storage, item), objects) if found]


def by_schema(footers: Iterable[Footer]) -> dict[Schema, list[str]]:
    """Return the URIs of files by schema."""
    groups: dict[Schema, list[str]] = defaultdict(list)
    for footer in footers:
        groups[footer.schema].append(footer.uri)
    return dict(groups)


def open_files(session: SparkSession, uris: Sequence[str]) -> DataFrame:
    """Return the rows of files of one schema.

    Raises:
        AnalysisException: Spark knows no such columns.
    """
    session.conf.set("spark.sql.legacy.parquet.nanosAsLong", "true")
    return session.read.options(**_OPTIONS).parquet(*map(literal, uris))


def nanoseconds(schema: Schema) -> dict[str, bool]:
    """Return the columns of instants in nanoseconds, with whether they are adjusted to UTC."""
    return {match["name"]: match["utc"] == "true" for match in _NANOSECONDS.finditer(schema)}


def _footer(storage: Storage, item: BronzeObject) -> Footer | None:
    tail = storage.tail(item.uri, _TAIL)
    length = int.from_bytes(tail[-_END : -len(_MAGIC)], "little") + _END
    if not tail.endswith(_MAGIC) or length + len(_MAGIC) > item.size:
        return None
    if length > len(tail):
        tail = storage.tail(item.uri, length)
    try:
        # A footer alone is read as if it were the whole file.
        metadata = pq.read_metadata(io.BytesIO(_MAGIC + tail[-length:]))
        return Footer(item.uri, str(metadata.schema).partition("\n")[2], metadata.num_rows)
    except (pa.ArrowException, OSError, ValueError):
        return None
