"""Iceberg tables through PyIceberg, as the caller: their rows, their metadata, their past; writes."""

from datetime import datetime
from typing import Any

import pyarrow as pa
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.io import FileIO
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.table import StaticTable, Table
from pyiceberg.typedef import EMPTY_DICT, Properties
from sqlglot import exp

from local.emulator import object_io
from local.patches.athena.engine import engine
from local.patches.athena.errors import QueryError
from local.patches.athena.iceberg.transforms import partition_spec
from local.patches.athena.iceberg.writable_io import WritableIO
from local.patches.athena.session import Name, Session

_FILES = (
    "content",
    "file_path",
    "file_format",
    "record_count",
    "file_size_in_bytes",
    "column_sizes",
    "value_counts",
    "null_value_counts",
    "nan_value_counts",
    "lower_bounds",
    "upper_bounds",
    "key_metadata",
    "split_offsets",
    "equality_ids",
)
_METADATA: dict[str, tuple[str, ...] | None] = {
    "snapshots": None,
    "history": None,
    "manifests": None,
    "partitions": None,
    "refs": None,
    "files": _FILES,
}
"""Metadata tables of Athena, and which of PyIceberg's columns they have; None is all.

https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-table-metadata.html
"""


def read(
    session: Session, s3: Any, entry: dict[str, Any], metadata: str, version: exp.Expression | None
) -> pa.Table:
    """The rows of a table or of one of its metadata tables, read by an S3 client.

    Raises:
        QueryError: There is no such metadata table, or no such version.
    """
    table = object_io.open_table(s3, entry["Parameters"]["metadata_location"])
    if metadata:
        return _metadata(table, metadata)
    snapshot = _snapshot(session, table, version) if version else None
    return table.scan(snapshot_id=snapshot).to_arrow()


def create(session: Session, name: Name, schema: pa.Schema, location: str, partitioning: list[str]) -> Table:
    """Make an empty table; partitioning names columns and transforms, such as `day(at)`.

    Raises:
        ClientError: The caller may not write there, or not write the catalog.
    """
    writer = _Catalog(session)
    with writer.create_table_transaction(
        (name.database, name.table), schema, location.rstrip("/"), properties={"format-version": "2"}
    ) as change:
        spec: PartitionSpec = partition_spec(change.table_metadata.schema(), partitioning)
        with change.update_spec() as update:
            for part in spec.fields:
                source = change.table_metadata.schema().find_column_name(part.source_id)
                update.add_field(str(source), part.transform, part.name)
    return writer.load_table((name.database, name.table))


def append(session: Session, name: Name, rows: pa.Table) -> None:
    """Commit rows to a table; columns are taken by name and cast to its types.

    Raises:
        ClientError: The caller may not write its files, or not update the catalog.
    """
    table = _Catalog(session).load_table((name.database, name.table))
    schema = table.schema().as_arrow()
    table.append(rows.select(schema.names).cast(schema))


def _metadata(table: StaticTable, kind: str) -> pa.Table:
    if kind not in _METADATA:
        raise QueryError(
            f"TABLE_NOT_FOUND: no metadata table '{kind}'; there are: {', '.join(sorted(_METADATA))}"
        )
    rows: pa.Table = getattr(table.inspect, kind)()
    names = _METADATA[kind]
    return rows.select(names) if names else rows


def _snapshot(session: Session, table: StaticTable, version: exp.Expression) -> int:
    wanted = version.expression
    if str(version.name).upper() == "VERSION":
        found = (
            table.snapshot_by_id(int(wanted.name)) if wanted.is_int else table.snapshot_by_name(wanted.name)
        )
        if found is None:
            raise QueryError(f"INVALID_ARGUMENTS: No snapshot with ID or name '{wanted.name}'")
        return int(found.snapshot_id)
    moment = _moment(session, wanted)
    found = table.snapshot_as_of_timestamp(int(moment.timestamp() * 1000))
    if found is None:
        raise QueryError(f"INVALID_ARGUMENTS: No version history table {table.name()} at or before {moment}")
    return int(found.snapshot_id)


def _moment(session: Session, wanted: exp.Expression) -> datetime:
    if wanted.find(exp.Column, exp.Query):
        raise QueryError("NOT_SUPPORTED: FOR TIMESTAMP AS OF takes a constant")
    query = exp.select(exp.alias_(exp.cast(wanted.copy(), "timestamptz"), "moment"))
    moment: datetime = engine.run(session, engine.Question(query, {})).table["moment"][0].as_py()
    return moment


class _Catalog(GlueCatalog):
    """Glue and S3 as the caller."""

    def __init__(self, session: Session) -> None:
        super().__init__("glue", client=session.glue)
        self._s3 = session.s3

    def _load_file_io(self, properties: Properties = EMPTY_DICT, location: str | None = None) -> FileIO:
        return WritableIO(self._s3)
