"""The function beside the silver job, at work under its own role: it takes what is little, Glue the rest."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from local.lake.tables import read_table
from tests.local.lake.project_copy import copy_project
from tests.local.lake.roles import without
from tests.unit.lakehouse.project import Json, column, product, source
from tools.package.layer import build_layer, layer_of
from tools.package.targets import LAPTOP

pytestmark = pytest.mark.lake

FILES = {"mode": "files", "format": "json"}
AMOUNT = column("amount", "integer", "int", required=True)
EMAIL = column("email", customProperties=[{"property": "lake.masking", "value": "hash"}])
FUNCTION = """function:
    max_mebibytes: 1
    memory_mebibytes: 2048
    timeout_seconds: 300
    storage_mebibytes: 512
    gather_seconds: null
    python: "3.11"
    architecture: x86_64
"""
SILVER, GOLD = "bronze-to-silver", "silver-to-gold"


def contracts() -> dict[str, Json | str]:
    """Two datasets, one of which masks, and a product."""
    gate = {"maxRejectedRatio": 0.2}
    return {
        "orders.odcs.yaml": source("shop/orders", AMOUNT, EMAIL, ingestion=FILES, quality_gate=gate),
        "refunds.odcs.yaml": source("shop/refunds", AMOUNT, ingestion=FILES, quality_gate=gate),
        "seen.odcs.yaml": product("shop/seen", AMOUNT),
        "seen.sql": "SELECT order_id, amount FROM silver_shop.orders",
    }


@dataclass
class Shop:
    """The lake of one domain."""

    lake: LocalLake

    def drop(self, name: str, *records: Json, padding: int = 0) -> None:
        """Drop a file of records into landing, with spaces behind them, and wait until it is in bronze."""
        text = "\n".join(json.dumps(record) for record in records) + " " * padding + "\n"
        self.lake.drop({f"shop/{name}/{time.time_ns()}.json": text.encode()})

    def run(self) -> dict[str, Any]:
        """Run the pipeline to its end, and describe the execution."""
        states = self.lake.aws.client("stepfunctions")
        arn = f"arn:aws:states:us-east-1:000000000000:stateMachine:{self.lake.naming.resource('shop')}"
        execution = states.start_execution(stateMachineArn=arn)["executionArn"]
        deadline = time.monotonic() + 600
        while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < deadline
            time.sleep(0.5)
        return dict(found)

    def runs(self, job: str) -> list[dict[str, Any]]:
        """Runs of a Glue job, newest first."""
        name = self.lake.naming.resource("shop", job)
        return list(self.lake.aws.client("glue").get_job_runs(JobName=name)["JobRuns"])

    def silver(self, name: str) -> dict[str, int]:
        """Amounts by order, as Athena shows them to a persona."""
        rows = self.lake.query(
            f"SELECT order_id, amount FROM {name}",  # noqa: S608 (names of this test)
            domain="shop",
            layer=Layer.SILVER,
        )
        return dict(zip(rows["order_id"], map(int, rows["amount"]), strict=True))

    def refused(self) -> list[dict[str, str]]:
        """What IAM has refused the function's role so far."""
        refused = self.lake.aws.permissions()["refused"]
        return [each for each in refused if "SilverFunctionRole" in each["principal"]]

    @contextmanager
    def started(self, job: str, count: int) -> Iterator[None]:
        """Expect so many new runs of a Glue job."""
        before = len(self.runs(job))
        yield
        assert len(self.runs(job)) - before == count


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    if not layer_of(LAPTOP).is_file():
        build_layer(LAPTOP)
    folder = tmp_path_factory.mktemp("function")
    (folder / "contracts" / "shop").mkdir(parents=True)
    for name, content in contracts().items():
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        (folder / "contracts" / "shop" / name).write_text(text)
    root = copy_project(folder / "project", folder / "contracts")
    switch_on(root)
    with EmbeddedAws(folder / "lake", port=0) as aws:
        lake = LocalLake(aws, root)
        lake.synthesize()
        lake.deploy()
        yield Shop(lake)


def switch_on(root: Path) -> None:
    path = root / "config" / "environments" / "local.yaml"
    text = path.read_text()
    assert text.count("function: null") == 1
    before, _, after = text.partition("function: null")
    path.write_text(before + FUNCTION + after.partition("\n")[2])


def order(name: str, amount: object, email: str | None = None) -> Json:
    return {"order_id": name, "amount": amount, **({"email": email} if email else {})}


def test_little_comes_into_silver_without_glue(shop: Shop) -> None:
    shop.drop("orders", order("o1", 1, "a@example.com"), order("o2", 2))
    shop.drop("refunds", order("r1", 1))
    with shop.started(SILVER, 0), shop.started(GOLD, 1):
        done = shop.run()
    assert (done["status"], shop.refused()) == ("SUCCEEDED", [])
    assert shop.silver("orders") == {"o1": 1, "o2": 2}
    assert shop.silver("refunds") == {"r1": 1}
    gold = read_table(shop.lake.aws, shop.lake.naming.database(Layer.GOLD, "shop"), "seen")
    assert sorted(gold["order_id"].to_pylist()) == ["o1", "o2"]
    silver = read_table(shop.lake.aws, shop.lake.naming.database(Layer.SILVER, "shop"), "orders")
    [masked] = [email for email in silver["email"].to_pylist() if email]
    assert len(masked) == 64
    assert "@" not in masked


def test_nothing_is_started_for_silver_when_nothing_is_new(shop: Shop) -> None:
    counts = shop.lake.aws.client("cloudwatch")
    listed = counts.list_metrics(Namespace="lakehouse/local", MetricName="HoursSinceArrival")["Metrics"]
    assert {each["Dimensions"][0]["Value"] for each in listed} >= {"shop/orders", "shop/refunds"}
    with shop.started(SILVER, 0):
        assert shop.run()["status"] == "SUCCEEDED"
    assert shop.refused() == []


def test_glue_takes_the_dataset_that_has_much_and_no_other(shop: Shop) -> None:
    shop.drop("orders", order("o2", 22), order("o3", 3))
    shop.drop("refunds", order("r2", 2), padding=1024 * 1024)
    with shop.started(SILVER, 1):
        assert shop.run()["status"] == "SUCCEEDED"
    assert shop.runs(SILVER)[0]["Arguments"]["--datasets"] == "refunds"
    assert shop.silver("orders") == {"o1": 1, "o2": 22, "o3": 3}
    assert shop.silver("refunds") == {"r1": 1, "r2": 2}


def test_function_goes_on_where_glue_has_ended(shop: Shop) -> None:
    shop.drop("refunds", order("r1", 11), order("r3", 3))
    with shop.started(SILVER, 0):
        assert shop.run()["status"] == "SUCCEEDED"
    assert shop.silver("refunds") == {"r1": 11, "r2": 2, "r3": 3}


def test_glue_takes_what_the_function_fails_at(shop: Shop) -> None:
    shop.drop("orders", order("o4", 4))
    with shop.started(SILVER, 1), without(shop.lake.aws, "DomainShop-SilverFunction", "glue:UpdateTable"):
        assert shop.run()["status"] == "SUCCEEDED"
    assert shop.runs(SILVER)[0]["Arguments"]["--datasets"] == "orders"
    assert {each["action"] for each in shop.refused()} == {"glue:UpdateTable"}
    assert shop.silver("orders")["o4"] == 4


def test_glue_takes_everything_when_the_function_cannot_tell_what_is_new(shop: Shop) -> None:
    shop.drop("orders", order("o5", 5))
    with shop.started(SILVER, 1), without(shop.lake.aws, "DomainShop-SilverFunction", "kms:Decrypt"):
        assert shop.run()["status"] == "SUCCEEDED"
    assert "--datasets" not in shop.runs(SILVER)[0].get("Arguments", {})
    assert shop.silver("orders")["o5"] == 5


def test_dataset_that_is_not_fit_for_use_fails_the_run_and_is_not_handed_over(shop: Shop) -> None:
    shop.drop("orders", order("o6", 6), order("o7", "many"))
    with shop.started(SILVER, 0):
        done = shop.run()
    assert (done["status"], done["error"]) == ("FAILED", "NotFitError")
    assert done["cause"].startswith("Function: 1 of 1 failed: orders: RejectedError: 1 of 2 records rejected")
    with shop.started(SILVER, 0):
        assert shop.run()["error"] == "NotFitError"  # until other data come
    shop.drop("orders", order("o8", 8))
    assert shop.run()["status"] == "SUCCEEDED"
    assert shop.silver("orders")["o6"] == 6
