"""A contract changes while its table is in use: what fits flows through, the rest is stopped."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyiceberg.table import StaticTable

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.deployment import DeploymentError
from local.lake.lake import LocalLake
from local.lake.tables import open_table
from tests.local.lake.project_copy import copy_project
from tests.unit.lakehouse.project import Json, column, source

pytestmark = pytest.mark.lake

ID = "shop/parcels"


def states(*allowed: str) -> list[Json]:
    return [{"metric": "invalidValues", "arguments": {"validValues": list(allowed)}, "mustBe": 0}]


FIRST = source(
    ID,
    column("weight", "integer", "int", required=True),
    column("price", "number", "decimal(6, 2)"),
    column("state", quality=states("sent")),
    column("note", required=True),
    column("address", "object", properties=[{"name": "city", "logicalType": "string"}]),
)
SECOND = source(
    ID,
    column("weight", "integer", "long", required=True),
    column("price", "number", "decimal(9, 2)"),
    column("state", quality=states("sent", "lost")),
    column("note"),
    column(
        "address",
        "object",
        properties=[{"name": name, "logicalType": "string"} for name in ("city", "zip")],
    ),
    column("courier"),
)
SECOND["version"] = "1.1.0"
BREAKING = json.loads(json.dumps(SECOND))
BREAKING["schema"][0]["properties"][1] = column("weight", required=True)

OLD = {"order_id": "p1", "weight": 5, "price": 1.5, "state": "sent", "note": "a", "address": {"city": "Ulm"}}
NEW = {
    "order_id": "p2",
    "weight": 2**40,
    "price": 1234567.25,
    "state": "lost",
    "address": {"city": "Bonn", "zip": "53111"},
    "courier": "bike",
}


@dataclass
class Shop:
    """A project with one dataset, whose contract changes while its lake runs."""

    root: Path
    aws: EmbeddedAws
    files: dict[str, list[str]] = field(default_factory=dict)
    """Data files of silver after each run."""
    resources: dict[str, dict[str, str]] = field(default_factory=dict)
    """Physical ids by logical id after each deployment."""

    def write(self, contract: Json) -> None:
        """Replace the contract."""
        path = self.root / "contracts" / f"{ID}.odcs.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(contract, sort_keys=False))

    def deploy(self) -> LocalLake:
        """Synthesize and deploy what the contract says now."""
        lake = LocalLake(self.aws, self.root)
        lake.synthesize()
        lake.deploy()
        return lake

    def run(self, name: str, record: Json) -> None:
        """Deploy, send one record, run the pipeline, and take notes."""
        lake = self.deploy()
        lake.stream(lake.sources[0], [json.dumps(record).encode()])
        lake.run_pipelines(["shop"])
        self.files[name] = sorted(task.file.file_path for task in self.table(lake).scan().plan_files())
        stack = lake.naming.stack("DomainShop")
        found = self.aws.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        self.resources[name] = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}

    def table(self, lake: LocalLake) -> StaticTable:
        """The silver table."""
        return open_table(self.aws, lake.naming.database(Layer.SILVER, "shop"), "parcels")

    def rows(self) -> dict[str, Any]:
        """Rows of silver by key."""
        table = self.table(LocalLake(self.aws, self.root)).scan().to_arrow().to_pylist()
        return {row.pop("order_id"): row for row in table}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("evolution")
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    with EmbeddedAws(folder / "lake", port=0) as aws:
        shop = Shop(root, aws)
        shop.write(FIRST)
        shop.run("first", OLD)
        git(root, "init", "--quiet")
        git(root, "add", "contracts")
        git(root, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "-m", "first")
        shop.write(SECOND)
        shop.run("second", NEW)
        yield shop


def git(root: Path, *words: str) -> None:
    subprocess.run([str(shutil.which("git")), "-C", root, *words], check=True)


def diff(root: Path) -> subprocess.CompletedProcess[str]:
    lake = Path(sys.executable).with_name("lake")
    command = [str(lake), "diff", "--against", "HEAD", "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_old_rows_read_null_and_new_rows_have_it_when_a_column_is_added(shop: Shop) -> None:
    rows = shop.rows()
    assert (rows["p1"]["courier"], rows["p2"]["courier"]) == (None, "bike")
    assert rows["p1"]["address"] == {"city": "Ulm", "zip": None}
    assert rows["p2"]["address"] == {"city": "Bonn", "zip": "53111"}


def test_old_and_new_values_fit_when_types_are_widened(shop: Shop) -> None:
    rows = shop.rows()
    assert (rows["p1"]["weight"], rows["p2"]["weight"]) == (5, 2**40)
    assert (float(rows["p1"]["price"]), float(rows["p2"]["price"])) == (1.5, 1234567.25)
    assert rows["p2"]["note"] is None
    assert rows["p2"]["state"] == "lost"


def test_no_file_is_rewritten_when_the_contract_grows(shop: Shop) -> None:
    assert set(shop.files["first"]) < set(shop.files["second"])


def test_no_resource_is_replaced_when_the_contract_grows(shop: Shop) -> None:
    first, second = shop.resources["first"], shop.resources["second"]
    assert first == {name: second.get(name) for name in first}


def test_breaking_change_is_stopped_by_diff_and_then_by_the_deployment(shop: Shop) -> None:
    before, files = shop.rows(), shop.files["second"]
    shop.write(BREAKING)
    stopped = diff(shop.root)
    assert stopped.returncode == 1
    assert "weight" in stopped.stdout + stopped.stderr
    with pytest.raises(DeploymentError, match="weight"):
        shop.deploy()
    assert shop.rows() == before
    shop.write(SECOND)
    lake = LocalLake(shop.aws, shop.root)
    assert sorted(task.file.file_path for task in shop.table(lake).scan().plan_files()) == files
    assert diff(shop.root).returncode == 0
