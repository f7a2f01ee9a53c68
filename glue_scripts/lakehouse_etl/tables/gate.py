"""Compares a table with what a Spark job is about to write, before the job reads a byte."""

from collections.abc import Iterator, Sequence

from pyspark.sql.types import StructType

from lakehouse_etl.tables.fit import Column, check_fit
from lakehouse_etl.tables.spark_types import contract_type
from lakehouse_etl.tables.table import Table


def check_columns(table: Table, expected: StructType) -> Sequence[str]:
    """Refuse a table that is missing, or not as `check_fit` wants it, which tells what it has beyond that.

    Raises:
        TableError: It is missing, or does not fit.
    """
    return check_fit(table.name, _told(table.columns()), _told(expected))


def _told(columns: StructType) -> Iterator[Column]:
    for column in columns:
        yield Column(column.name, contract_type(column.dataType), not column.nullable)
