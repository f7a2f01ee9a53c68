"""A catalogue of tables in a folder, laid out as Spark's Hadoop catalogue does, so that both may share one.

Version N of a table is `metadata/vN.metadata.json`, which exists at once or not at all.
"""

import os
from pathlib import Path
from uuid import uuid4

from pyiceberg.catalog.noop import NoopCatalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.metadata import TableMetadata, TableMetadataUtil, new_table_metadata
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER
from pyiceberg.table.update import TableRequirement, TableUpdate, update_table_metadata


class FileCatalog(NoopCatalog):
    """Tables below a folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which Spark calls the warehouse."""
        super().__init__("files")
        self.folder = folder

    def load_table(self, identifier: str | tuple[str, ...]) -> Table:
        """Return the newest version of a table."""
        name = tuple(identifier.split(".")) if isinstance(identifier, str) else identifier
        place = self._metadata(name)
        versions = [int(path.name.split(".")[0][1:]) for path in place.glob("v*.metadata.json")]
        if not versions:
            raise NoSuchTableError(".".join(name))
        path = place / f"v{max(versions)}.metadata.json"
        metadata = TableMetadataUtil.parse_raw(path.read_text())
        return Table(name, metadata, str(path), PyArrowFileIO(), self)

    def commit_table(
        self, table: Table, requirements: tuple[TableRequirement, ...], updates: tuple[TableUpdate, ...]
    ) -> CommitTableResponse:
        """Write the version that follows; somebody who was faster makes it fail."""
        current = self.load_table(table.name())
        for requirement in requirements:
            requirement.validate(current.metadata)
        metadata = update_table_metadata(
            current.metadata, updates, metadata_location=current.metadata_location
        )
        number = int(Path(current.metadata_location).name.split(".")[0][1:]) + 1
        location = self._write(table.name(), number, metadata)
        return CommitTableResponse.model_validate({"metadata": metadata, "metadata-location": location})

    def make_table(
        self,
        name: str,
        schema: Schema,
        spec: PartitionSpec = UNPARTITIONED_PARTITION_SPEC,
        **properties: str,
    ) -> Table:
        """Make an empty table."""
        path = tuple(name.split("."))
        location = f"file://{self.folder}/{'/'.join(path)}"
        self._metadata(path).mkdir(parents=True)
        given = {"format-version": "2", **properties}
        metadata = new_table_metadata(schema, spec, UNSORTED_SORT_ORDER, location, given)
        self._write(path, 1, metadata)
        return self.load_table(path)

    def _metadata(self, name: tuple[str, ...]) -> Path:
        return self.folder.joinpath(*name) / "metadata"

    def _write(self, name: tuple[str, ...], number: int, metadata: TableMetadata) -> str:
        folder = self._metadata(name)
        draft, path = folder / f"{uuid4()}.tmp", folder / f"v{number}.metadata.json"
        draft.write_text(metadata.model_dump_json())
        try:
            os.link(draft, path)
        except FileExistsError as error:
            raise CommitFailedException(f"{path} is there already") from error
        finally:
            draft.unlink()
        (folder / "version-hint.text").write_text(str(number))
        return str(path)
