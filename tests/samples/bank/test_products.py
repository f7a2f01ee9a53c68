"""Gold of `bank` says what its contracts promise."""

from decimal import Decimal

from tests.contract import duck


def test_balances_leave_out_closed_accounts_and_keep_those_without_bookings(
    warehouse: duck.Connection,
) -> None:
    assert duck.content(warehouse.table("gold_bank.balances_by_branch")) == [
        ("Lisbon", "EUR", 2, Decimal("80.25"), Decimal("100.50"), 2),
        ("Lisbon", "USD", 1, Decimal("7.00"), Decimal("7.00"), 1),
    ]
