"""Which values of a column have other rows in one snapshot of a table than in an earlier one."""

from collections.abc import Sequence
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as t

from lakehouse_etl.tables.history import Snapshot
from lakehouse_etl.tables.table import Table

_KIND = "_change_type"
_ADDED = "_change_ordinal", "_commit_snapshot_id", _KIND
"""Columns of a changelog beside those of its table."""

_PLAIN = (
    t.StringType, t.BinaryType, t.BooleanType, t.IntegerType, t.LongType, t.DateType, t.TimestampType,
    t.TimestampNTZType, t.DecimalType,
)  # fmt: skip
"""Types whose values are equal only if nobody can tell them apart, unlike zeros of either sign."""

_EXACT = {
    "ignoreNullFields": "false",
    "timestampFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSS",
    "timestampNTZFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSS",
}


class UnreadableChangesError(RuntimeError):
    """The snapshots do not tell which rows changed."""


def changed_values(
    session: SparkSession, table: str, column: str, *, base: int, later: Sequence[Snapshot], most: int
) -> list[Any] | None:
    """Return the values of a column that rows had which came or went, None if there are more than `most`.

    Files that were rewritten hold rows that stayed as they were; those do not count. Null is left out.

    Args:
        session: Session to read with.
        table: Name of the form `database.table`.
        column: Column whose values to return; its type passes Python unchanged.
        base: Snapshot to compare with.
        later: What was committed after it, newest first, without compaction.
        most: How many values the caller can use.

    Raises:
        UnreadableChangesError: another engine has left delete files, which a changelog cannot read.
    """
    if any(snapshot.summary.get("total-delete-files", "0") != "0" for snapshot in later):
        raise UnreadableChangesError(f"{table} has delete files, which another engine has written")
    changes = (
        session.read.option("start-snapshot-id", base)
        .option("end-snapshot-id", later[0].id)
        .table(f"{Table(session, table).name}.changes")
    )
    if any(snapshot.operation != "append" for snapshot in later):
        changes = _net(changes, column)
    rows = changes.select(column).where(F.col(column).isNotNull()).distinct().limit(most + 1).collect()
    return None if len(rows) > most else sorted(row[0] for row in rows)


def _net(changes: DataFrame, column: str) -> DataFrame:
    """Return the column of those rows that came more often than they went, or the other way round."""
    rows = [_comparable(field) for field in changes.schema if field.name not in _ADDED]
    weight = F.when(F.col(_KIND) == "INSERT", 1).otherwise(-1)
    counted = changes.groupBy(F.col(column).alias(column), *rows).agg(F.sum(weight).alias("_balance"))
    return counted.where("_balance != 0").select(F.col(column))


def _comparable(field: t.StructField) -> Column:
    name = f"_row_{field.name}"
    if isinstance(field.dataType, _PLAIN):
        return F.col(field.name).alias(name)
    return F.to_json(F.struct(F.col(field.name)), _EXACT).alias(name)
