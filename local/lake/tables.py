"""Reads Iceberg tables of the embedded AWS with PyIceberg: a reader that shares no code with Spark."""

import pyarrow as pa
from pyiceberg.table import StaticTable
from pyiceberg.table.snapshots import Summary

from local.emulator import object_io
from local.emulator.launcher import EmbeddedAws


def open_table(aws: EmbeddedAws, database: str, name: str) -> StaticTable:
    """The current version of a table of the Glue catalog, read as the root user."""
    table = aws.client("glue").get_table(DatabaseName=database, Name=name)["Table"]
    return object_io.open_table(aws.client("s3"), table["Parameters"]["metadata_location"])


def read_table(aws: EmbeddedAws, database: str, name: str) -> pa.Table:
    """Every row of a table's current version."""
    return open_table(aws, database, name).scan().to_arrow()


def summed_counts(table: StaticTable) -> dict[str, int]:
    """What the runs behind a silver table counted: from the current snapshot and its ancestors."""
    names = ("records_in", "accepted", "rejected", "superseded")
    summaries: list[Summary] = []
    snapshot = table.metadata.current_snapshot()
    while snapshot:
        if snapshot.summary:
            summaries.append(snapshot.summary)
        parent = snapshot.parent_snapshot_id
        snapshot = table.metadata.snapshot_by_id(parent) if parent else None
    return {
        name: sum(int(summary[f"lake.{name.replace('_', '-')}"] or 0) for summary in summaries)
        for name in names
    }
