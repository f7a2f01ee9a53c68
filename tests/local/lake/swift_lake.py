"""A small lake whose silver function is on."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lakehouse.model.dataset import Layer
from local.lake.lake import LocalLake
from tests.local.lake.project_copy import copy_project
from tests.unit.lakehouse.project import Json, column, product, source
from tools.package.layer import build_layer, layer_of
from tools.package.targets import LAPTOP

SILVER, GOLD = "bronze-to-silver", "silver-to-gold"
AMOUNT = column("amount", "integer", "int", required=True)
EMAIL = column("email", customProperties=[{"property": "lake.masking", "value": "hash"}])
FUNCTION = {
    "max_mebibytes": 1,
    "memory_mebibytes": 2048,
    "timeout_seconds": 300,
    "storage_mebibytes": 512,
    "gather_seconds": None,
    "python": "3.11",
    "architecture": "x86_64",
}


def contracts() -> dict[str, Json | str]:
    """Two datasets, one of which masks, and a product."""
    more = {
        "ingestion": {"mode": "files", "format": "json"},
        "quality_gate": {"maxRejectedRatio": 0.2},
        "order_by": ["amount"],
    }
    return {
        "orders.odcs.yaml": source("shop/orders", AMOUNT, EMAIL, **more),
        "refunds.odcs.yaml": source("shop/refunds", AMOUNT, **more),
        "seen.odcs.yaml": product("shop/seen", AMOUNT),
        "seen.sql": "SELECT order_id, amount FROM silver_shop.orders",
    }


def make_project(
    folder: Path,
    *,
    gather_seconds: int | None = None,
    made_of: Mapping[str, Json | str] | None = None,
    **processing: Any,
) -> Path:
    """Write a project of one domain, with the layer of the laptop; `processing` are settings beside it."""
    if not layer_of(LAPTOP).is_file():
        build_layer(LAPTOP)
    (folder / "contracts" / "shop").mkdir(parents=True)
    for name, content in (made_of or contracts()).items():
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        (folder / "contracts" / "shop" / name).write_text(text)
    root = copy_project(folder / "project", folder / "contracts")
    path = root / "config" / "environments" / "local.yaml"
    settings = yaml.safe_load(path.read_text())
    settings["processing"] |= {"function": {**FUNCTION, "gather_seconds": gather_seconds}, **processing}
    path.write_text(yaml.safe_dump(settings, sort_keys=False))
    return root


def order(name: str, amount: object, email: str | None = None) -> Json:
    """Return a record."""
    return {"order_id": name, "amount": amount, **({"email": email} if email else {})}


@dataclass
class Shop:
    """The lake of one domain."""

    lake: LocalLake

    def drop(self, name: str, *records: Json, padding: int = 0) -> None:
        """Drop a file of records into landing, with spaces behind them, and wait until it is in bronze."""
        text = "\n".join(json.dumps(record) for record in records) + " " * padding + "\n"
        self.lake.drop({f"shop/{name}/{time.time_ns()}.json": text.encode()})

    def silver(self, name: str) -> dict[str, int]:
        """Amounts by order, as Athena shows them to a persona."""
        rows = self.lake.query(
            f"SELECT order_id, amount FROM {name}",  # noqa: S608 (names of tests)
            domain="shop",
            layer=Layer.SILVER,
        )
        return dict(zip(rows["order_id"], map(int, rows["amount"]), strict=True))

    def runs(self, job: str) -> list[dict[str, Any]]:
        """Runs of a Glue job, newest first."""
        name = self.lake.naming.resource("shop", job)
        return list(self.lake.aws.client("glue").get_job_runs(JobName=name)["JobRuns"])

    def refused(self) -> list[dict[str, str]]:
        """What IAM has refused the function's role so far."""
        refused = self.lake.aws.permissions()["refused"]
        return [each for each in refused if "SilverFunctionRole" in each["principal"]]
