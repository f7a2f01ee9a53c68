"""Iceberg tables by PyIceberg: their history, their files, and commits that nobody can slip under."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyiceberg.catalog import Catalog
from pyiceberg.catalog.noop import NoopCatalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError
from pyiceberg.expressions import AlwaysTrue, BooleanExpression
from pyiceberg.manifest import DataFile, ManifestContent
from pyiceberg.table import CommitTableResponse, FileScanTask, TableProperties
from pyiceberg.table import Table as Iceberg
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.refs import MAIN_BRANCH
from pyiceberg.table.snapshots import Snapshot as IcebergSnapshot
from pyiceberg.table.update import AddSnapshotUpdate, TableRequirement, TableUpdate

from lakehouse_etl.contract.types import Member, Type, parsed
from lakehouse_etl.tables.fit import Column, check_fit
from lakehouse_etl.tables.history import ATTEMPTS, MovedError, Snapshot, TableError


class Table:
    """One Iceberg table as it was when it was last looked at. Jobs never create or alter tables."""

    def __init__(self, catalog: Catalog, name: str) -> None:
        """Take a name of the form `database.table`."""
        self.name = name
        self._catalog = catalog
        self._known: Iceberg | None = None

    def refresh(self) -> None:
        """Look again, so that commits of others show.

        Raises:
            TableError: There is no such table.
        """
        try:
            self._known = self._catalog.load_table(self.name)
        except NoSuchTableError as error:
            raise TableError(
                f"{self.name}: not in the catalog; fix: deploy the stack of its domain"
            ) from error

    @property
    def iceberg(self) -> Iceberg:
        """The table as PyIceberg has it."""
        if self._known is None:
            self.refresh()
        assert self._known is not None  # noqa: S101 (refresh has set it)
        return self._known

    def check(self, expected: Iterable[Member]) -> Sequence[str]:
        """Refuse a table that the job cannot write, and tell what it has beyond what is expected.

        Raises:
            TableError: It is missing, has other columns, or files that delete rows of others.
        """
        members = parsed_members(self.iceberg)
        wanted = (Column(member.name, member.type, member.required) for member in expected)
        beyond = check_fit(self.name, members, wanted)
        snapshot = self.iceberg.current_snapshot()
        manifests = snapshot.manifests(self.iceberg.io) if snapshot else []
        if any(manifest.content is ManifestContent.DELETES for manifest in manifests):
            raise TableError(
                f"{self.name}: has files that delete rows of others (merge-on-read); expected none; fix: "
                "rewrite the table's data files, and let writers copy on write"
            )
        return beyond

    def head(self) -> int | None:
        """Return the id of the current snapshot, None before the first commit."""
        return self.iceberg.metadata.current_snapshot_id

    def history(self) -> list[Snapshot]:
        """Return the current snapshot and its ancestors, as far as they have not expired, newest first."""
        snapshots = {snapshot.snapshot_id: snapshot for snapshot in self.iceberg.snapshots()}
        found: list[Snapshot] = []
        current = self.head()
        while current in snapshots:
            found.append(_told(snapshots[current]))
            current = found[-1].parent_id
        return found

    def summaries(self, name: str) -> set[str]:
        """Return the values of a property in the summaries of all commits that have not expired."""
        values = (_told(snapshot).summary.get(name) for snapshot in self.iceberg.snapshots())
        return {value for value in values if value is not None}

    def properties(self) -> dict[str, str]:
        """Return the table properties."""
        return dict(self.iceberg.properties)

    def set_properties(self, properties: Mapping[str, str]) -> None:
        """Set table properties; commits no snapshot."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.iceberg.transaction() as change:
                    change.set_properties(dict(properties))
                return
            except CommitFailedException:
                if attempt == ATTEMPTS:
                    raise
                self.refresh()

    def tasks(self, within: BooleanExpression | None = None) -> list[FileScanTask]:
        """Return the files that may hold rows for which a condition is true."""
        return list(self.iceberg.scan(row_filter=within or AlwaysTrue()).plan_files())

    def commit(
        self,
        base: int | None,
        summary: Mapping[str, str],
        added: Sequence[DataFile] = (),
        removed: Sequence[DataFile] = (),
    ) -> None:
        """Add and remove files in one commit, which follows a snapshot at once; None: it is the first.

        Raises:
            MovedError: Somebody else has committed to the table since that snapshot.
        """
        if self.head() != base:
            raise MovedError(self.name)
        self._write(_Guard(self._catalog, self.name), summary, added, removed)

    def append(self, summary: Mapping[str, str], added: Sequence[DataFile]) -> None:
        """Add files in one commit, whatever others commit meanwhile."""
        self._write(self._catalog, summary, added, ())

    def _write(
        self,
        catalog: Catalog,
        summary: Mapping[str, str],
        added: Sequence[DataFile],
        removed: Sequence[DataFile],
    ) -> None:
        known = self.iceberg
        table = Iceberg(known.name(), _slim(known.metadata), known.metadata_location, known.io, catalog)
        with table.transaction() as change:
            update = change.update_snapshot(snapshot_properties=dict(summary))
            with update.overwrite() if removed else update.merge_append() as files:
                for file in removed:
                    files.delete_data_file(file)
                for file in added:
                    files.append_data_file(file)
        self._known = Iceberg(known.name(), table.metadata, table.metadata_location, known.io, self._catalog)


def parsed_members(table: Iceberg) -> list[Column]:
    """Return the columns of a table in words of the contract, whatever it has."""
    schema = table.schema().model_dump(mode="json")
    return [Column(each["name"], _word(each["type"]), each["required"]) for each in schema["fields"]]


def _word(kind: Any) -> Type | str:
    try:
        return parsed(kind)
    except ValueError:
        return str(kind)  # a type that no contract has, such as uuid


def _told(snapshot: IcebergSnapshot) -> Snapshot:
    summary = snapshot.summary
    facts = dict(summary.additional_properties) if summary else {}
    operation = summary.operation.value if summary else ""
    return Snapshot(snapshot.snapshot_id, facts, operation, snapshot.parent_snapshot_id)


class _Guard(NoopCatalog):
    """Hands a commit on only while the table stands where the commit began; PyIceberg would rebase it."""

    def __init__(self, catalog: Catalog, name: str) -> None:
        super().__init__("guard")
        self._catalog = catalog
        self._table = name

    def commit_table(
        self, table: Iceberg, requirements: tuple[TableRequirement, ...], updates: tuple[TableUpdate, ...]
    ) -> CommitTableResponse:
        """Commit, again if only properties were changed meanwhile."""
        ours = {update.snapshot.snapshot_id for update in updates if isinstance(update, AddSnapshotUpdate)}
        for _ in range(ATTEMPTS):
            current = self._catalog.load_table(self._table)
            if current.metadata.current_snapshot_id in ours:  # the answer to it was lost
                landed = {"metadata": current.metadata, "metadata-location": current.metadata_location}
                return CommitTableResponse.model_validate(landed)
            if _place(current.metadata) != _place(table.metadata):
                break
            try:
                return self._catalog.commit_table(current, requirements, updates)
            except CommitFailedException:
                continue
        raise MovedError(self._table)


def _slim(metadata: TableMetadata) -> TableMetadata:
    """Leave out what a commit does not build on: PyIceberg copies all of it a dozen times."""
    current = metadata.current_snapshot()
    # As Iceberg's own library does, unless the table wants it otherwise: a plan reads every manifest.
    properties = {TableProperties.MANIFEST_MERGE_ENABLED: "true", **metadata.properties}
    return metadata.model_copy(
        update={
            "properties": properties,
            "snapshots": [current] if current else [],
            "refs": {name: ref for name, ref in metadata.refs.items() if name == MAIN_BRANCH},
            "snapshot_log": [],
            "metadata_log": [],
        }
    )


def _place(metadata: TableMetadata) -> tuple[int | None, int]:
    """Return what no commit leaves as it is, one to a branch neither."""
    return metadata.current_snapshot_id, getattr(metadata, "last_sequence_number", 0)
