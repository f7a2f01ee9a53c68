"""Gold of `flights` says what its contracts promise."""

from tests.contract import duck


def test_carrier_delays_count_every_flight_once_when_they_are_grouped(warehouse: duck.Connection) -> None:
    totals = warehouse.execute(
        "SELECT SUM(flights), SUM(cancelled), COUNT(DISTINCT carrier), COUNT(airline) - COUNT(*) "
        "FROM gold_flights.carrier_delays"
    ).fetchall()
    assert totals == [(336776, 8255, 16, 0)]
