"""Keeps rejected records, as `silver.quarantine` does, in one commit."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.expressions import In

from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.native import files
from lakehouse_etl.native.keys.comparing import Touched
from lakehouse_etl.native.rewriting import written
from lakehouse_etl.native.table import Table
from lakehouse_etl.tables.history import ATTEMPTS, RUN_ID, MovedError

_IN: Any = In
"""Its types are those of parsed expressions, not of the values that it takes."""


def quarantine(table: Table, rejected: pa.Table, objects: Sequence[BronzeObject], run_id: str) -> None:
    """Write the rejected records of some objects in place of those that are there, in one step.

    Raises:
        MovedError: Somebody else has written there again and again.
    """
    rows = rejected.append_column("run_id", pa.repeat(pa.scalar(run_id), rejected.num_rows))
    for attempt in range(1, ATTEMPTS + 1):
        table.refresh()
        stale = list(_of_objects(table, objects))
        if not rows.num_rows and not stale:
            return
        added = written(table.iceberg, rows, stale)
        try:
            table.commit(table.head(), {RUN_ID: run_id}, added, [each.task.file for each in stale])
            return
        except MovedError:
            if attempt == ATTEMPTS:
                raise


def _of_objects(table: Table, objects: Sequence[BronzeObject]) -> Iterator[Touched]:
    """Yield the files that have rows of objects, which lie under their days."""
    uris = pa.array([item.uri for item in objects], pa.string())
    for task in table.tasks(_IN("ingest_date", {item.ingest_date for item in objects})):
        source = files.read(table.iceberg, [task], ["source_object"])["source_object"].combine_chunks()
        found = pc.indices_nonzero(pc.is_in(source.cast(pa.string()), uris))
        if len(found):
            yield Touched(task, found.cast(pa.int64()))
