"""Gold of `devices` says what its contracts promise."""

from tests.contract import duck


def test_ward_load_counts_alarms_of_the_monitors_of_a_day(warehouse: duck.Connection) -> None:
    assert [
        (str(day), *figures) for day, *figures in duck.content(warehouse.table("gold_devices.ward_load"))
    ] == [
        ("2026-01-31", "north", 2, 3, 2),
        ("2026-02-01", "south", 1, 1, 0),
    ]
