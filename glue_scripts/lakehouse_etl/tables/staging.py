"""Writes a new version of a table out of readers' sight, to be audited there and published as it is.

The version lies on an Iceberg branch. It is published by moving main to the very snapshot that was audited,
which Iceberg does only if main is still the snapshot that the version was built on.
https://iceberg.apache.org/docs/latest/branching/#audit-branch
"""

from collections.abc import Mapping

from py4j.protocol import Py4JJavaError
from pyspark.sql import Column, DataFrame, SparkSession

from lakehouse_etl.tables.table import CATALOG, Table, TableError

BRANCH = "lake_audit"
"""Name of the branch; a version that was not published stays there until the next run replaces it."""


class OvertakenError(RuntimeError):
    """What the version builds on was changed meanwhile; it has to be built once more."""


class Staging:
    """The next version of one table."""

    def __init__(self, session: SparkSession, name: str) -> None:
        """Start on the current snapshot of a table `database.table`, whatever a former run left behind."""
        self._session = session
        self._path = name
        self._table = Table(session, name)
        if self._table.head() is None:
            # Iceberg moves main only to a child of what it is, so there has to be something.
            self._table.append(self._table.rows().limit(0), {})
        self._base = self._table.head()
        session.sql(f"ALTER TABLE {self._table.name} CREATE OR REPLACE BRANCH {BRANCH}")
        self.snapshot_id: int | None = None
        """Snapshot of the version, once it is written."""

    def write(self, rows: DataFrame, replaced: Column, summary: Mapping[str, str]) -> None:
        """Put rows in place of those that a condition holds for, which must be whole partitions."""
        writer = rows.writeTo(f"{self._table.name}.branch_{BRANCH}")
        for name, value in summary.items():
            writer = writer.option(f"snapshot-property.{name}", value)
        writer.overwrite(replaced)
        refs = self._session.table(f"{self._table.name}.refs").where(f"name = '{BRANCH}'")
        [self.snapshot_id] = [row["snapshot_id"] for row in refs.collect()]

    def rows(self) -> DataFrame:
        """Return the whole content of the version."""
        return self._session.read.option("snapshot-id", str(self.snapshot_id)).table(self._table.name)

    def publish(self) -> None:
        """Let readers see the version.

        Raises:
            OvertakenError: Somebody else has committed to the table since this began, such as compaction.
        """
        try:
            self._session.sql(
                f"CALL {CATALOG}.system.cherrypick_snapshot('{self._path}', {self.snapshot_id})"
            )
        except Py4JJavaError as error:
            self._table.refresh()
            if self._table.head() == self._base:
                raise TableError(f"{self._path}: the audited version could not be published") from error
            raise OvertakenError(f"{self._path}: somebody else committed to it") from error
        self._drop()

    def _drop(self) -> None:
        """A branch keeps its snapshot and files from expiring."""
        self._session.sql(f"ALTER TABLE {self._table.name} DROP BRANCH {BRANCH}")
