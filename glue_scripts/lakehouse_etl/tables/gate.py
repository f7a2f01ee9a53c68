"""Compares a table with what a job is about to write, before the job reads a byte."""

from pyspark.sql.types import StructField, StructType

from lakehouse_etl.tables.spark_types import type_name
from lakehouse_etl.tables.table import Table, TableError


def check_columns(table: Table, expected: StructType) -> None:
    """Refuse a table that lacks columns, has other types, or demands values that the job has none for.

    Raises:
        TableError: lists every difference; the data waits in bronze until it is mended.
    """
    got = {column.name: column for column in table.columns()}
    faults = [fault for column in expected if (fault := _fault(got.get(column.name), column))]
    known = set(expected.names)
    faults += [
        f"{name}: got a required column; expected none, or an optional one"
        for name, column in got.items()
        if name not in known and not column.nullable
    ]
    if faults:
        raise TableError(
            f"{table.name}: {'; '.join(faults)}; fix: deploy the domain, so that table and contract agree; "
            "the data waits where it is"
        )


def _fault(got: StructField | None, expected: StructField) -> str | None:
    if got is None:
        return f"{expected.name}: got no column; expected {type_name(expected.dataType)}"
    if got.dataType.simpleString() != expected.dataType.simpleString():
        return f"{expected.name}: got {type_name(got.dataType)}; expected {type_name(expected.dataType)}"
    if not got.nullable and expected.nullable:
        return f"{expected.name}: got a required column; expected an optional one"
    return None
