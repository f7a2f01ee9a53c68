"""How old the events of good records are, as `silver.ages` finds it."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.records.ages import AHEAD, LOG_GAMMA, SECONDS_MIN, Ages, instant

_MICROSECONDS = 1_000_000


def ages_of(good: pa.Table, dataset: Dataset, at: datetime) -> Ages | None:
    """Return the ages at an instant, None if the contract names no time of events or no record has one."""
    if dataset.event_time is None:
        return None
    events = good[dataset.event_time].drop_null()
    if not len(events):
        return None
    kind = pa.timestamp("us", tz=getattr(events.type, "tz", None))
    seconds = pc.divide(events.cast(kind).cast(pa.int64()).cast(pa.float64()), _MICROSECONDS)
    ages = pc.max_element_wise(pc.subtract(at.timestamp(), seconds), SECONDS_MIN)
    buckets = pc.ceil(pc.divide(pc.ln(ages), LOG_GAMMA)).cast(pa.int32())
    counts = {each["values"]: each["counts"] for each in pc.value_counts(buckets).to_pylist()}
    past = seconds.filter(pc.less_equal(seconds, (at + AHEAD).timestamp()))
    newest = pc.max(past).as_py()
    return Ages(at, instant(pc.min(seconds).as_py()), None if newest is None else instant(newest), counts)
