"""What a question about one day reads: from raw JSON, and from silver before and after compaction."""

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
from pyiceberg.table import StaticTable

from lakehouse.model.dataset import Layer
from tools.bench import orders
from tools.bench.laptop import Laptop
from tools.bench.orders import FIRST_DAY, ORDERS, Batch

DAYS = 100
_LOADS = 8
_EVENTS = 2_500
"""Events a day and load."""

_ASKED = ("ordered_at", "amount", "currency", "status")
"""Columns of the question: how much was ordered on a day, by currency, without what was cancelled."""

_FOOTER_TAIL = 8
"""Bytes at the end of a Parquet file that tell how long its footer is:
https://parquet.apache.org/docs/file-format/"""


@dataclass(frozen=True)
class Read:
    """What a query reads."""

    files: int
    bytes: int


@dataclass(frozen=True)
class DayQuery:
    """One question, three ways."""

    raw: Read
    silver: Read
    compacted: Read


def day_query(laptop: Laptop) -> DayQuery:
    """Load a hundred days in several runs, each of which has events of all days; then compact."""
    folder = laptop.bronze(ORDERS).parents[1]
    shutil.rmtree(folder, ignore_errors=True)
    laptop.create(ORDERS)
    for load in range(_LOADS):
        events = DAYS * _EVENTS
        orders.write(laptop.bronze(ORDERS, hour=load), Batch(load * events, events, days=DAYS, updates=0))
        laptop.to_silver(ORDERS)
    objects = [path for path in folder.rglob("*") if path.is_file()]
    raw = Read(len(objects), sum(path.stat().st_size for path in objects))
    silver = _of_one_day(laptop)
    laptop.compact(ORDERS)
    return DayQuery(raw, silver, _of_one_day(laptop))


def _of_one_day(laptop: Laptop) -> Read:
    """Files that Iceberg's partitions and statistics leave over, and their footers and asked columns."""
    day = date.fromisoformat(FIRST_DAY) + timedelta(days=DAYS // 2)
    name = f"glue_catalog.{laptop.naming.database(Layer.SILVER, 'bench')}.orders"
    [newest] = (
        laptop.spark.newSession()
        .sql(f"SELECT file FROM {name}.metadata_log_entries ORDER BY timestamp DESC LIMIT 1")  # noqa: S608
        .collect()
    )
    asked = (
        f"ordered_at >= '{day}T00:00:00+00:00' AND ordered_at < '{day + timedelta(days=1)}T00:00:00+00:00'"
    )
    files = [task.file for task in StaticTable.from_metadata(newest.file).scan(asked).plan_files()]
    if not files:
        raise RuntimeError(f"{name} has no events of {day}")
    return Read(len(files), sum(_bytes(Path(file.file_path.removeprefix("file:"))) for file in files))


def _bytes(file: Path) -> int:
    footer = pq.read_metadata(file)
    asked = {at for at, name in enumerate(footer.schema.names) if name in _ASKED}
    chunks = sum(
        footer.row_group(group).column(at).total_compressed_size
        for group in range(footer.num_row_groups)
        for at in asked
    )
    return int(chunks + footer.serialized_size) + _FOOTER_TAIL
