"""A domain's pipeline in its whole life: started by arrivals, failing in part, redriven, reprocessed."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LakeError, LocalLake
from local.lake.tables import read_table
from tests.local.lake.project_copy import copy_project
from tests.local.lake.waiting import executions, settle
from tests.local.ops.shop import Shop as Operated
from tests.unit.lakehouse.project import Json, column, product, source

pytestmark = pytest.mark.lake

LATE = datetime.now(UTC) - timedelta(days=10)
FILES = {"mode": "files", "format": "json"}
AMOUNT = column("amount", "integer", "int", required=True)


def contracts() -> dict[str, Json | str]:
    """Two datasets, and a product of each."""
    made: dict[str, Json | str] = {}
    for name in ("orders", "refunds"):
        made[f"{name}.odcs.yaml"] = source(
            f"shop/{name}", AMOUNT, ingestion=FILES, quality_gate={"maxRejectedRatio": 0.2}
        )
        made[f"{name}_seen.odcs.yaml"] = product(f"shop/{name}_seen", AMOUNT)
        made[f"{name}_seen.sql"] = f"SELECT order_id, amount FROM silver_shop.{name}"  # noqa: S608
    return made


@dataclass
class Shop:
    """The lake of one domain, whose pipeline is watched."""

    lake: LocalLake
    mails: str
    """URL of a queue that hears what the alarm topic is told."""

    def drop(self, name: str, *records: Json) -> None:
        """Drop a file for each record into landing, and wait until all are in bronze."""
        at = time.time_ns()
        self.lake.drop(
            {f"shop/{name}/{at + n}.json": json.dumps(each).encode() for n, each in enumerate(records)}
        )

    def gold(self, name: str) -> dict[str, int]:
        """Amounts by order in a product."""
        table = read_table(self.lake.aws, self.lake.naming.database(Layer.GOLD, "shop"), f"{name}_seen")
        return {row["order_id"]: row["amount"] for row in table.to_pylist()}

    def executions(self) -> list[dict[str, Any]]:
        """Executions of the pipeline, newest first."""
        return executions(self.lake, "shop")

    def settle(self) -> None:
        """Wait until no execution runs."""
        settle(self.lake, "shop")

    def ops(self, *arguments: str) -> dict[str, Any]:
        """Run `lake-ops` under the operator's role; return its items by name."""
        return Operated(self.lake.root, self.lake.aws).ops(*arguments)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, wait_for: Callable[..., Any]) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("pipeline")
    (folder / "contracts" / "shop").mkdir(parents=True)
    for name, content in contracts().items():
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        (folder / "contracts" / "shop" / name).write_text(text)
    root = copy_project(folder / "project", folder / "contracts")
    start_on_arrival(root)
    with EmbeddedAws(folder / "lake", port=0) as aws:
        lake = LocalLake(aws, root)
        lake.synthesize()
        lake.deploy()
        sqs = aws.client("sqs")
        arrivals = sqs.get_queue_url(QueueName=lake.naming.resource("shop", "arrival") + ".fifo")["QueueUrl"]
        # Nobody waits for minutes here; that the queue leaves out the same message for five stays.
        sqs.set_queue_attributes(QueueUrl=arrivals, Attributes={"DelaySeconds": "3"})
        yield Shop(lake, subscribe(aws, lake))


def start_on_arrival(root: Path) -> None:
    path = root / "config" / "environments" / "local.yaml"
    text = path.read_text()
    assert "arrival_minutes: null" in text
    path.write_text(text.replace("arrival_minutes: null", "arrival_minutes: 5"))


def subscribe(aws: EmbeddedAws, lake: LocalLake) -> str:
    sqs, sns = aws.client("sqs"), aws.client("sns")
    url = sqs.create_queue(QueueName="mails")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [{**allowed, "Resource": arn}]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    topic = f"arn:aws:sns:us-east-1:000000000000:{lake.naming.resource('alarms')}"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return str(url)


def order(name: str, amount: object) -> Json:
    return {"order_id": name, "amount": amount}


def test_objects_that_come_together_start_one_run_that_takes_all_of_them(
    shop: Shop, wait_for: Callable[..., Any]
) -> None:
    shop.drop("orders", *(order(f"o{number}", number) for number in range(12)))
    shop.drop("refunds", order("r1", 1))
    wait_for(shop.executions, bool, 30.0)
    shop.settle()
    [only] = shop.executions()
    assert only["status"] == "SUCCEEDED", only
    assert json.loads(json.loads(only["input"])[0]["body"]) == {"start": "shop"}
    assert shop.gold("orders") == {f"o{number}": number for number in range(12)}
    assert shop.gold("refunds") == {"r1": 1}
    # From here on runs are started by commands, however slow this machine is.
    shop.lake.aws.client("events").disable_rule(Name=shop.lake.naming.resource("shop", "arrival"))


def test_products_of_sound_datasets_are_published_when_another_one_fails(shop: Shop) -> None:
    shop.drop("orders", order("o99", 99))
    shop.drop("refunds", order("r2", 2), order("r3", "three"))
    with pytest.raises(LakeError, match=r"refunds: RejectedError: 1 of 2 records rejected"):
        shop.lake.run_pipelines(["shop"])
    assert shop.gold("orders")["o99"] == 99
    assert shop.gold("refunds") == {"r1": 1}
    answer = shop.lake.aws.client("sqs").receive_message(QueueUrl=shop.mails, MaxNumberOfMessages=10)
    mails = [json.loads(message["Body"]) for message in answer["Messages"]]
    # The alarm about errors of the function tells of it as well.
    [mail] = [each for each in mails if each["Subject"] == "Pipeline shop failed (lakehouse-local)"]
    assert "refunds: RejectedError: 1 of 2 records rejected" in mail["Message"]
    assert "refunds_seen" in mail["Message"]
    assert "orders" not in mail["Message"]


def test_redriven_pipeline_publishes_what_it_held_back_when_the_producer_has_mended_it(shop: Shop) -> None:
    late = f"shop/orders/ingest_date={LATE:%Y-%m-%d}/ingest_hour=05/late.json"
    shop.lake.aws.client("s3").put_object(
        Bucket=shop.lake.naming.bucket("bronze"), Key=late, Body=json.dumps(order("late", 7)).encode()
    )
    shop.drop("refunds", order("r3", 3), order("r4", 4))
    assert shop.ops("redrive", "pipeline", "shop")["shop"]["state"] == "done"
    shop.settle()
    assert shop.executions()[0]["status"] == "SUCCEEDED"
    assert shop.gold("refunds") == {"r1": 1, "r2": 2, "r3": 3, "r4": 4}
    assert "late" not in shop.gold("orders")  # no run looks that far back by itself


def test_late_object_reaches_gold_when_its_days_are_reprocessed(shop: Shop) -> None:
    before = shop.gold("orders")
    days = ("--from", f"{LATE:%Y-%m-%d}", "--to", f"{datetime.now(UTC):%Y-%m-%d}")
    items = shop.ops("reprocess", "shop", *days, "--start")
    assert {name: item["state"] for name, item in items.items()} == {
        "shop/orders": "done",
        "shop/refunds": "done",
        "pipeline shop": "done",
    }
    shop.settle()
    assert shop.executions()[0]["status"] == "SUCCEEDED"
    assert shop.gold("orders") == {**before, "late": 7}
    assert shop.gold("refunds") == {"r1": 1, "r2": 2, "r3": 3, "r4": 4}
