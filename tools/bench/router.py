"""The landing router against the embedded AWS's S3: as many calls as on AWS, without its network."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from landing_router.copying import Copier
from landing_router.logic import Arrival
from landing_router.mover import Mover, Outcome
from landing_router.routes import Route
from landing_router.settings import Settings

from lakehouse.layout.paths import OBJECT_CREATED
from local.emulator.launcher import EmbeddedAws

_FILES = 100
_BODY = b"year,month,day,carrier\n" + b"2013,1,1,UA\n" * 800
"""About 10 kB."""

_ROLES = ("landing", "bronze", "quarantine")


def objects_per_s(folder: Path) -> float:
    """Files of 10 kB that one router moves, checks and removes in a second, one after the other."""
    with _s3(folder) as s3:
        settings = Settings("routes", "routes", "bench-bronze", "bench-quarantine")
        routes = {"bench/departures": Route("csv", "bench/_requests/departures/")}
        mover = Mover(s3, settings, routes, Copier(s3))
        arrivals = [_drop(s3, f"bench/departures/{number}.csv") for number in range(_FILES)]
        started = time.perf_counter()
        moves = [mover.move(arrival) for arrival in arrivals]
        seconds = time.perf_counter() - started
    if {move.outcome for move in moves} != {Outcome.ROUTED}:
        raise RuntimeError(f"the router refused files: {moves}")
    return _FILES / seconds


@contextmanager
def _s3(folder: Path) -> Iterator[Any]:
    aws = EmbeddedAws(folder / "aws")
    aws.start()
    try:
        s3 = aws.client("s3")
        for role in _ROLES:
            s3.create_bucket(Bucket=f"bench-{role}")
            s3.put_bucket_versioning(Bucket=f"bench-{role}", VersioningConfiguration={"Status": "Enabled"})
        yield s3
    finally:
        aws.stop()


def _drop(s3: Any, key: str) -> Arrival:
    answer = s3.put_object(Bucket="bench-landing", Key=key, Body=_BODY)
    return Arrival.from_event(json.dumps(_event(key, answer)))


def _event(key: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """What EventBridge says of an upload."""
    created = {
        "key": key,
        "size": len(_BODY),
        "etag": answer["ETag"].strip('"'),
        "version-id": answer["VersionId"],
        "sequencer": "01",
    }
    return {
        "detail-type": OBJECT_CREATED,
        "time": datetime.now(UTC).isoformat(),
        "detail": {"bucket": {"name": "bench-landing"}, "object": created},
    }
