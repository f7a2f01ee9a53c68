"""What Iceberg itself does to keep a table in shape.

Source: https://iceberg.apache.org/docs/1.10.0/spark-procedures/. A compaction that lost a race
against a writer is given up: it has changed nothing, and the next run finds the same files.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from py4j.protocol import Py4JJavaError
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from lakehouse_etl.tables.table import CATALOG, Table
from lakehouse_etl.tables.version import BRANCH, REFUSED

_RUN_BRANCHES = (BRANCH, REFUSED)
"""What names of the branches start with that runs make."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_OUTRUN = {"CommitFailedException", "ValidationException"}
"""Java exceptions by which Iceberg says that another commit came first."""

_COMPACTION = {
    # Five small files in a partition are worth one read and one write; fewer are not.
    "min-input-files": "5",
    # One snapshot, all or nothing: if a run was faster, the next maintenance starts from what it left.
    "partial-progress.enabled": "false",
}

_SMALL_MANIFESTS = 20
"""Manifests that are worth to be joined; planning a query reads each of them."""

_MANIFEST_BYTES = 4 * 1024 * 1024
"""Half of the size that Iceberg aims at; a larger manifest is well filled."""


class OutrunError(RuntimeError):
    """Somebody else changed the table first; nothing was committed."""


class Procedures:
    """Iceberg's procedures on one table."""

    def __init__(self, session: SparkSession, name: str) -> None:
        """Take a name of the form `database.table`."""
        self._session = session
        self._path = name
        self._name = f"{CATALOG}.{name}"
        self._table = Table(session, name)

    def drop_branches(self, before: datetime) -> list[str]:
        """Drop the branches of runs that began before an instant and never ended, and return their names."""
        refs = {row["name"]: row["snapshot_id"] for row in self._metadata("refs").collect()}
        of_runs = [name for name in sorted(refs) if name.startswith(_RUN_BRANCHES)]
        dropped = [name for name in of_runs if self._is_older(refs, name, before)]
        for name in dropped:
            self._session.sql(f"ALTER TABLE {self._name} DROP BRANCH IF EXISTS {name}")
        return dropped

    def _is_older(self, refs: Mapping[str, int], branch: str, instant: datetime) -> bool:
        """Whether a branch was made before an instant.

        If its run has committed to it, its snapshot tells. If not, it was made while that snapshot was the
        newest of the table, and so before the one that followed; as long as none did, it holds nothing.
        """
        start = refs[branch]
        if start == refs.get("main"):
            return False
        youngest = next((each.id for each in self._table.history() if each.parent_id == start), start)
        old = f"snapshot_id = {youngest} AND committed_at < {_literal(instant)}"
        return not self._metadata("snapshots").where(old).isEmpty()

    def compact(self) -> int:
        """Join small data files, where that is worth it, and return how many went.

        The size to aim at is the table's own `write.target-file-size-bytes`.

        Raises:
            OutrunError: A run replaced some of the files meanwhile.
        """
        options = ", ".join(f"'{name}', '{value}'" for name, value in _COMPACTION.items())
        done = self._call("rewrite_data_files", f"options => map({options})")[0]
        return int(done["rewritten_data_files_count"])

    def join_manifests(self) -> int:
        """Join manifests, if many are small or one tells of removed files, and return how many went.

        A manifest tells bounds of the values that were in a removed file, which are to go when the versions
        go that had it. One that is alone stays as it is: Iceberg joins it with nothing.

        Raises:
            OutrunError: Another commit came first.
        """
        manifests = self._metadata("manifests")
        small = manifests.where(F.col("length") < _MANIFEST_BYTES).count()
        if small < _SMALL_MANIFESTS and manifests.where("deleted_data_files_count > 0").isEmpty():
            return 0
        return int(self._call("rewrite_manifests")[0]["rewritten_manifests_count"])

    def expire(self, since: datetime, newest: int) -> int:
        """Expire snapshots that no reader of the time since then needs, and delete what only they name.

        What was current at `since` stays, however old it is, and so do the `newest` snapshots and those that
        a branch or a tag names. Returns how many expired.
        """
        oldest = self._oldest_since(since)
        if oldest is None:
            return 0
        before = self._snapshots()
        self._call("expire_snapshots", f"older_than => {_literal(oldest)}", f"retain_last => {newest}")
        return before - self._snapshots()

    def orphans(self, before: datetime) -> list[str]:
        """List the files under the table's location that no snapshot names and that are older."""
        rows = self._call("remove_orphan_files", f"older_than => {_literal(before)}", "dry_run => true")
        return sorted(row["orphan_file_location"] for row in rows)

    def remove_orphans(self, before: datetime) -> int:
        """Delete those files, and return how many there were."""
        return len(self._call("remove_orphan_files", f"older_than => {_literal(before)}"))

    def _snapshots(self) -> int:
        return int(self._metadata("snapshots").count())

    def _metadata(self, name: str) -> DataFrame:
        return self._session.table(f"{self._name}.{name}")

    def _oldest_since(self, since: datetime) -> datetime | None:
        """Commit time of the oldest snapshot that has been current since then, None if all are newer.

        A snapshot may have been committed long before it was replaced, so its age alone does not tell.
        """
        row = self._session.sql(
            f"WITH log AS (SELECT made_current_at AS at, snapshot_id FROM {self._name}.history), "  # noqa: S608
            f"first AS (SELECT max(at) AS at FROM log WHERE at <= {_literal(since)}) "
            "SELECT unix_millis(min(committed_at)) AS millis FROM log JOIN first ON log.at >= first.at "
            f"JOIN {self._name}.snapshots USING (snapshot_id)"
        ).first()
        if row is None or row["millis"] is None:
            return None
        return _EPOCH + timedelta(milliseconds=row["millis"])

    def _call(self, procedure: str, *arguments: str) -> list[Row]:
        named = ", ".join((f"table => '{self._path}'", *arguments))
        try:
            rows: list[Row] = self._session.sql(f"CALL {CATALOG}.system.{procedure}({named})").collect()
        except Py4JJavaError as error:
            if _OUTRUN & set(_causes(error)):
                raise OutrunError(f"{self._path}: {procedure}: another commit came first") from error
            raise
        return rows


def _literal(instant: datetime) -> str:
    return f"TIMESTAMP '{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00:00'"


def _causes(error: Py4JJavaError) -> Iterator[str]:
    """Class names of a Java error and of what caused it."""
    cause = error.java_exception
    while cause is not None:
        yield cause.getClass().getSimpleName()
        cause = cause.getCause()
