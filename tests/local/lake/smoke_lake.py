"""A small lake for `lake smoke`, and the command as people call it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from typer.testing import CliRunner

from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from tests.local.lake.project_copy import copy_project
from tests.unit.lakehouse.project import Json, column, product, source
from tools.lake.main import app

SMALL = column("weight", "integer", "int")
WAYS: dict[str, Json] = {
    "orders": {"mode": "stream", "format": "json"},
    "returns": {"mode": "stream", "format": "json", "stream": "shop"},
    "visits": {"mode": "stream", "format": "json", "source": {"feature": "click_api"}},
    "prices": {"mode": "files", "format": "csv"},
    "parcels": {"mode": "files", "format": "json"},
    "weights": {"mode": "files", "format": "parquet"},
    "accounts": {"mode": "files", "content": "changes", "format": "parquet"},
}
"""Datasets of the domain `shop`, one for each way in."""


@dataclass
class Smoke:
    """What the command printed."""

    code: int
    text: str
    steps: dict[str, dict[str, Any]]

    def failures(self) -> dict[str, str]:
        """Names of the causes by failed step."""
        return {
            name: step["cause"]["name"] for name, step in self.steps.items() if step["outcome"] == "failed"
        }


@dataclass
class SmokeLake:
    """A project, the lake that is made of it, and the command against it."""

    root: Path
    aws: EmbeddedAws

    @property
    def lake(self) -> LocalLake:
        """The lake as the contracts say."""
        return LocalLake(self.aws, self.root)

    def name(self, *parts: str) -> str:
        """A physical name."""
        return self.lake.naming.resource(*parts)

    def smoke(self, *arguments: str, env: str = "local") -> Smoke:
        """Run the command in this process, whose environment points at the embedded AWS."""
        command = ["smoke", *arguments, "--env", env, "--root", str(self.root), "--json"]
        result = CliRunner().invoke(app, command)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        steps = json.loads(result.stdout)["steps"] if result.stdout.startswith("{") else []
        return Smoke(result.exit_code, result.output, {step["name"]: step for step in steps})

    def write(self, name: str, contract: Json) -> Path:
        """Add a contract of the domain."""
        path = self.root / f"contracts/shop/{name}.odcs.yaml"
        path.write_text(yaml.safe_dump(contract, sort_keys=False))
        return path


def make_project(folder: Path) -> Path:
    """Write a project with a dataset for each way in and a product."""
    (folder / "contracts/shop").mkdir(parents=True)
    lake = SmokeLake(copy_project(folder / "project", folder / "contracts"), EmbeddedAws(folder))
    for name, ingestion in WAYS.items():
        lake.write(name, source(f"shop/{name}", SMALL, ingestion=ingestion))
    lake.write("totals", product("shop/totals", SMALL))
    _environments(lake.root / "config/environments")
    sql = "SELECT order_id, weight FROM silver_shop.orders;\n"
    (lake.root / "contracts/shop/totals.sql").write_text(sql)
    return lake.root


def _environments(folder: Path) -> None:
    """Add an environment of another account, and one that is not disposable, with no feature on."""
    settings = yaml.safe_load((folder / "local.yaml").read_text())
    # What features have once in an account, such as a role for logs, is the first environment's.
    settings["features"] = dict.fromkeys(settings.get("features", ()))
    for name, change in (("elsewhere", {"account": "222222222222"}), ("kept", {"disposable": False})):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump({**settings, "environment": name, **change}))
