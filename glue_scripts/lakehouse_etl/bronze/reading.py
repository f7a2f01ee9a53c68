"""Opens bronze objects in Spark, each exactly once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakehouse_etl.bronze.csv_objects import csv_records
from lakehouse_etl.bronze.objects import BronzeObject, literal
from lakehouse_etl.bronze.parquet_files import Footer, by_schema, nanoseconds, open_files, read_footers
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.records.csv_text import csv_part
from lakehouse_etl.records.json_text import json_part
from lakehouse_etl.records.parquet_columns import column_name, parquet_part
from lakehouse_etl.records.part import LINE, PROVENANCE, Part, Rule, text_name, with_provenance


@dataclass(frozen=True)
class Reading:
    """Objects that have been opened."""

    parts: list[Part]
    rows: Mapping[str, int]
    """Number of records by URI, of the objects that tell it themselves."""

    def miscounted(self, found: Mapping[str, int]) -> frozenset[str]:
        """Return the objects in which other numbers of records were found: Spark skips what it has lost."""
        return frozenset(uri for uri, rows in self.rows.items() if found.get(uri, 0) != rows)


UNREADABLE = Breach("unreadable_file", "expected a whole file of the contract's format")


def read_parts(
    session: SparkSession,
    storage: Storage,
    dataset: Dataset,
    objects: Iterable[BronzeObject],
    damaged: Collection[str] = (),
) -> Reading:
    """Return all records of some objects, without reading them yet.

    `damaged` are URIs of objects that cannot be read; each counts as one record.
    """
    whole = [item for item in objects if item.uri not in damaged]
    refused = list(damaged)
    filled = [item.uri for item in whole if item.size]
    parts: list[Part] = []
    footers: list[Footer] = []
    if dataset.bronze.format == "parquet":
        footers = read_footers(storage, whole)
        parts, unreadable = _parquet_parts(session, dataset, footers)
        refused += {item.uri for item in whole} - {footer.uri for footer in footers} | unreadable
    elif filled and dataset.bronze.format == "json":
        parts = [json_part(_numbered_lines(session, filled), dataset)]
    elif filled:
        parts = [csv_part(csv_records(session, dataset, filled), dataset)]
    if refused:
        parts.append(_unreadable_part(session, dataset, sorted(refused)))
    return Reading(parts, {footer.uri: footer.rows for footer in footers if footer.uri not in refused})


def lines(session: SparkSession, uris: Sequence[str]) -> DataFrame:
    """Return the lines of objects."""
    return session.read.text([literal(uri) for uri in uris])


def _numbered_lines(session: SparkSession, uris: Sequence[str]) -> DataFrame:
    """Lines that are not blank, numbered."""
    filled = lines(session, uris).where(r"value rlike '\\S'")
    return with_provenance(filled.withColumnRenamed("value", LINE), [LINE])


def _parquet_parts(
    session: SparkSession, dataset: Dataset, footers: Sequence[Footer]
) -> tuple[list[Part], set[str]]:
    """Return the parts of files, and the URIs of those that Spark has no columns for."""
    parts, unreadable = [], set()
    for schema, uris in by_schema(footers).items():
        try:
            rows = open_files(session, uris)
            names = rows.columns
            renamed = [F.col(f"`{name}`").alias(column_name(at)) for at, name in enumerate(names)]
            records = with_provenance(rows, renamed)
        except AnalysisException:
            # Types that Spark has no name for, or names that differ by case alone.
            unreadable |= set(uris)
            continue
        parts.append(parquet_part(records, names, nanoseconds(schema), dataset))
    return parts, unreadable


def _unreadable_part(session: SparkSession, dataset: Dataset, uris: Sequence[str]) -> Part:
    schema = "{} STRING, {} LONG, {} LONG".format(*PROVENANCE)
    places = session.createDataFrame([(uri, 0, 0) for uri in uris], schema)
    nulls = [F.lit(None).cast("string").alias(text_name(field.name)) for field in dataset.fields]
    always = Rule(F.col(PROVENANCE[0]).isNotNull(), UNREADABLE)
    raw = F.lit(None).cast("string")
    return Part(places.select(*PROVENANCE, *nulls), raw, F.xxhash64(PROVENANCE[0]), (always,))
