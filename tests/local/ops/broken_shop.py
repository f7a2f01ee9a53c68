"""A lake some of whose rows are wrong, with all that is made of them, and something that is not."""

import json
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml
from pyiceberg.expressions import In

from lakehouse.model.dataset import Layer
from local.lake.lake import LocalLake
from local.lake.tables import open_table
from tests.local.lake.project_copy import copy_project
from tests.local.ops.shop import COMMAND, Shop
from tests.local.writable_catalog import WritableCatalog
from tests.unit.lakehouse.project import Json, column, product, source

DAYS = [f"2026-01-0{day}" for day in (1, 2, 3, 4)]
_IN: Any = In
"""Its types are those of parsed expressions, not of the values that it takes."""
_FILES: Json = {"mode": "files", "format": "json"}
_DAY = column("day", "date", required=True)
_TOTAL = column("total", "integer", "long")


def _in_parts(input_: str) -> Json:
    refresh = {"input": input_, "column": "day"}
    return {"write": "overwrite_partitions", "refresh": refresh, "partition": ["day"]}


ORDERS = source("shop/orders", _DAY, column("amount", "integer", "int"), ingestion=_FILES, partition=["day"])
CLIENTS = source("shop/clients", column("name"), ingestion=_FILES)
DAILY = product("shop/daily", _DAY, _TOTAL, **_in_parts("shop/orders"))
PEAKS = product("shop/peaks", _DAY, _TOTAL, **_in_parts("shop/daily"))
GRAND = product("shop/grand", _TOTAL)
NAMES = product("shop/names", column("name"))
SUMMARY = product("board/summary", _TOTAL)
CONTRACTS = (ORDERS, CLIENTS, DAILY, PEAKS, GRAND, NAMES, SUMMARY)
SQL = {
    "shop/daily": "SELECT CAST(day AS string) AS order_id, day, sum(amount) AS total "
    "FROM silver_shop.orders GROUP BY day",
    "shop/peaks": "SELECT order_id, day, total FROM gold_shop.daily WHERE total > 0",
    "shop/grand": "SELECT 'all' AS order_id, sum(amount) AS total FROM silver_shop.orders",
    "shop/names": "SELECT order_id, name FROM silver_shop.clients",
    "board/summary": "SELECT 'all' AS order_id, sum(total) AS total FROM gold_shop.peaks",
}
GOLD = {"shop": ("daily", "peaks", "grand", "names"), "board": ("summary",)}


def lines(records: Iterable[Json]) -> bytes:
    """Write records as a file has them."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def order(number: int) -> Json:
    """Return the order of a number, as its source says it."""
    return {"order_id": f"o{number:02}", "day": DAYS[number % len(DAYS)], "amount": 10 + number}


def make_project(folder: Path) -> Path:
    """Write the project, whose pipelines are started by hand alone."""
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    path = root / "config/environments/local.yaml"
    settings = yaml.safe_load(path.read_text())
    settings["processing"] |= {"schedule": None, "arrival_minutes": None}
    settings["processing"]["function"]["gather_seconds"] = None
    settings["people"]["repairers"] = ["root"]
    path.write_text(yaml.safe_dump(settings, sort_keys=False))
    for name, sql in SQL.items():
        file = root / "contracts" / f"{name}.sql"
        file.parent.mkdir(exist_ok=True)
        file.write_text(sql)
    return root


@dataclass
class BrokenShop(Shop):
    """The lake, and what tells how it stands."""

    def fill(self, count: int) -> LocalLake:
        """Deploy, let so many orders come in two files, and build everything."""
        self.write(*CONTRACTS)
        lake = self.deploy()
        orders = [order(number) for number in range(count)]
        clients = [{"order_id": "c1", "name": "Ada"}]
        files = {"orders/a": orders[::2], "orders/b": orders[1::2], "clients/a": clients}
        lake.drop({f"shop/{name}.json": lines(records) for name, records in files.items()})
        lake.run_pipelines(["shop", "board"])
        return lake

    def spoil(self, *numbers: int) -> None:
        """Write wrong amounts into silver, and build the products of them."""
        self.rewrite("amount", -1, *numbers)
        self.lake.run_pipelines(["shop", "board"])

    def rewrite(self, column: str, value: object, *numbers: int) -> None:
        """Put a value into rows of silver, behind the pipeline's back."""
        catalog = WritableCatalog(self.aws)
        table = catalog.load_table((self.lake.naming.database(Layer.SILVER, "shop"), "orders"))
        chosen = _IN("order_id", [order(number)["order_id"] for number in numbers])
        rows = table.scan(row_filter=chosen).to_arrow()
        assert rows.num_rows == len(numbers)
        at = rows.schema.get_field_index(column)
        field = rows.schema.field(at)
        table.overwrite(
            rows.set_column(at, field, pa.array([value] * len(numbers), field.type)), overwrite_filter=chosen
        )

    def repair(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Run the command under its role; returns its items by name."""
        role = self.lake.naming.resource("repairer")
        return self.ops("repair", "shop/orders", *arguments, code=code, role=role)

    def refused(self, *arguments: str) -> str:
        """Run the command, which has to refuse, and return what it tells people."""
        keys = self.keys(self.lake.naming.resource("repairer"))
        done = subprocess.run(
            [*COMMAND, "repair", *arguments, "--env", "local", "--root", str(self.root)],
            env={
                **self.aws.environment(),
                **{name.upper(): key for name, key in keys.items()},
                "COLUMNS": "1000",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (1, 2), done.stdout
        return " ".join(done.stderr.replace("│", " ").split())

    def run_that_brought(self, uri: str) -> str:
        """The run in whose commit the first rows of an object are."""
        table = self._table(Layer.SILVER, "shop", "orders")
        for entry in table.history():
            snapshot = table.snapshot_by_id(entry.snapshot_id)
            rows = table.scan(snapshot_id=entry.snapshot_id, selected_fields=("_source_object",)).to_arrow()
            if uri in rows["_source_object"].to_pylist():
                return str(snapshot.summary["lake.run-id"])
        raise AssertionError(uri)

    def silver(self) -> list[Json]:
        """Every cell of the orders, sorted by key."""
        return sorted(self.rows(Layer.SILVER, "orders"), key=lambda row: row["order_id"])

    def snapshots(self) -> dict[str, int | None]:
        """Current snapshots of all tables, by dataset."""
        places = [(Layer.SILVER, "shop", name) for name in ("orders", "clients")]
        places += [(Layer.GOLD, domain, name) for domain, names in GOLD.items() for name in names]
        return {
            f"{domain}/{name}": self._table(layer, domain, name).metadata.current_snapshot_id
            for layer, domain, name in places
        }

    def files(self, layer: Layer, name: str) -> dict[str, set[str]]:
        """Data files of a table of the shop, by day."""
        found: dict[str, set[str]] = defaultdict(set)
        for task in self._table(layer, "shop", name).scan().plan_files():
            day = date.fromordinal(date(1970, 1, 1).toordinal() + task.file.partition[0])
            found[str(day)].add(task.file.file_path)
        return found

    def gold(self) -> dict[str, dict[str, Any]]:
        """Totals of all products by key, and names."""
        found = {}
        for domain, names in GOLD.items():
            for name in names:
                rows = self._table(Layer.GOLD, domain, name).scan().to_arrow().to_pylist()
                found[name] = {row["order_id"]: row.get("total", row.get("name")) for row in rows}
        return found

    def _table(self, layer: Layer, domain: str, name: str) -> Any:
        return open_table(self.aws, self.lake.naming.database(layer, domain), name)


def expected_gold(orders: Iterable[Json]) -> dict[str, dict[str, Any]]:
    """What the products have to say of orders: computed here, without their SQL."""
    daily: dict[str, int] = defaultdict(int)
    for each in orders:
        daily[each["day"]] += each["amount"]
    peaks = {day: total for day, total in daily.items() if total > 0}
    return {
        "daily": dict(daily),
        "peaks": peaks,
        "grand": {"all": sum(daily.values())},
        "summary": {"all": sum(peaks.values())},
        "names": {"c1": "Ada"},
    }
