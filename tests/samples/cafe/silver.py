"""Rows of silver from which products of `cafe` are built, as the jobs would have made them."""

from tests.samples.silver import Rows

ROWS: dict[str, Rows] = {
    "menu_clicks": [
        ("e-1", "s-1", "2026-01-31T08:00:00Z", "drinks", "espresso", "coffee", "view", "2.20", "tablet"),
        ("e-2", "s-1", "2026-01-31T08:01:00Z", "drinks", "espresso", "coffee", "view", "2.20", "tablet"),
        ("e-3", "s-2", "2026-01-31T08:02:00Z", "drinks", "espresso", "coffee", "view", "2.20", "phone"),
        ("e-4", "s-2", "2026-01-31T08:03:00Z", "drinks", "espresso", "coffee", "add", "2.20", "phone"),
        ("e-5", "s-2", "2026-01-31T08:04:00Z", "drinks", "espresso", "coffee", "remove", "2.20", "phone"),
        ("e-6", "s-1", "2026-01-31T08:05:00Z", "drinks", "espresso", "coffee", "order", "2.20", "tablet"),
        ("e-7", "s-1", "2026-01-31T08:06:00Z", "drinks", None, None, "view", None, None),
        ("e-8", "s-3", "2026-02-01T08:00:00Z", "drinks", "mocha", "coffee", "order", "3.80", "tablet"),
    ]
}
