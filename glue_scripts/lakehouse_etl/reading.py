"""Opens bronze objects in Spark, each exactly once."""

import re
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StringType, StructField, StructType

from lakehouse_etl.bronze import BronzeObject
from lakehouse_etl.csv_header import header_breach, read_header
from lakehouse_etl.model import Dataset
from lakehouse_etl.storage import Storage
from lakehouse_etl.transforms.csv_text import CORRUPT, csv_part, header_name, refused_part
from lakehouse_etl.transforms.json_text import json_part
from lakehouse_etl.transforms.part import LINE, Part, with_provenance

_HEADER_THREADS = 16

_CSV = {
    "header": "true",
    "enforceSchema": "true",
    # A quoted value may hold a line break; without this Spark would cut the record in two.
    "multiLine": "true",
    "escape": '"',
    "nullValue": "",
    "emptyValue": "",
    "maxCharsPerColumn": "-1",
    "columnNameOfCorruptRecord": CORRUPT,
}


def read_parts(
    session: SparkSession, storage: Storage, dataset: Dataset, objects: Iterable[BronzeObject]
) -> list[Part]:
    """Return all records of some objects, without reading them yet."""
    uris = [item.uri for item in objects if item.size]
    if not uris:
        return []
    if dataset.bronze.format == "json":
        return [json_part(_lines(session, uris), dataset)]
    parts = []
    for header, group in _by_header(storage, uris).items():
        if breach := header_breach(header, dataset):
            parts.append(refused_part(_lines(session, group), dataset.fields, breach))
        else:
            parts.append(csv_part(_records(session, group, len(header)), header, dataset))
    return parts


def _by_header(storage: Storage, uris: list[str]) -> dict[tuple[str, ...], list[str]]:
    with ThreadPoolExecutor(_HEADER_THREADS) as pool:
        headers = list(pool.map(lambda uri: read_header(storage, uri), uris))
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for uri, header in zip(uris, headers, strict=True):
        groups[header].append(uri)
    return groups


def _lines(session: SparkSession, uris: list[str]) -> DataFrame:
    """Lines that are not blank, numbered."""
    lines = session.read.text([_literal(uri) for uri in uris]).where(r"value rlike '\\S'")
    return with_provenance(lines.withColumnRenamed("value", LINE), [LINE])


def _records(session: SparkSession, uris: list[str], width: int) -> DataFrame:
    names = [*map(header_name, range(width)), CORRUPT]
    schema = StructType([StructField(name, StringType()) for name in names])
    records = session.read.schema(schema).options(**_CSV).csv([_literal(uri) for uri in uris])
    return with_provenance(records, names)


def _literal(uri: str) -> str:
    """Escape what Hadoop would take for a pattern."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", uri)
