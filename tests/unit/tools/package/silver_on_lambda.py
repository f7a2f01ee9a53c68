"""What a run of silver asks of its libraries: decode records, rank them, write files, commit, read."""

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash
from pyiceberg.catalog.noop import NoopCatalog
from pyiceberg.exceptions import NotInstalledError
from pyiceberg.io.pyarrow import PyArrowFileIO, parquet_file_to_data_file, schema_to_pyarrow
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.serializers import ToOutputFile
from pyiceberg.table import CommitTableResponse, StaticTable, Table
from pyiceberg.table.metadata import new_table_metadata
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER
from pyiceberg.table.update import TableRequirement, TableUpdate, update_table_metadata
from pyiceberg.transforms import DayTransform
from pyiceberg.types import LongType, NestedField, StringType, TimestamptzType

LINES = (
    b'{"id":"a","seen":"2026-01-01T00:00:00Z"}',
    b'{"id":"b","seen":"2026-01-02T00:00:00Z"}',
    b'{"id":"a","seen":"2025-12-31T00:00:00Z"}',
)
SCHEMA = Schema(
    NestedField(1, "id", StringType()),
    NestedField(2, "seen", TimestamptzType()),
    NestedField(3, "hash", LongType()),
)
DAYS = PartitionSpec(PartitionField(2, 1000, DayTransform(), "seen_day"))


class OneTable(NoopCatalog):
    """A catalogue that writes a table's metadata into files, and forgets where."""

    def commit_table(
        self, table: Table, requirements: tuple[TableRequirement, ...], updates: tuple[TableUpdate, ...]
    ) -> CommitTableResponse:
        """Write the metadata that follows."""
        metadata = update_table_metadata(table.metadata, updates)
        place = f"{table.location()}/metadata/{len(metadata.snapshots)}.metadata.json"
        ToOutputFile.table_metadata(metadata, table.io.new_output(place))
        return CommitTableResponse.model_validate({"metadata": metadata, "metadata-location": place})


def run(folder: Path) -> dict[str, Any]:
    """Write the newest record of each key into a table that has a partition for each day."""
    location = f"file://{folder}/silver"
    metadata = new_table_metadata(SCHEMA, DAYS, UNSORTED_SORT_ORDER, location)
    table = Table(("silver",), metadata, "", PyArrowFileIO(), OneTable("one"))
    (folder / "silver" / "data").mkdir(parents=True)
    newest = _newest(_decoded())
    for number in range(newest.num_rows):
        _commit(table, newest.slice(number, 1).cast(schema_to_pyarrow(table.schema())), number)
    scan = StaticTable.from_metadata(table.metadata_location).scan()
    return {
        "ids": sorted(scan.to_arrow()["id"].to_pylist()),
        "partitions": sorted(task.file.partition[0] for task in scan.plan_files()),
        "runs": [snapshot.summary["lake.run-id"] for snapshot in table.snapshots() if snapshot.summary],
        "counted": _counted(folder / "silver" / "data"),
        "unfit": _complaint(table, pa.table({"id": [1]})),
        "append": _complaint(table, newest.cast(schema_to_pyarrow(table.schema()))),
    }


def _decoded() -> pa.Table:
    records = msgspec.json.Decoder(dict[str, Any]).decode_lines(b"\n".join(LINES))
    moments = [datetime.fromisoformat(record["seen"]) for record in records]
    return pa.table(
        {
            "id": [record["id"] for record in records],
            "seen": pa.array(moments, pa.timestamp("us", "UTC")),
            "hash": [xxhash.xxh64_intdigest(line, 42) >> 1 for line in LINES],
        }
    )


def _newest(rows: pa.Table) -> pa.Table:
    """Ask DuckDB, which may fetch nothing."""
    engine = duckdb.connect(config={"autoinstall_known_extensions": False})
    engine.execute("SET TimeZone = 'UTC'")
    engine.register("decoded", rows)
    return engine.sql(
        "SELECT * FROM decoded QUALIFY row_number() OVER (PARTITION BY id ORDER BY seen DESC) = 1 ORDER BY id"
    ).to_arrow_table()


def _counted(data: Path) -> int:
    (row,) = duckdb.execute("SELECT count(*) FROM read_parquet(?)", [f"{data}/*.parquet"]).fetchall()
    return int(row[0])


def _commit(table: Table, rows: pa.Table, number: int) -> None:
    path = f"{table.location()}/data/{number}.parquet"
    pq.write_table(rows, path.removeprefix("file://"), compression="zstd")
    summary = {"lake.run-id": str(number)}
    with (
        table.transaction() as change,
        change.update_snapshot(snapshot_properties=summary).fast_append() as files,
    ):
        files.append_data_file(parquet_file_to_data_file(table.io, change.table_metadata, path))


def _complaint(table: Table, rows: pa.Table) -> str:
    """Why the table does not take rows of which it should find the partitions by itself."""
    try:
        table.append(rows)
    except (ValueError, NotInstalledError) as error:
        return str(error)
    return ""
