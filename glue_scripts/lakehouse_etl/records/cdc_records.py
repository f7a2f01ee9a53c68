"""Which rules count for a record that tells a change of a database table."""

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F

from lakehouse_etl.contract.changes import DELETED, LOAD
from lakehouse_etl.contract.model import Changes, Dataset
from lakehouse_etl.records.part import SOURCE


def is_of_load() -> Column:
    """Return whether a record is a row of a full load."""
    return F.col(SOURCE).rlike(LOAD)


def waived(dataset: Dataset, changes: Changes) -> Mapping[str, Column]:
    """Return by field when its rules do not count.

    A delete brings its key alone where the source logs no more (PostgreSQL by default), and a row of a full
    load has no place in the order of changes.
    """
    deletes = F.coalesce(F.col(changes.operation) == DELETED, F.lit(False))
    rest = {field.name: deletes for field in dataset.fields if field.name not in dataset.key}
    return {**rest, changes.sequence: is_of_load()}
