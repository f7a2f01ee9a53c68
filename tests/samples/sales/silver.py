"""Rows of silver from which products of `sales` are built, as the jobs would have made them."""

from tests.samples.silver import Rows

ROWS: dict[str, Rows] = {
    "orders": [
        ("o-1", "c-1", "a@b", "paid", "EUR", "10.00", "1", "2026-01-31T00:00:00Z", "2026-01-31T08:00:00Z"),
        ("o-2", "c-2", "a@b", "created", "EUR", "10.01", "2", "2026-01-31T23:59:59Z", "2026-01-31T23:59:59Z"),
        (
            "o-3",
            "c-1",
            "a@b",
            "cancelled",
            "EUR",
            "99.00",
            "9",
            "2026-01-31T12:00:00Z",
            "2026-02-02T12:00:00Z",
        ),
        ("o-4", "c-3", None, "shipped", "USD", "0.00", "1", "2026-01-31T12:00:00Z", "2026-02-01T12:00:00Z"),
        (
            "o-5",
            "c-1",
            "a@b",
            "paid",
            "EUR",
            "9999999999.99",
            "1",
            "2026-02-01T00:00:00Z",
            "2026-02-01T00:00:01Z",
        ),
    ]
}
