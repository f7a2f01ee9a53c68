"""A gold product made anew as a whole, and only where its input changed."""

import json
import shutil
import time
from datetime import date, timedelta
from pathlib import Path

from lakehouse_etl.gold import build as gold
from lakehouse_etl.job import runtime

from tools.bench.laptop import Laptop
from tools.bench.orders import FIRST_DAY

DAYS = 100
LOGS, PRODUCT = "bench/player_logs", "bench/player_minutes"
_ENTRIES = 5_000
"""Log entries a day."""


def full_and_incremental(laptop: Laptop) -> tuple[float, float]:
    """Return the seconds of a refresh of everything, and of one after late entries of a single day."""
    shutil.rmtree(laptop.bronze(LOGS).parents[1], ignore_errors=True)
    for id_ in (LOGS, PRODUCT):
        laptop.create(id_)
    for day in range(DAYS):
        _write(laptop.bronze(LOGS), day, range(_ENTRIES))
    laptop.to_silver(LOGS)
    first = _refresh(laptop, "all")
    _write(laptop.bronze(LOGS, hour=1), DAYS // 2, range(_ENTRIES, _ENTRIES + 500))
    laptop.to_silver(LOGS)
    return first, _refresh(laptop, "parts")


def _refresh(laptop: Laptop, extent: str) -> float:
    domain, _, name = PRODUCT.partition("/")
    [product] = [each for each in laptop.domain(domain).products if each.name == name]
    session = runtime.own_session(laptop.spark, **{"spark.sql.ansi.enabled": "true"})
    started = time.perf_counter()
    built = gold.build(session, product, f"run-{extent}")
    seconds = time.perf_counter() - started
    if not isinstance(built, gold.Built) or built.refreshed != extent:
        raise RuntimeError(f"{PRODUCT} was refreshed otherwise than expected: {built}")
    return seconds


def _write(folder: Path, day: int, numbers: range) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    played_on = date.fromisoformat(FIRST_DAY) + timedelta(days=day)
    lines = (json.dumps(_entry(played_on, number)) for number in numbers)
    (folder / f"logs-{day:03}.json").write_text("\n".join(lines) + "\n")


def _entry(day: date, number: int) -> dict[str, object]:
    clock = f"{number % 24:02}:{number // 24 % 60:02}:{number % 60:02}Z"
    return {
        "log_id": f"l-{day}-{number:06}",
        "player_id": f"p-{number % 97:03}",
        "session_id": f"s-{number % 389:06}",
        "event": ("login", "move", "fight", "trade", "logout")[number % 5],
        "points": number % 50,
        "logged_at": f"{day}T{clock}",
        "played_on": str(day),
        "sent_at": f"{day}T23:59:59Z",
    }
