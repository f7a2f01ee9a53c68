"""What a thousand new records cost on a table of a million: in a process that stays, and in a new one."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from tools.bench import orders
from tools.bench.laptop import Laptop
from tools.bench.native.lake import NativeLake
from tools.bench.orders import ORDERS, Batch

_KNOWN, _NEW = 1_000_000, 1_000
_RUNS = 3

_SPARK = """
import sys
from pathlib import Path
from tools.bench.laptop import laptop
from tools.bench.orders import ORDERS
with laptop(Path(sys.argv[1])) as lake:
    if lake.to_silver(ORDERS).counts.records_in != int(sys.argv[2]):
        sys.exit("the job did not find the new records")
"""


@dataclass(frozen=True)
class Small:
    """What little costs."""

    seconds: float
    """Median of runs."""
    first: float
    """Seconds from the start of a process to the end of its first run."""


@dataclass(frozen=True)
class _Place:
    """Where objects and tables are."""

    start: Callable[[], NativeLake]
    put: Callable[[int, Batch], None]
    """Write a batch into bronze, in an hour of its own."""


def on_files(laptop: Laptop, known: int = _KNOWN) -> Small:
    """Measure without Spark, on local files; `known` is the number of records that the table has before."""
    start = lambda: laptop.without_spark(ORDERS)  # noqa: E731
    return _measured(laptop, _Place(start, lambda hour, batch: _put(laptop, hour, batch)), known)


def on_aws(laptop: Laptop) -> Small:
    """Measure without Spark, on the embedded AWS's S3 and Glue catalogue."""
    with _aws(laptop) as place:
        return _measured(laptop, place, _KNOWN)


def first_of_spark(laptop: Laptop) -> float:
    """Return the seconds from the start of a process to the end of its first run on Spark, on local files."""
    shutil.rmtree(laptop.bronze(ORDERS).parents[1], ignore_errors=True)
    laptop.create(ORDERS)
    _put(laptop, 0, Batch(0, _KNOWN))
    laptop.to_silver(ORDERS)
    _put(laptop, 1, Batch(_KNOWN, _NEW))
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", _SPARK, str(laptop.folder), str(_NEW)]
    started = time.perf_counter()
    subprocess.run(command, cwd=PROJECT_ROOT, env=variables, check=True)
    return time.perf_counter() - started


def _put(laptop: Laptop, hour: int, batch: Batch) -> None:
    orders.write(laptop.bronze(ORDERS, hour=hour), batch)


def _measured(laptop: Laptop, place: _Place, known: int) -> Small:
    shutil.rmtree(laptop.bronze(ORDERS).parents[1], ignore_errors=True)
    stays = place.start()
    stays.create(laptop.tables(ORDERS))
    place.put(0, Batch(0, known))
    stays.run()
    seconds = []
    for hour in range(1, 1 + _RUNS):
        place.put(hour, Batch(known + hour * _NEW, _NEW))
        seconds.append(_checked(stays))
    stays.close()
    place.put(1 + _RUNS, Batch(known + (1 + _RUNS) * _NEW, _NEW))
    started = time.perf_counter()
    fresh = place.start()
    _checked(fresh)
    first = time.perf_counter() - started
    fresh.close()
    return Small(median(seconds), first)


def _checked(lake: NativeLake) -> float:
    done = lake.run()
    if done.records_in != _NEW:
        raise RuntimeError(f"the job found {done.records_in} records, where {_NEW} lie")
    return done.seconds


@contextmanager
def _aws(laptop: Laptop) -> Iterator[_Place]:
    with EmbeddedAws(laptop.folder / "aws-small", port=0) as aws:
        s3 = aws.client("s3")
        for layer in (Layer.BRONZE, Layer.SILVER, Layer.QUARANTINE):
            s3.create_bucket(Bucket=laptop.naming.bucket(layer))
        bronze = laptop.folder / laptop.naming.bucket(Layer.BRONZE)
        manifest = laptop.folder / "on-aws.json"
        manifest.write_bytes(laptop.document("bench"))

        def put(hour: int, batch: Batch) -> None:
            folder = laptop.bronze(ORDERS, hour=hour)
            orders.write(folder, batch)
            for path in sorted(folder.iterdir()):
                s3.upload_file(str(path), bronze.name, str(path.relative_to(bronze)))
            shutil.rmtree(folder)

        yield _Place(lambda: NativeLake(manifest, "orders", environment=aws.environment()), put)
