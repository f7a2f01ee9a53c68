"""Which datasets the native carrier may take; the others need Spark."""

import pyarrow as pa

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.native.measuring import unknown


class UnfitError(RuntimeError):
    """A dataset needs Spark; nothing was read."""


def check_fitness(dataset: Dataset) -> None:
    """Refuse a dataset that the native carrier cannot do.

    Raises:
        UnfitError: It is one of changes, or DuckDB does not understand its table rules.
    """
    faults = unknown(dataset.table_rules, _columns(dataset))
    if dataset.changes is not None:
        faults.append("got a dataset of changes; allowed: one of records")
    if faults:
        raise UnfitError(f"{dataset.id}: {'; '.join(faults)}; fix: run it on Spark")


def _columns(dataset: Dataset) -> pa.Schema:
    return pa.schema([(member.name, arrow_type(member.type)) for member in dataset.columns])
