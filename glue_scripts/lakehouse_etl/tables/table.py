"""Iceberg tables in the catalog of the session: their history, and commits that carry a summary."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from lakehouse_etl.tables.history import MovedError, Snapshot, TableError
from lakehouse_etl.tables.spark_types import fitted

CATALOG = "glue_catalog"

_CONFLICT = "org.apache.iceberg.exceptions.ValidationException"
"""What Iceberg raises if a commit would undo one that it has not seen:
https://iceberg.apache.org/docs/latest/reliability/"""

_ENDS = ("low", "high")

_REMOVED = "__removed"
"""Column of a merge's source: whether the row of this key goes."""

Bounds = Mapping[str, tuple[Any, Any]]
"""Smallest and greatest value of columns."""


@contextmanager
def overtaken(table: str) -> Iterator[None]:
    """Raise MovedError in place of a conflict that Iceberg finds."""
    try:
        yield
    except (Py4JJavaError, PySparkException) as error:
        if _CONFLICT not in str(error):
            raise
        raise MovedError(table) from error


class Table:
    """One Iceberg table. Jobs never create or alter tables: deployment does."""

    def __init__(self, session: SparkSession, name: str) -> None:
        """Take a name of the form `database.table`."""
        self.name = f"{CATALOG}.{name}"
        self._session = session
        self._path = name
        self._target = self.name

    def refresh(self) -> None:
        """Forget what the session has seen of the table, so that commits of others show."""
        self._session.catalog.refreshTable(self.name)

    def rows(self) -> DataFrame:
        """Return the current content."""
        return self._session.table(self.name)

    def columns(self) -> StructType:
        """Return the columns.

        Raises:
            TableError: there is no such table.
        """
        try:
            return self.rows().schema
        except AnalysisException as error:
            raise TableError(
                f"{self.name}: not in the catalog; fix: deploy the stack of its domain"
            ) from error

    def head(self) -> int | None:
        """Return the id of the current snapshot, None before the first commit."""
        # Iceberg tells it among the properties, which takes no Spark job as its metadata tables do.
        snapshot_id = self.properties()["current-snapshot-id"]
        return None if snapshot_id == "none" else int(snapshot_id)

    def committed_at(self) -> datetime | None:
        """Return the instant of the current snapshot, None before the first commit."""
        snapshots = self._metadata("snapshots").where(F.col("snapshot_id") == (self.head() or 0))
        row = snapshots.select(F.col("committed_at").cast("long").alias("seconds")).first()
        return datetime.fromtimestamp(row["seconds"], UTC) if row else None

    def summaries(self, name: str) -> set[str]:
        """Return the values of a property in the summaries of all commits that have not expired."""
        rows = self._metadata("snapshots").select(F.col("summary")[name].alias("value")).distinct().collect()
        return {row["value"] for row in rows if row["value"] is not None}

    def history(self) -> list[Snapshot]:
        """Return the current snapshot and its ancestors, as far as they have not expired, newest first."""
        snapshots = {row["snapshot_id"]: row for row in self._metadata("snapshots").collect()}
        found: list[Snapshot] = []
        current: Any = self.head()
        while current in snapshots:
            row = snapshots[current]
            found.append(Snapshot(current, row["summary"], row["operation"], row["parent_id"]))
            current = row["parent_id"]
        return found

    def properties(self) -> dict[str, str]:
        """Return the table properties."""
        rows = self._session.sql(f"SHOW TBLPROPERTIES {self.name}").collect()
        return {row["key"]: row["value"] for row in rows}

    def set_properties(self, properties: Mapping[str, str]) -> None:
        """Set table properties; commits no snapshot."""
        pairs = (f"'{name}' = '{_escaped(value)}'" for name, value in properties.items())
        self._alter(f"SET TBLPROPERTIES ({', '.join(pairs)})")

    def append(self, rows: DataFrame, summary: Mapping[str, str]) -> None:
        """Add rows, in one commit; without rows, commit the summary alone."""
        self._write(self._target, rows, summary).append()

    def replace(self, rows: DataFrame, summary: Mapping[str, str], replaced: Column | None = None) -> None:
        """Put rows in place of the whole content, in one commit.

        `replaced` is a condition of the rows that go, if not all do; these must be whole partitions.
        """
        self._write(self._target, rows, summary).overwrite(F.lit(True) if replaced is None else replaced)

    def delete(self, condition: str) -> None:
        """Delete the rows that a condition holds for; raises MovedError if others were faster."""
        with overtaken(self.name):
            self._session.sql(f"DELETE FROM {self._target} WHERE {condition}")  # noqa: S608 (no text of others)

    def clear(self, column: str, condition: str) -> None:
        """Put null into a column where a condition holds; raises MovedError if others were faster."""
        with overtaken(self.name):
            self._session.sql(f"UPDATE {self._target} SET `{column}` = NULL WHERE {condition}")  # noqa: S608 (no text of others)

    def _alter(self, change: str) -> None:
        self._session.sql(f"ALTER TABLE {self.name} {change}")

    def update_and_append(
        self,
        updates: DataFrame,
        new: DataFrame,
        key: Sequence[str],
        within: Bounds,
        summary: Mapping[str, str],
        *,
        removed: DataFrame | None = None,
        void: Sequence[str] = (),
    ) -> None:
        """Replace the rows whose keys are in `updates` and add `new`, in several commits.

        `within` are bounds of the updates' keys, so that files without any of them are not read. Rows whose
        keys are in `removed` are deleted, and before all those that one of the conditions `void` holds for.

        MERGE cannot put properties into the summary of its snapshot before Iceberg 1.11, so the append comes
        last: its summary is that of the table.
        """
        for condition in void:
            self.delete(condition)
        source, clauses = self.aligned(updates), "WHEN MATCHED THEN UPDATE SET *"
        if removed is not None:
            gone = self.aligned(removed).withColumn(_REMOVED, F.lit(True))
            source = source.withColumn(_REMOVED, F.lit(False)).unionByName(gone)
            clauses = f"WHEN MATCHED AND s.{_REMOVED} THEN DELETE {clauses}"
        self._merge(source, key, within, clauses)
        self.append(new, summary)

    def keep_greatest(
        self, rows: DataFrame, key: Sequence[str], order: Sequence[str], within: Bounds
    ) -> None:
        """Add rows in one commit; of those with one key the one stays that is greatest in the order.

        Raises:
            MovedError: Others were faster.
        """
        mine, theirs = (f"struct({', '.join(f'{of}.`{name}`' for name in order)})" for of in "st")
        clauses = f"WHEN MATCHED AND {mine} > {theirs} THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
        with overtaken(self.name):
            self._merge(self.aligned(rows), key, within, clauses)

    def _merge(self, source: DataFrame, key: Sequence[str], within: Bounds, clauses: str) -> None:
        same = [f"t.`{name}` = s.`{name}`" for name in key]
        same += [f"t.`{name}` BETWEEN :low_{name} AND :high_{name}" for name in within]
        limits = {f"{end}_{name}": pair[at] for name, pair in within.items() for at, end in enumerate(_ENDS)}
        # Joins are planned by sizes, which only rows that are kept can tell. A checkpoint takes them over,
        # and has none of the running numbers in its plan for which Spark refuses a source.
        kept = source.persist()
        try:
            kept.count()
            kept.localCheckpoint().createOrReplaceTempView("lake_updates")
            condition = " AND ".join(same)
            self._session.sql(
                f"MERGE INTO {self._target} t USING lake_updates s ON {condition} {clauses}", args=limits
            )
        finally:
            kept.unpersist()

    def _metadata(self, name: str) -> DataFrame:
        return self._session.table(f"{self.name}.{name}")

    def aligned(self, rows: DataFrame) -> DataFrame:
        """Return the table's columns in its types, null where `rows` has none of the name."""
        known = rows.schema
        return rows.select(
            *(
                fitted(F.col(column.name), known[column.name].dataType, column.dataType).alias(column.name)
                if column.name in known.names
                else F.lit(None).cast(column.dataType).alias(column.name)
                for column in self.columns()
            )
        )

    def _write(self, name: str, rows: DataFrame, summary: Mapping[str, str]) -> Any:
        writer = self.aligned(rows).writeTo(name)
        for key, value in summary.items():
            writer = writer.option(f"snapshot-property.{key}", value)
        return writer


def _escaped(text: str) -> str:
    """Spark puts settings and variables of the environment in place of `${…}`."""
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\u0024{")
