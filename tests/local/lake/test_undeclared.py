"""An address in a free text that no contract declares is told of until one does."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from tests.local.lake.swift_lake import AMOUNT, Shop, make_project
from tests.local.lake.test_pipeline_runs import subscribe
from tests.unit.lakehouse.project import column, source

pytestmark = pytest.mark.lake

ADDRESS = "ada@example.com"
RULE = "e-mail addresses in note"


class Deployed(Shop):
    """A lake that is deployed anew when its contract has changed."""

    def __init__(self, aws: EmbeddedAws, root: Path) -> None:
        self.aws, self.root = aws, root

    def deploy(self, **note: Any) -> None:
        """Deploy a contract whose column `note` is as given."""
        contract = source(
            "shop/orders", AMOUNT, column("note", **note), ingestion={"mode": "files", "format": "json"}
        )
        path = self.root / "contracts/shop/orders.odcs.yaml"
        path.write_text(yaml.safe_dump(contract, sort_keys=False))
        self.lake = LocalLake(self.aws, self.root)
        self.lake.synthesize()
        self.lake.deploy()

    def run(self) -> dict[str, Any]:
        """Run the pipeline, and return what the results tell of personal data: rules by outcome."""
        self.lake.run_pipelines(["shop"])
        return {
            row["outcome"]: row["rule"]
            for _, row in self.lake.query(
                "SELECT rule, outcome FROM quality_results WHERE scope = 'personal' ORDER BY measured_at",
                domain="shop",
                layer=Layer.SILVER,
            ).iterrows()
        }

    def told(self) -> float:
        """How often the metric came so far."""
        found = self.aws.client("cloudwatch").get_metric_statistics(
            Namespace=f"{self.lake.settings.project}/{self.lake.settings.environment}",
            MetricName="UndeclaredPersonalData",
            Dimensions=[{"Name": "Dataset", "Value": "shop/orders"}, {"Name": "Column", "Value": "note"}],
            StartTime=datetime.now(UTC) - timedelta(hours=2),
            EndTime=datetime.now(UTC) + timedelta(minutes=5),
            Period=60,
            Statistics=["SampleCount"],
        )
        return float(sum(each["SampleCount"] for each in found["Datapoints"]))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("undeclared")
    root = make_project(folder)
    for name in ("refunds.odcs.yaml", "seen.odcs.yaml", "seen.sql"):
        (root / "contracts/shop" / name).unlink()
    with EmbeddedAws(folder / "lake", port=0) as aws:
        shop = Deployed(aws, root)
        shop.deploy()
        yield shop


def mail(shop: Deployed, queue: str) -> dict[str, Any]:
    """Return the news of the alarm, for which the minute of the metric must be over."""
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline:
        shop.aws.evaluate_alarms()
        found = shop.aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        for each in found.get("Messages", ()):
            told = json.loads(json.loads(each["Body"])["Message"])
            if (
                told.get("AlarmName", "").endswith("-datasets-undeclared")
                and "AlarmContributorAttributes" in told
            ):
                return dict(told)
        time.sleep(5)
    raise AssertionError("nobody was told")


def test_undeclared_address_is_told_of_until_the_contract_declares_it(shop: Deployed) -> None:
    queue = subscribe(shop.aws, shop.lake)
    shop.drop("orders", {"order_id": "a", "amount": 1, "note": f"write to {ADDRESS}"})
    assert shop.run() == {"failed": RULE}
    told = shop.told()
    assert told > 0
    news = mail(shop, queue)
    assert news["NewStateValue"] == "ALARM"
    assert set(news["AlarmContributorAttributes"].values()) == {"shop/orders", "note"}
    assert ADDRESS not in json.dumps(news)

    shop.run()  # nothing new
    assert shop.told() > told

    shop.deploy(classification="confidential")
    told = shop.told()
    shop.run()
    assert shop.told() == told
    shop.drop("orders", {"order_id": "b", "amount": 2, "note": f"write to {ADDRESS}"})
    assert shop.run() == {"failed": RULE, "passed": RULE}
    assert shop.told() == told
    assert shop.refused() == []
