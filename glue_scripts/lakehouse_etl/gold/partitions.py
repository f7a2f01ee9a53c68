"""Conditions that pick those parts of a product that certain values of its refresh column lie in."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from lakehouse_etl.contract.model import Refresh

_DECEMBER = 12


def within(refresh: Refresh, values: Sequence[Any]) -> Column:
    """Return the condition that exactly the rows of the values' parts meet.

    A part is what Iceberg can replace without reading it: all rows of a value, or of its month or year where
    the product is partitioned by that.

    Args:
        refresh: Column and partition of the product.
        values: One or more values of the column; dates if its partitions are days, months or years.
    """
    column = F.col(refresh.column)
    if refresh.transform in ("identity", "day"):
        return column.isin(list(values))
    starts = sorted({_start(refresh.transform, value) for value in values})
    periods = ((column >= start) & (column < _end(refresh.transform, start)) for start in starts)
    return reduce(or_, periods)


def _start(transform: str, value: date) -> date:
    return value.replace(day=1) if transform == "month" else value.replace(month=1, day=1)


def _end(transform: str, start: date) -> date:
    if transform == "year" or start.month == _DECEMBER:
        return date(start.year + 1, 1, 1)
    return start.replace(month=start.month + 1)
