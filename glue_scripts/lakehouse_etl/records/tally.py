"""Where the records of a batch ended, derived from one aggregation over them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame

from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.records.part import FAULT, SOURCE


@dataclass(frozen=True)
class Tally:
    """Records of one verdict in one object."""

    source: str
    fault: int | None
    records: int


def tally(records: DataFrame) -> list[Tally]:
    """Count records by object and fault: the one action that computes a batch."""
    rows = records.groupBy(SOURCE, FAULT).count().collect()
    return [Tally(*row) for row in rows]


def counts_of(tallies: Iterable[Tally], superseded: int) -> Counts:
    """Add up; of the good records `superseded` are not the best of their key."""
    good = rejected = 0
    for item in tallies:
        if item.fault is None:
            good += item.records
        else:
            rejected += item.records
    return Counts(good + rejected, good - superseded, rejected, superseded)


def broken_by(tallies: Iterable[Tally], breaches: Sequence[Breach]) -> Mapping[Breach, int]:
    """Return the number of rejected records by breach, zero for those that no record is guilty of."""
    broken = dict.fromkeys(breaches, 0)
    for item in tallies:
        if item.fault is not None:
            broken[breaches[item.fault]] += item.records
    return broken
