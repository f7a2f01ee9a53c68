"""How long objects take from bronze to silver in a deployed lake whose function takes what is new at once.

Objects come one a second, then many at once. An object is in silver when a reader of the catalogue sees the
commit that holds its rows; each waits from the moment at which its upload began.
"""

import hashlib
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

import yaml
from pyiceberg.table import StaticTable

from config.load import PROJECT_ROOT
from lakehouse.layout.paths import ingest_partition_of
from lakehouse.model.dataset import Layer
from local.emulator import object_io
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from local.lake.tables import open_table
from tools.bench import orders
from tools.bench.laptop import CONTRACTS_ROOT
from tools.bench.orders import ORDERS, Batch
from tools.bench.scale_project import copy_code
from tools.package.layer import build_layer, layer_of
from tools.package.targets import LAPTOP

_RECORDS = 20
"""Records of an object."""

_FUNCTION = {
    "max_mebibytes": 64,
    "memory_mebibytes": 2048,
    "timeout_seconds": 300,
    "storage_mebibytes": 512,
    "gather_seconds": 1,
    "python": LAPTOP.python,
    "architecture": LAPTOP.architecture,
}
_AFTER_MINUTES = 15
"""When the pipeline takes over what the function leaves, which is after all is measured."""

_LOOKS = 0.2
"""Seconds between two looks into the catalogue."""

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


@dataclass
class _Watch:
    """When versions of a table were seen first."""

    aws: EmbeddedAws
    database: str
    seen: dict[str, float] = field(default_factory=dict)
    """By the place of the version's metadata."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look into the catalogue until the block ends."""
        ended = threading.Event()
        glue = self.aws.client("glue")

        def watch() -> None:
            while not ended.wait(_LOOKS):
                table = glue.get_table(DatabaseName=self.database, Name="orders")["Table"]
                self.seen.setdefault(table["Parameters"]["metadata_location"], time.monotonic())

        with ThreadPoolExecutor(1) as pool:
            watcher = pool.submit(watch)
            try:
                yield
            finally:
                ended.set()
            watcher.result()

    def objects(self) -> dict[str, float]:
        """Tell when the rows of each object were seen first."""
        s3 = self.aws.client("s3")
        found: dict[str, float] = {}
        known = None
        for place, instant in self.seen.items():
            table = object_io.open_table(s3, place)
            if table.metadata.current_snapshot_id != known:
                known = table.metadata.current_snapshot_id
                for source in _sources(table):
                    found.setdefault(source, instant)
        return found


def _sources(table: StaticTable) -> list[str]:
    rows = table.scan(selected_fields=("_source_object",)).to_arrow()
    return list(rows["_source_object"].unique().to_pylist())


def freshness(folder: Path, load: Load) -> Freshness:
    """Deploy a lake, have objects come, and see when they are in silver.

    Raises:
        RuntimeError: Rows are missing, or differ from what was sent.
    """
    with EmbeddedAws(folder / "aws-fresh", port=0) as aws:
        lake = LocalLake(aws, _project(folder / "project"))
        lake.synthesize()
        lake.deploy()
        return _measured(lake, load)


def _measured(lake: LocalLake, load: Load) -> Freshness:
    bodies = _bodies(load.seconds + load.burst)
    watch = _Watch(lake.aws, lake.naming.database(Layer.SILVER, "bench"))
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
        if len(_sources(table)) == objects:
            return table
        if time.monotonic() > deadline:
            raise RuntimeError(f"{len(_sources(table))} of {objects} objects are in silver")
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


def _bodies(count: int) -> list[bytes]:
    """Return what objects hold: orders that are all different, and all good."""
    with tempfile.TemporaryDirectory() as folder:
        orders.write(Path(folder), Batch(0, count * _RECORDS, updates=0, faults=0), compressed=False)
        lines = [line for path in sorted(Path(folder).iterdir()) for line in path.read_bytes().splitlines()]
    return [b"\n".join(lines[at : at + _RECORDS]) + b"\n" for at in range(0, len(lines), _RECORDS)]


def _project(root: Path) -> Path:
    """Write a project of the bench's contracts, whose function is on."""
    if not layer_of(LAPTOP).is_file():
        build_layer(LAPTOP)
    root.mkdir(parents=True)
    copy_code(root)
    shutil.copytree(CONTRACTS_ROOT / "contracts", root / "contracts")
    (root / ".build").symlink_to(PROJECT_ROOT / ".build")  # wheels and layers
    path = root / "config" / "environments" / "local.yaml"
    settings = yaml.safe_load(path.read_text())
    settings["processing"] |= {"function": _FUNCTION, "arrival_minutes": _AFTER_MINUTES}
    path.write_text(yaml.safe_dump(settings, sort_keys=False))
    return root
