"""Keeps rejected records with the reason, the place they came from, and their text."""

from collections.abc import Iterable, Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from lakehouse_etl.bronze.judging import Judged
from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.records.part import FAULT, NUMBER, RAW, SHAPE, SOURCE
from lakehouse_etl.records.tally import Tally
from lakehouse_etl.tables import columns
from lakehouse_etl.tables.history import ATTEMPTS, RUN_ID, MovedError, is_empty
from lakehouse_etl.tables.spark_types import struct
from lakehouse_etl.tables.table import Table
from lakehouse_etl.tables.version import following

COLUMNS = struct(columns.QUARANTINE)

_VIEW = "lake_objects"

_DAYS = f"{SOURCE} STRING, ingest_date DATE"


def quarantine(
    table: Table,
    judged: Judged,
    tallies: Sequence[Tally],
    objects: Sequence[BronzeObject],
    run_id: str,
) -> None:
    """Write the rejected records of some objects in place of those that are there, in one step.

    Raises:
        MovedError: Somebody else has written there again and again.
    """
    if not objects:
        return
    session = judged.frame.sparkSession
    rejected = any(item.fault is not None for item in tallies)
    stale = _of_objects(session, objects)
    for attempt in range(1, ATTEMPTS + 1):
        table.refresh()
        history = table.history()
        replaced = not is_empty(history) and not table.rows().where(stale).isEmpty()
        if not rejected and not replaced:
            return
        try:
            with following(table, history[0].id if history else None) as version:
                if replaced:
                    version.delete(stale)
                if rejected:
                    version.append(_rows(session, judged, objects, run_id), {RUN_ID: run_id})
            return
        except MovedError:
            if attempt == ATTEMPTS:
                raise


def _of_objects(session: SparkSession, objects: Sequence[BronzeObject]) -> str:
    """Return the condition of rows of these objects; it is true in this session alone."""
    session.createDataFrame([(item.uri,) for item in objects], "uri STRING").createOrReplaceTempView(_VIEW)
    days = ", ".join(f"DATE '{day}'" for day in sorted({item.ingest_date for item in objects}))
    return f"ingest_date IN ({days}) AND source_object IN (SELECT uri FROM {_VIEW})"  # noqa: S608 (dates)


def _rows(
    session: SparkSession,
    judged: Judged,
    objects: Sequence[BronzeObject],
    run_id: str,
) -> DataFrame:
    days = session.createDataFrame([(item.uri, item.ingest_date) for item in objects], _DAYS)
    rejected = judged.frame.where(F.col(FAULT).isNotNull())
    return rejected.join(F.broadcast(days), SOURCE).select(
        F.col(SOURCE).alias("source_object"),
        F.col(NUMBER).alias("position"),
        F.lit(0).cast("bigint").alias("block_start"),
        _of_fault(breach.reason for breach in judged.breaches).alias("reason"),
        _of_fault(breach.detail for breach in judged.breaches).alias("detail"),
        F.col(RAW).alias("raw"),
        "ingest_date",
        F.lit(run_id).alias("run_id"),
        F.col(SHAPE).alias("shape"),
    )


def _of_fault(texts: Iterable[str]) -> Column:
    return F.get(F.array(*map(F.lit, texts)), F.col(FAULT))
