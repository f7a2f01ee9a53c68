"""Finds figures of tables in DuckDB."""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
from pyiceberg.manifest import DataFile, ManifestEntryStatus
from pyiceberg.table import FileScanTask

from lakehouse_etl.contract.table_rules import Figure
from lakehouse_etl.native import files
from lakehouse_etl.native.figures import found, sql_of
from lakehouse_etl.native.table import Table
from lakehouse_etl.quality.meter import Changed, MeterError, since


class NativeMeter:
    """Measures the rows of one table."""

    def __init__(self, table: Table) -> None:
        """Take the table."""
        self._table = table

    def figures(self, figures: Sequence[Figure], rows: pa.Table | None) -> Sequence[Any]:
        """Return figures of some rows, or of the table, from one scan."""
        return found(figures, rows) if rows is not None else self._of(self._table.tasks(), figures)

    def since(self, snapshot_id: int, figures: Sequence[Figure]) -> Changed | None:
        """Return figures of the rows that came and went since a snapshot, from the files that did."""
        changed = self._changed_files(snapshot_id)
        if changed is None:
            return None
        none = [0] * len(figures)
        came, went = (self._of(map(FileScanTask, some), figures) if some else none for some in changed)
        return came, went

    def query(self, sql: str, rows: pa.Table | None) -> Sequence[Sequence[Any]]:
        """Refuse: whoever takes a dataset looks first whether all of its rules are known to DuckDB."""
        raise MeterError(f"`{sql}` is for Spark alone")

    def _of(self, tasks: Iterable[FileScanTask], figures: Sequence[Figure]) -> Sequence[Any]:
        """Return figures of the rows of files, of which only columns are read that the SQL may name."""
        table = self._table.iceberg
        names = _named(sql_of(figures), [field.name for field in table.schema().fields])
        schema = files.read(table, [], names).schema
        stream = files.batches(table, tasks, names)
        rows = pa.RecordBatchReader.from_batches(schema, (batch.cast(schema) for batch in stream))
        return found(figures, rows)

    def _changed_files(self, base: int) -> tuple[list[DataFile], list[DataFile]] | None:
        """Return the files that came and that went since a snapshot, None if to read all is no more work."""
        history = self._table.history()
        later = since(history, base)
        if later is None or not self._has_columns_of(base):
            return None
        came: dict[str, DataFile] = {}
        went: dict[str, DataFile] = {}
        for snapshot in reversed(later):
            for status, file in self._entries(snapshot.id):
                if status is ManifestEntryStatus.ADDED:
                    came[file.file_path] = file
                elif came.pop(file.file_path, None) is None:
                    went[file.file_path] = file
        touched = sum(file.record_count for some in (came, went) for file in some.values())
        if touched > int(history[0].summary["total-records"]):
            return None
        return list(came.values()), list(went.values())

    def _has_columns_of(self, base: int) -> bool:
        """Whether no column has changed since a snapshot, such as one that gave its name to another."""
        snapshot = self._table.iceberg.snapshot_by_id(base)
        return snapshot is not None and snapshot.schema_id == self._table.iceberg.schema().schema_id

    def _entries(self, snapshot_id: int) -> Iterable[tuple[ManifestEntryStatus, DataFile]]:
        """Yield what a commit did to files."""
        io, snapshot = self._table.iceberg.io, self._table.iceberg.snapshot_by_id(snapshot_id)
        for manifest in snapshot.manifests(io) if snapshot else ():
            if manifest.added_snapshot_id == snapshot_id:
                for entry in manifest.fetch_manifest_entry(io, discard_deleted=False):
                    if entry.status is not ManifestEntryStatus.EXISTING:
                        yield entry.status, entry.data_file


def _named(sql: str, names: Sequence[str]) -> Sequence[str]:
    """Return the columns whose names occur in SQL, the last one if none does."""
    return [name for name in names if name in sql] or names[-1:]
