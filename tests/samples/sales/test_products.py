"""Gold of `sales` says what its contracts promise."""

from decimal import Decimal

from tests.contract import duck


def test_daily_sales_leave_out_cancelled_orders_when_they_are_summed(warehouse: duck.Connection) -> None:
    assert [
        (str(day), *figures) for day, *figures in duck.content(warehouse.table("gold_sales.daily_sales"))
    ] == [
        ("2026-01-31", "EUR", 2, Decimal("20.01"), 3, Decimal("10.01")),
        ("2026-01-31", "USD", 1, Decimal("0.00"), 1, Decimal("0.00")),
        ("2026-02-01", "EUR", 1, Decimal("9999999999.99"), 1, Decimal("9999999999.99")),
    ]
