"""Order events in the form in which Firehose leaves them in bronze, as many as wanted."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

ORDERS = "bench/orders"

EVENTS_PER_OBJECT = 62_500
"""About 10 MiB of JSON, less than a megabyte compressed."""

FIRST_DAY = "2026-01-01"


@dataclass(frozen=True)
class Batch:
    """Events of a number range: number n is an event of order n, or a newer one of an earlier order."""

    first: int
    events: int
    days: int = 30
    """Orders are placed on this many days, evenly spread."""
    first_day: str = FIRST_DAY
    updates: float = 0.03
    """Share of events that are another version of an earlier order."""
    faults: float = 0.005
    """Share of events that break the contract."""
    random_keys: bool = False
    """Whether orders have UUIDs in place of running numbers."""


def write(folder: Path, batch: Batch, *, compressed: bool = True) -> None:
    """Write the events as JSON lines into one ingest partition below `folder`, in objects of equal size."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        for at, start in enumerate(range(batch.first, batch.first + batch.events, EVENTS_PER_OBJECT)):
            end = min(start + EVENTS_PER_OBJECT, batch.first + batch.events)
            suffix, compression = ("json.gz", "gzip") if compressed else ("json", "none")
            path = folder / f"orders-{at:05}.{suffix}"
            connection.execute(f"COPY ({_events(batch, start, end)}) TO '{path}' ({_json(compression)})")


def _json(compression: str) -> str:
    return f"FORMAT json, COMPRESSION {compression}"


def _events(batch: Batch, start: int, end: int) -> str:
    """SQL that makes the events of a number range, the same whenever it runs."""

    def draw(number: str, purpose: int, below: str) -> str:
        return f"CAST(hash({number} * 16 + {purpose}) % ({below}) AS BIGINT)"

    of_million = 1_000_000
    key = "'O-' || lpad(CAST(o AS VARCHAR), 10, '0')"
    if batch.random_keys:
        key = "CAST(CAST(md5(CAST(o AS VARCHAR)) AS UUID) AS VARCHAR)"
    is_update = f"{draw('n', 0, str(of_million))} < {batch.updates * of_million:.0f}"
    is_faulty = f"{draw('n', 1, str(of_million))} < {batch.faults * of_million:.0f}"
    return f"""
        WITH numbered AS (
            SELECT range AS n, CASE WHEN {is_update} THEN {draw("n", 2, "range + 1")} ELSE n END AS o
            FROM range({start}, {end})),
        placed AS (
            SELECT *, {draw("o", 3, "100000")} AS customer,
                TIMESTAMP '{batch.first_day}' + to_seconds({draw("o", 4, str(batch.days * 86_400))}) AS placed
            FROM numbered)
        SELECT
            {key} AS order_id,
            'C-' || CAST(customer AS VARCHAR) AS customer_id,
            'customer' || CAST(customer AS VARCHAR) || '@example.com' AS customer_email,
            CASE WHEN {is_faulty} THEN 'teleported' WHEN o < n THEN 'shipped' ELSE 'paid' END AS status,
            ['EUR', 'GBP', 'USD'][1 + {draw("o", 5, "3")}] AS currency,
            CAST({draw("o", 6, "50000")} AS DOUBLE) / 100 AS amount,
            1 + {draw("o", 7, "9")} AS item_count,
            strftime(placed, '%Y-%m-%dT%H:%M:%SZ') AS ordered_at,
            strftime(placed + to_seconds(CASE WHEN o < n THEN 3600 ELSE 0 END), '%Y-%m-%dT%H:%M:%SZ')
                AS updated_at
        FROM placed
    """  # noqa: S608 (numbers of our own)
