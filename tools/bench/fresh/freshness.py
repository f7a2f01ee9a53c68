"""How long objects take from bronze to silver in a deployed lake whose function takes what is new at once.

Objects come one a second, then many at once. An object is in silver when a reader of the catalogue sees the
commit that holds its rows; each waits from the moment at which its upload began.
"""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from pyiceberg.table import StaticTable

from lakehouse.layout.paths import ingest_partition_of
from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from local.lake.tables import open_table
from tools.bench.fresh.project import make_project, object_bodies
from tools.bench.fresh.watch import Watch, sources
from tools.bench.orders import ORDERS

_PATIENCE = 180.0
"""Seconds after the last object in which all have to be in silver."""

_UPLOADS = 4
"""Objects of a burst that are uploaded at the same time."""


@dataclass(frozen=True)
class Load:
    """What comes into bronze."""

    seconds: int
    """How long one object a second comes."""
    burst: int
    """Objects that come at once after that."""


@dataclass(frozen=True)
class Freshness:
    """Seconds from bronze to silver, and what they cost."""

    steady: Sequence[float]
    """Seconds of each object that came alone, in their order."""
    burst: Sequence[float]
    """Seconds of each object of the burst."""
    commits: int
    files: int
    """Data files of the table in the end."""

    @property
    def p95(self) -> float:
        """Seconds in which 95 % of all objects are in silver."""
        return _percentiles([*self.steady, *self.burst])[94]

    def __str__(self) -> str:
        """Tell the percentiles of both loads."""
        told = [
            f"{name}: {len(found)} objects, p50 {of[49]:.1f} s, p95 {of[94]:.1f} s, max {max(found):.1f} s"
            for name, found in (("one a second", self.steady), ("burst", self.burst))
            for of in [_percentiles(found)]
        ]
        return f"{'; '.join(told)}; {self.commits} commits, {self.files} files, every row as it was sent"


def _percentiles(values: Sequence[float]) -> list[float]:
    return quantiles(values, n=100, method="inclusive")


def freshness(folder: Path, load: Load) -> Freshness:
    """Deploy a lake, have objects come, and see when they are in silver.

    Raises:
        RuntimeError: Rows are missing, or differ from what was sent.
    """
    with EmbeddedAws(folder / "aws-fresh", port=0) as aws:
        lake = LocalLake(aws, make_project(folder / "project"))
        lake.synthesize()
        lake.deploy()
        return _measured(lake, load)


def _measured(lake: LocalLake, load: Load) -> Freshness:
    bodies = object_bodies(load.seconds + load.burst)
    watch = Watch(lake.aws, lake.naming.database(Layer.SILVER, "bench"))
    with watch.watching():
        sent = _steady(lake, bodies[: load.seconds])
        with ThreadPoolExecutor(_UPLOADS) as pool:
            burst = dict(pool.map(lambda body: _put(lake, body), bodies[load.seconds :]))
        table = _whole(lake, watch.database, len(bodies))
    _check(table, bodies)
    seen = watch.objects()
    commits = len(table.metadata.snapshots)
    steady, at_once = ([seen[uri] - instant for uri, instant in each.items()] for each in (sent, burst))
    return Freshness(steady, at_once, commits, len(list(table.scan().plan_files())))


def _steady(lake: LocalLake, bodies: Sequence[bytes]) -> dict[str, float]:
    """Put an object into bronze each second, and tell when."""
    started = time.monotonic()
    sent = {}
    for number, body in enumerate(bodies):
        time.sleep(max(0.0, started + number - time.monotonic()))
        uri, instant = _put(lake, body)
        sent[uri] = instant
    return sent


def _put(lake: LocalLake, body: bytes) -> tuple[str, float]:
    """Put an object into bronze, and return its URI and when that began."""
    bucket = lake.naming.bucket(Layer.BRONZE)
    key = f"{ORDERS}/{ingest_partition_of(datetime.now(UTC))}{hashlib.sha256(body).hexdigest()}.json"
    instant = time.monotonic()
    lake.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    return f"s3://{bucket}/{key}", instant


def _whole(lake: LocalLake, database: str, objects: int) -> StaticTable:
    """Wait until the table has the rows of all objects."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        table = open_table(lake.aws, database, "orders")
        if len(sources(table)) == objects:
            return table
        if time.monotonic() > deadline:
            raise RuntimeError(f"{len(sources(table))} of {objects} objects are in silver")
        time.sleep(1)


def _check(table: StaticTable, bodies: Sequence[bytes]) -> None:
    """Compare rows and their checksum with what was sent."""
    names = ("order_id", "status", "currency", "item_count", "amount", "updated_at")
    rows = table.scan(selected_fields=names).to_arrow().select(names).to_pylist()
    found = [tuple(map(_told, row.values())) for row in rows]
    sent = [_sent(json.loads(line), names) for body in bodies for line in body.splitlines()]
    if (len(found), _checksum(found)) != (len(sent), _checksum(sent)):
        raise RuntimeError(f"{len(found)} rows are in silver, and differ from the {len(sent)} that were sent")


def _told(value: object) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else str(value)


def _sent(record: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{record[name]:.2f}" if name == "amount" else str(record[name]) for name in names)


def _checksum(rows: Sequence[tuple[str, ...]]) -> str:
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()
