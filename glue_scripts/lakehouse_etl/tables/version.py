"""The next version of a table, out of readers' sight until it is published as a whole.

https://iceberg.apache.org/docs/latest/branching/#audit-branch
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame

from lakehouse_etl.tables.history import MovedError
from lakehouse_etl.tables.table import CATALOG, Table

BRANCH = "lake_run"
"""What names of the branches start with on which versions lie."""

REFUSED = "lake_audit"
"""Branch on which the last version stays that was not fit to be published, until one is."""


class Version(Table):
    """A successor of one snapshot of a table, on a branch of its own."""

    def __init__(self, table: Table, base: int | None) -> None:
        """Start on a snapshot of a table; None: it has none."""
        super().__init__(table._session, table._path)
        self._base = base
        self._branch = f"{BRANCH}_{uuid4().hex}"
        self._target = f"{self.name}.branch_{self._branch}"
        self._alter(f"CREATE BRANCH {self._branch}{'' if base is None else f' AS OF VERSION {base}'}")

    def rows(self) -> DataFrame:
        """Return the content of this version."""
        return self._session.read.option("branch", self._branch).table(self.name)

    def publish(self) -> None:
        """Move main here, which Iceberg does only while main is what this version began on.

        Raises:
            MovedError: Main is another snapshot by now.
        """
        try:
            self._session.sql(f"CALL {CATALOG}.system.fast_forward('{self._path}', 'main', '{self._branch}')")
        except (Py4JJavaError, PySparkException) as error:
            self.refresh()
            if self.head() == self._base:
                raise
            raise MovedError(self.name) from error

    def keep(self) -> None:
        """Let people see this version, on the branch `REFUSED`."""
        refs = {row["name"]: row["snapshot_id"] for row in self._metadata("refs").collect()}
        self._alter(f"CREATE OR REPLACE BRANCH {REFUSED} AS OF VERSION {refs[self._branch]}")

    def drop(self) -> None:
        """Drop the branch, which keeps its snapshots and files from expiring."""
        self._alter(f"DROP BRANCH {self._branch}")


@contextmanager
def following(table: Table, base: int | None, *, keep_refused: bool = False) -> Iterator[Version]:
    """Yield the successor of a snapshot of a table: readers see all that is written to it, or nothing.

    It is published at the end of the block. A run that was killed leaves its branch, which maintenance drops.

    Args:
        table: The table.
        base: The snapshot, None if the table has none.
        keep_refused: Whether what was written when the block raised stays on the branch `REFUSED`, until
            another version is published.

    Raises:
        MovedError: Somebody else has committed to the table since that snapshot.
    """
    version = Version(table, base)
    try:
        yield version
        version.publish()
    except Exception:
        if keep_refused:
            version.keep()
        version.drop()
        raise
    version.drop()
    if keep_refused:
        table._alter(f"DROP BRANCH IF EXISTS {REFUSED}")
