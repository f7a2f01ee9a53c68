"""Iceberg tables in the catalog of the session: their history, and commits that carry a summary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

CATALOG = "glue_catalog"

_BRANCH = "lake_run"
"""Iceberg branch on which an update is prepared, out of sight of readers."""


_ENDS = ("low", "high")

Bounds = Mapping[str, tuple[Any, Any]]
"""Smallest and greatest value of columns."""


class TableError(RuntimeError):
    """A table is missing or does not fit its contract."""


@dataclass(frozen=True)
class Snapshot:
    """One commit."""

    id: int
    summary: Mapping[str, str]


class Table:
    """One Iceberg table. Jobs never create or alter tables: deployment does."""

    def __init__(self, session: SparkSession, name: str) -> None:
        """Take a name of the form `database.table`."""
        self.name = f"{CATALOG}.{name}"
        self._session = session
        self._path = name

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
        main = self._metadata("refs").where("name = 'main'").first()
        return main["snapshot_id"] if main else None

    def committed_at(self) -> datetime | None:
        """Return the instant of the current snapshot, None before the first commit."""
        snapshots = self._metadata("snapshots").where(F.col("snapshot_id") == (self.head() or 0))
        row = snapshots.select(F.col("committed_at").cast("long").alias("seconds")).first()
        return datetime.fromtimestamp(row["seconds"], UTC) if row else None

    def has_commit(self, name: str, value: str) -> bool:
        """Whether the summary of a commit that has not expired has this property."""
        return not self._metadata("snapshots").where(F.col("summary")[name] == value).isEmpty()

    def history(self) -> list[Snapshot]:
        """Return the current snapshot and its ancestors, as far as they have not expired, newest first."""
        snapshots = {row["snapshot_id"]: row for row in self._metadata("snapshots").collect()}
        found: list[Snapshot] = []
        current: Any = self.head()
        while current in snapshots:
            found.append(Snapshot(current, snapshots[current]["summary"]))
            current = snapshots[current]["parent_id"]
        return found

    def properties(self) -> dict[str, str]:
        """Return the table properties."""
        rows = self._session.sql(f"SHOW TBLPROPERTIES {self.name}").collect()
        return {row["key"]: row["value"] for row in rows}

    def set_property(self, name: str, value: str) -> None:
        """Set a table property; commits no snapshot."""
        self._session.sql(f"ALTER TABLE {self.name} SET TBLPROPERTIES ('{name}' = '{value}')")

    def append(self, rows: DataFrame, summary: Mapping[str, str]) -> None:
        """Add rows, in one commit; without rows, commit the summary alone."""
        self._write(self.name, rows, summary).append()

    def replace(self, rows: DataFrame, summary: Mapping[str, str]) -> None:
        """Replace the whole content, in one commit."""
        self._write(self.name, rows, summary).overwrite(F.lit(True))

    def delete(self, condition: str) -> None:
        """Delete the rows that a condition holds for."""
        self._session.sql(f"DELETE FROM {self.name} WHERE {condition}")  # noqa: S608 (no text of others)

    def update_and_append(
        self,
        updates: DataFrame,
        new: DataFrame,
        key: Sequence[str],
        within: Bounds,
        summary: Mapping[str, str],
    ) -> None:
        """Replace the rows whose keys are in `updates` and add `new`; readers see both or neither.

        `within` are bounds of the updates' keys, so that files without any of them are not read.

        MERGE cannot put properties into the summary of its snapshot before Iceberg 1.11, so both commits go
        to a branch, and moving main there publishes them. It fails if main has moved meanwhile.
        """
        branch = f"{self.name}.branch_{_BRANCH}"
        self._session.sql(f"ALTER TABLE {self.name} CREATE OR REPLACE BRANCH {_BRANCH}")
        # Spark refuses a source whose plan holds running numbers; a checkpoint has no plan but its rows.
        self._aligned(updates).localCheckpoint().createOrReplaceTempView("lake_updates")
        same = [f"t.`{name}` = s.`{name}`" for name in key]
        same += [f"t.`{name}` BETWEEN :low_{name} AND :high_{name}" for name in within]
        limits = {
            f"{end}_{name}": value
            for name, pair in within.items()
            for end, value in zip(_ENDS, pair, strict=True)
        }
        self._session.sql(
            f"MERGE INTO {branch} t USING lake_updates s ON {' AND '.join(same)} "
            "WHEN MATCHED THEN UPDATE SET *",
            args=limits,
        )
        self._write(branch, new, summary).append()
        self._session.sql(f"CALL {CATALOG}.system.fast_forward('{self._path}', 'main', '{_BRANCH}')")
        self._session.sql(f"ALTER TABLE {self.name} DROP BRANCH {_BRANCH}")

    def _metadata(self, name: str) -> DataFrame:
        return self._session.table(f"{self.name}.{name}")

    def _aligned(self, rows: DataFrame) -> DataFrame:
        """Return the table's columns, null where `rows` has none of the name."""
        return rows.select(
            *(
                F.col(column.name)
                if column.name in rows.columns
                else F.lit(None).cast(column.dataType).alias(column.name)
                for column in self.columns()
            )
        )

    def _write(self, name: str, rows: DataFrame, summary: Mapping[str, str]) -> Any:
        writer = self._aligned(rows).writeTo(name)
        for key, value in summary.items():
            writer = writer.option(f"snapshot-property.{key}", value)
        return writer
