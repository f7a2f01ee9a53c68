"""Where the records of a batch ended, derived from one aggregation over them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.records.part import BLOCK, FAULT, NUMBER, SOURCE


@dataclass(frozen=True)
class Tally:
    """Records of one verdict in one block of one object."""

    source: str
    block: int
    fault: int | None
    records: int
    first: int
    """Smallest running number among them."""


def tally(records: DataFrame) -> list[Tally]:
    """Count records by object, block and fault: the one action that computes a batch."""
    rows = records.groupBy(SOURCE, BLOCK, FAULT).agg(F.count("*"), F.min(NUMBER)).collect()
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


def records_by_object(tallies: Iterable[Tally]) -> Mapping[str, int]:
    """Return the number of records of each object."""
    found: dict[str, int] = defaultdict(int)
    for item in tallies:
        found[item.source] += item.records
    return found


def broken_by(tallies: Iterable[Tally], breaches: Sequence[Breach]) -> Mapping[Breach, int]:
    """Return the number of rejected records by breach, zero for those that no record is guilty of."""
    broken = dict.fromkeys(breaches, 0)
    for item in tallies:
        if item.fault is not None:
            broken[breaches[item.fault]] += item.records
    return broken


def offsets(tallies: Iterable[Tally]) -> dict[tuple[str, int], int]:
    """Return by object and block what to add to a running number for the record's position in the object.

    Running numbers grow by one within a block, and the counts of the blocks before it say how many records
    the object holds in front of it. So positions do not depend on how Spark splits objects.
    """
    result = {}
    for source, of_source in groupby(sorted(tallies, key=_place), key=lambda item: item.source):
        before = 0
        for block, of_block in groupby(of_source, key=lambda item: item.block):
            items = list(of_block)
            result[source, block] = before + 1 - min(item.first for item in items)
            before += sum(item.records for item in items)
    return result


def _place(item: Tally) -> tuple[str, int]:
    return item.source, item.block
