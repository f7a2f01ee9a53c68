"""Gold of `cafe` says what its contracts promise."""

from decimal import Decimal

from tests.contract import duck


def test_menu_popularity_has_no_conversion_when_nobody_viewed_the_item(warehouse: duck.Connection) -> None:
    assert [
        (str(day), *figures) for day, *figures in duck.content(warehouse.table("gold_cafe.menu_popularity"))
    ] == [
        ("2026-01-31", "espresso", 3, 1, 1, Decimal("0.3333")),
        ("2026-02-01", "mocha", 0, 0, 1, None),
    ]
