"""How old the events of good records are: one aggregation over a batch that is held already."""

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.records.ages import AHEAD, LOG_GAMMA, SECONDS_MIN, Ages, instant
from lakehouse_etl.records.part import FAULT

_MICROSECONDS = 1_000_000


def ages_of(batch: DataFrame, dataset: Dataset, at: datetime) -> Ages | None:
    """Return the ages at an instant, None if the contract names no time of events or no record has one."""
    if dataset.event_time is None:
        return None
    event = F.unix_micros(F.col(dataset.event_time).cast("timestamp")) / _MICROSECONDS
    age = F.greatest(F.lit(at.timestamp()) - F.col("event"), F.lit(SECONDS_MIN))
    rows = (
        batch.where(F.col(FAULT).isNull())
        .select(event.alias("event"))
        .where(F.col("event").isNotNull())
        .groupBy(F.ceil(F.log(age) / LOG_GAMMA).alias("bucket"))
        .agg(
            F.count(F.lit(1)),
            F.min("event"),
            F.max(F.when(F.col("event") <= (at + AHEAD).timestamp(), F.col("event"))),
        )
        .collect()
    )
    if not rows:
        return None
    newest = max((each[3] for each in rows if each[3] is not None), default=None)
    return Ages(
        at,
        instant(min(each[2] for each in rows)),
        None if newest is None else instant(newest),
        {int(each[0]): int(each[1]) for each in rows},
    )
