"""What a run did to datasets of a kept lake, read from their tables.

`tools.lake.testing` finds the jobs' package.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc
from lakehouse_etl.judge.part import Source
from lakehouse_etl.tables.history import RUN_ID
from pyiceberg.table import StaticTable
from pyiceberg.table.snapshots import Snapshot

from lakehouse.model.dataset import Dataset, Format, Layer
from lakehouse.targets.iceberg import RESULTS_TABLE
from local.lake.lake import LocalLake
from local.lake.tables import open_table
from tools.lake.testing.lines import lines_of

_REFUSED = "quarantine "
_COUNTS = ("records-in", "accepted", "rejected", "superseded")
_SYSTEM = "_"
"""How the names of columns begin that no contract has."""


@dataclass(frozen=True)
class Result:
    """What one run did to a dataset, and what its table holds."""

    dataset: Dataset
    counts: Mapping[str, int]
    """Records of the run by what became of them; empty of a product."""
    rejected: pa.Table
    """Rows of quarantine that the run has added."""
    rules: list[dict[str, Any]]
    """Rules that the run measured and found broken, records by themselves aside."""
    total: int
    """Rows of the table."""
    rows: pa.Table
    """The first ones."""

    @property
    def reasons(self) -> dict[str, int]:
        """Rejected records of the run by reason."""
        return dict(Counter(self.rejected["reason"].to_pylist()).most_common()) if self.counts else {}


@dataclass(frozen=True)
class Before:
    """How the tables were before a run."""

    snapshots: Mapping[str, int | None]
    """Current snapshot of each table and, with `quarantine` in front, of its quarantine, by dataset."""
    measured: Mapping[str, int]
    """Rows of each table of quality results, by its name with its database."""


def before(lake: LocalLake, datasets: Iterable[Dataset]) -> Before:
    """Note how the tables are."""
    datasets = list(datasets)
    snapshots = {each.id: _current(_table(lake, each)) for each in datasets}
    snapshots |= {
        f"{_REFUSED}{each.id}": _current(_quarantine(lake, each)) for each in datasets if each.ingestion
    }
    results = {_results(lake, each) for each in datasets}
    return Before(snapshots, {name: _rows_of(open_table(lake.aws, *name.split("."))) for name in results})


def read(lake: LocalLake, dataset: Dataset, since: Before, most: int) -> Result:
    """Read what has happened to a dataset since then, with the first rows of its table."""
    table = _table(lake, dataset)
    counts: dict[str, int] = {}
    rejected = pa.table({})
    if dataset.ingestion:
        newer = list(_newer(table, since.snapshots[dataset.id]))
        counts = {name: sum(_count(snapshot, name) for snapshot in newer) for name in _COUNTS}
        rejected = _rejected(_quarantine(lake, dataset), since.snapshots[f"{_REFUSED}{dataset.id}"])
    names = [field.name for field in table.schema().fields if not field.name.startswith(_SYSTEM)]
    rows = table.scan(selected_fields=tuple(names), limit=most).to_arrow()
    if dataset.key:
        rows = rows.sort_by([(name, "ascending") for name in dataset.key])
    return Result(dataset, counts, rejected, _broken(lake, dataset, since), _rows_of(table), rows)


def rejected_of(lake: LocalLake, dataset: Dataset) -> pa.Table:
    """Return all rows of a dataset's quarantine."""
    return _quarantine(lake, dataset).scan().to_arrow()


def with_lines(
    lake: LocalLake, dataset: Dataset, rejected: pa.Table, given: Mapping[str, bytes] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Return rows of quarantine with the `file` and `line` of each record, as far as they can be told.

    Args:
        lake: The lake.
        dataset: Whose quarantine it is.
        rejected: The rows.
        given: Files that somebody has brought, by name; what is in none of them has the place in bronze.
    """
    by_object: dict[str, list[dict[str, Any]]] = {}
    for row in rejected.to_pylist():
        by_object.setdefault(row["source_object"], []).append(row)
    has_lines = dataset.ingestion is not None and dataset.ingestion.format is not Format.PARQUET
    found = []
    for uri, rows in sorted(by_object.items()):
        rows.sort(key=lambda row: (row["block_start"], row["position"]))
        body = _body(lake, uri) if has_lines else b""
        places = _placed(rows, {**given, uri.rpartition("/")[2]: body} if has_lines else {})
        found += [{**row, **place} for row, place in zip(rows, places, strict=True)]
    return found


def _placed(rows: list[dict[str, Any]], files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return the file and line of each row, of the first file that has it."""
    places = [{"file": row["source_object"].rpartition("/")[2], "line": None} for row in rows]
    for name, body in files.items():
        left = [at for at, place in enumerate(places) if place["line"] is None]
        lines = lines_of(Source(name, body), [rows[at]["raw"] for at in left])
        for at, line in zip(left, lines, strict=True):
            if line is not None:
                places[at] = {"file": name, "line": line}
    return places


def _body(lake: LocalLake, uri: str) -> bytes:
    place = urlsplit(uri)
    return bytes(lake.aws.client("s3").get_object(Bucket=place.netloc, Key=place.path[1:])["Body"].read())


def _rejected(quarantine: StaticTable, known: int | None) -> pa.Table:
    runs = {str(each.summary[RUN_ID]) for each in _newer(quarantine, known) if each.summary}
    rows = quarantine.scan().to_arrow()
    return rows.filter(pc.is_in(rows["run_id"], pa.array(sorted(runs), pa.string())))


def _quarantine(lake: LocalLake, dataset: Dataset) -> StaticTable:
    return open_table(lake.aws, lake.naming.database(Layer.QUARANTINE, dataset.domain), dataset.name)


def _broken(lake: LocalLake, dataset: Dataset, since: Before) -> list[dict[str, Any]]:
    name = _results(lake, dataset)
    table = open_table(lake.aws, *name.split("."))
    if _rows_of(table) == since.measured[name]:
        return []
    rows = table.scan(row_filter=f"dataset = '{dataset.id}' and outcome = 'failed'").to_arrow().to_pylist()
    newest = max((row["measured_at"] for row in rows), default=None)
    return [row for row in rows if row["measured_at"] == newest]


def _table(lake: LocalLake, dataset: Dataset) -> StaticTable:
    return open_table(lake.aws, lake.naming.database(dataset.layer, dataset.domain), dataset.name)


def _results(lake: LocalLake, dataset: Dataset) -> str:
    return f"{lake.naming.database(dataset.layer, dataset.domain)}.{RESULTS_TABLE}"


def _current(table: StaticTable) -> int | None:
    snapshot = table.metadata.current_snapshot()
    return snapshot.snapshot_id if snapshot else None


def _rows_of(table: StaticTable) -> int:
    snapshot = table.metadata.current_snapshot()
    return int(snapshot.summary["total-records"] or 0) if snapshot and snapshot.summary else 0


def _newer(table: StaticTable, known: int | None) -> Iterable[Snapshot]:
    """Yield the snapshots that came after a known one, newest first."""
    snapshot = table.metadata.current_snapshot()
    while snapshot and snapshot.snapshot_id != known:
        yield snapshot
        parent = snapshot.parent_snapshot_id
        snapshot = table.metadata.snapshot_by_id(parent) if parent else None


def _count(snapshot: Snapshot, name: str) -> int:
    return int(snapshot.summary[f"lake.{name}"] or 0) if snapshot.summary else 0
