"""Rows of silver from which products of `bank` are built, as the jobs would have made them."""

from tests.samples.silver import Rows

ROWS: dict[str, Rows] = {
    "accounts": [
        ("ABC-000001", "h1", "h2", "Lisbon", "EUR", "100.50", "open", "2020-02-29", "500"),
        ("ABC-000002", "h3", "h4", "Lisbon", "EUR", "-20.25", "blocked", "2021-01-01", None),
        ("ABC-000003", "h5", "h6", "Lisbon", "USD", "7.00", "open", "2021-01-01", None),
        ("ABC-000004", "h7", "h8", "Porto", "EUR", "0.00", "closed", "2019-01-01", None),
    ],
    "transactions": [
        ("ABC-000001", "1", "120.50", "2026-01-31T08:00:00Z", None),
        ("ABC-000001", "2", "-20.00", "2026-01-31T09:00:00Z", "rent"),
        ("ABC-000003", "1", "7.00", "2026-01-31T10:00:00Z", None),
        ("ABC-000004", "1", "9.00", "2026-01-31T11:00:00Z", None),
    ],
}
