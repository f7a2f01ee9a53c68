"""A web shop: events of its orders, the same on every run."""

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import count

from local.feed.events import ABSENT, EventFault, arrive, records, some_time
from local.feed.expected import Expected, expect
from local.feed.samples import DomainSamples, Question, Records
from tools.records.sample import Row, Sample

_NO_ADDRESS = 0.06
_FIRST_NAMES = ("ada", "björn", "carla", "deniz", "emil", "farah", "grace", "hugo", "ines", "jamal")
_LAST_NAMES = ("lovelace", "novak", "okafor", "petit", "quinn", "rossi", "schmidt", "tanaka", "usman", "vega")
_MAIL_DOMAINS = ("example.com", "example.org")
_CURRENCIES = ("EUR", "EUR", "EUR", "GBP", "USD")
_COURSES = (("created",), ("created", "paid"), ("created", "paid", "shipped"), ("created", "cancelled"))
_FAULTS: tuple[EventFault, ...] = (
    ("malformed_json", {}),
    ("wrong_type", {"item_count": "three"}),
    ("wrong_type", {"amount": {"value": 5}}),
    ("bad_timestamp", {"updated_at": "2026-13-45T99:00:00Z"}),
    ("bad_timestamp", {"ordered_at": "yesterday"}),
    ("missing_required", {"customer_id": None}),
    ("missing_required", {"status": ABSENT}),
    ("not_allowed", {"status": "teleported"}),
    ("out_of_range", {"amount": -5.25}),
    ("out_of_range", {"item_count": 0}),
    ("pattern_mismatch", {"currency": "euro"}),
    ("pattern_mismatch", {"customer_email": "nobody"}),
    ("bad_length", {"customer_id": "C-" + "9" * 60}),
)


def orders(events: int = 5000, seed: int = 1815) -> list[Sample]:
    """Make events of web shop orders in the order in which they arrive.

    Orders change (created, paid, shipped or cancelled), some events arrive late, some repeat exactly, and one
    in twenty is faulty: a later update of an order that exists, so that it would win if it were accepted.
    """
    return arrive(random.Random(seed), events, _rows, "updated_at", _FAULTS)  # noqa: S311 (no secret)


def expected_orders(samples: Iterable[Sample], before: Mapping[str, Row] | None = None) -> Expected:
    """Tell what a run over these samples must do to the table that a former run left."""
    return expect(samples, key="order_id", clock="updated_at", before=before)


def _rows(rng: random.Random) -> Iterator[Row]:
    customers = [(f"C-{number:04}", _address(rng, number)) for number in range(400)]
    for number in count(1):
        customer, address = rng.choice(customers)
        placed = some_time(rng)
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
    if rng.random() < _NO_ADDRESS:
        return None
    name = f"{rng.choice(_FIRST_NAMES)}.{rng.choice(_LAST_NAMES)}{number}"
    return f"{name}@{rng.choice(_MAIL_DOMAINS)}"


def _order_records() -> Records:
    samples = orders()
    return records(samples, expected_orders(samples))


SAMPLES = DomainSamples(
    {"orders": _order_records},
    [
        Question(
            "daily_sales",
            "Which days brought the most revenue?",
            "SELECT order_date, currency, orders, revenue FROM daily_sales "
            "ORDER BY revenue DESC, order_date LIMIT 5",
            answer=[
                ("2026-01-16", "EUR", "53", "13596.32"),
                ("2026-01-15", "EUR", "49", "12762.23"),
                ("2026-01-13", "EUR", "45", "12194.75"),
                ("2026-01-07", "EUR", "42", "11633.58"),
                ("2026-01-28", "EUR", "41", "11264.13"),
            ],
        )
    ],
)
