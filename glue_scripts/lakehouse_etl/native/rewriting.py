"""Writes what changes in a table: new rows, and files again without the rows that are replaced."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionKey
from pyiceberg.table import Table

from lakehouse_etl.native import files
from lakehouse_etl.native.keys.comparing import Touched
from lakehouse_etl.native.partitions import parted
from lakehouse_etl.native.ranking import numbers

_WRITERS = 2
"""Files that are written at the same time; each holds the rows of one in memory."""


@dataclass(frozen=True)
class _Job:
    """Rows of one partition that are written together."""

    key: PartitionKey | None
    fresh: pa.Table | None
    touched: Touched | None


def written(
    table: Table, rows: pa.Table, touched: Sequence[Touched] = (), only: pa.ChunkedArray | None = None
) -> list[DataFile]:
    """Write new rows, and what stays of touched files, and return the files that take their place.

    What stays of a file lies with new rows of its partition, so that changes leave no more files than needed.
    `only` are the numbers of the rows that are written, if not all are.
    """
    writer = files.Writer(table)
    # Types come first: Arrow ends the process where it casts maps of which rows were left out.
    # https://github.com/apache/arrow/issues/51029
    fresh = writer.aligned(rows)
    if only is not None and len(only) < rows.num_rows:
        fresh = fresh.take(only)
    jobs = list(_jobs(table, fresh, touched))
    with ThreadPoolExecutor(_WRITERS) as pool:
        found = pool.map(lambda job: _do(table, writer, job), jobs)
        return [file for several in found for file in several]


def _jobs(table: Table, fresh: pa.Table, touched: Sequence[Touched]) -> Iterator[_Job]:
    parts: dict[tuple[Any, ...], tuple[PartitionKey | None, pa.Table]] = {
        _place(key.partition if key else ()): (key, rows)
        for key, rows in parted(fresh, table.spec(), table.schema())
    }
    for each in touched:
        file = each.task.file
        known = file.spec_id == table.metadata.default_spec_id
        key, rows = parts.pop(_place(file.partition), (None, None)) if known else (None, None)
        yield _Job(key, rows, each)
    yield from (_Job(key, rows, None) for key, rows in parts.values())


def _do(table: Table, writer: files.Writer, job: _Job) -> list[DataFile]:
    if job.touched is None:
        return list(writer.write(job.key, job.fresh))
    rows = _kept(writer.aligned(files.read(table, [job.touched.task])), job.touched.gone)
    if job.fresh is not None:
        rows = pa.concat_tables([rows, job.fresh]).unify_dictionaries()
    parts = parted(rows, table.spec(), table.schema())
    return [file for key, part in parts for file in writer.write(key, part)]


def _kept(rows: pa.Table, gone: pa.Array) -> pa.Table:
    return rows.filter(pc.invert(pc.is_in(numbers(rows.num_rows), gone)))


def _place(partition: Any) -> tuple[Any, ...]:
    return tuple(partition[at] for at in range(len(partition)))
