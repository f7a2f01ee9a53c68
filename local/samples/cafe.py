"""A café: clicks on its digital menu, the same on every run."""

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from local.feed.events import ABSENT, EventFault, arrive, records, some_time
from local.feed.expected import Expected, expect
from local.feed.samples import DomainSamples, Question, Records
from tools.records.sample import Row, Sample

_NO_ITEM = 0.06
_MENU = {
    "Coffee": (("Espresso", "2.40"), ("Flat white", "3.80"), ("Cappuccino", "3.60")),
    "Breakfast": (("Croissant", "2.90"), ("Porridge", "5.50"), ("Shakshuka", "9.80")),
    "Cake": (("Käsekuchen", "4.20"), ("Brownie", "3.50")),
}
_ACTIONS = ("view", "view", "view", "add", "add", "remove", "order")
_DEVICES = ("tablet", "phone", "kiosk")
_FAULTS: tuple[EventFault, ...] = (
    ("malformed_json", {}),
    ("bad_timestamp", {"occurred_at": "noon"}),
    ("missing_required", {"session_id": ABSENT}),
    ("not_allowed", {"action": "stare"}),
    ("out_of_range", {"price": -1.5}),
    ("bad_length", {"page": "x" * 201}),
)


def menu_clicks(events: int = 3000, seed: int = 1906) -> list[Sample]:
    """Make clicks on the digital menu of a café in the order of arrival, some twice, some faulty."""
    return arrive(random.Random(seed), events, _rows, "occurred_at", _FAULTS)  # noqa: S311 (no secret)


def expected_menu_clicks(samples: Iterable[Sample], before: Mapping[str, Row] | None = None) -> Expected:
    """Tell what a run over these samples must do to the table that a former run left."""
    return expect(samples, key="event_id", clock="occurred_at", before=before)


def _rows(rng: random.Random) -> Iterator[Row]:
    for number in count(1):
        at = some_time(rng)
        visit = {"session_id": f"s-{number:06}", "device": rng.choice(_DEVICES)}
        for _ in range(rng.randint(1, 9)):
            at += timedelta(seconds=rng.randint(1, 120))
            event_id = str(UUID(int=rng.getrandbits(128), version=4))
            yield {"event_id": event_id, **visit, "occurred_at": at, **_click(rng)}


def _click(rng: random.Random) -> Row:
    category = rng.choice(tuple(_MENU))
    if rng.random() < _NO_ITEM:
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


def _click_records() -> Records:
    samples = menu_clicks()
    return records(samples, expected_menu_clicks(samples))


SAMPLES = DomainSamples(
    {"menu_clicks": _click_records},
    [
        Question(
            "menu_popularity",
            "What do guests look at and then order?",
            "SELECT menu_item, sum(views) AS views, sum(orders) AS orders FROM menu_popularity "
            "GROUP BY menu_item ORDER BY orders DESC, menu_item LIMIT 5",
            answer=[
                ("Brownie", "190", "63"),
                ("Espresso", "136", "51"),
                ("Croissant", "109", "49"),
                ("Flat white", "147", "47"),
                ("Käsekuchen", "185", "44"),
            ],
        )
    ],
)
