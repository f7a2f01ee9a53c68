"""Objects come into silver by themselves, long before the pipeline starts."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from local.lake.tables import open_table
from tests.local.lake.swift_lake import SILVER, Shop, make_project, order

pytestmark = pytest.mark.lake

BURST = 40
PATIENCE = 180.0
"""Seconds; `make bench` tells how long it takes."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("fresh")
    root = make_project(folder, gather_seconds=1, arrival_minutes=15)
    with EmbeddedAws(folder / "lake", port=0) as aws:
        lake = LocalLake(aws, root)
        lake.synthesize()
        lake.deploy()
        yield Shop(lake)


def runs(shop: Shop, name: str) -> list[str]:
    """The runs that have committed to a silver table, oldest first."""
    database = shop.lake.naming.database(Layer.SILVER, "shop")
    snapshots = open_table(shop.lake.aws, database, name).metadata.snapshots
    return [str(each.summary["lake.run-id"]) for each in snapshots if each.summary]


def test_burst_of_objects_is_in_silver_by_few_runs(shop: Shop, wait_for: Callable[..., Any]) -> None:
    for number in range(BURST):
        shop.drop("orders", order(f"o{number}", number))
        if number % 10 == 0:
            shop.drop("refunds", order(f"r{number}", number))
    wanted = {f"o{number}": number for number in range(BURST)}
    wait_for(lambda: shop.silver("orders"), wanted.__eq__, PATIENCE)
    wait_for(lambda: len(shop.silver("refunds")), (4).__eq__, PATIENCE)
    assert len(runs(shop, "orders")) <= BURST // 2
    assert len(set(runs(shop, "orders"))) == len(runs(shop, "orders"))  # each did all there was
    assert shop.refused() == []


def test_neither_glue_nor_the_pipeline_was_started_for_it(shop: Shop) -> None:
    states = shop.lake.aws.client("stepfunctions")
    arn = f"arn:aws:states:us-east-1:000000000000:stateMachine:{shop.lake.naming.resource('shop')}"
    assert states.list_executions(stateMachineArn=arn)["executions"] == []
    assert shop.runs(SILVER) == []


def test_queues_are_empty_when_all_is_done(shop: Shop, wait_for: Callable[..., Any]) -> None:
    sqs = shop.lake.aws.client("sqs")

    def waiting() -> int:
        urls = [
            sqs.get_queue_url(QueueName=shop.lake.naming.resource("shop", name))["QueueUrl"]
            for name in ("news", "silver.fifo")
        ]
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answers = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names) for url in urls]
        return sum(int(count) for answer in answers for count in answer["Attributes"].values())

    wait_for(waiting, (0).__eq__, PATIENCE)


def test_later_object_is_a_run_of_its_own(shop: Shop, wait_for: Callable[..., Any]) -> None:
    before = len(runs(shop, "orders"))
    shop.drop("orders", order("late", 7))
    wait_for(lambda: shop.silver("orders").get("late") == 7, bool, PATIENCE)
    assert len(runs(shop, "orders")) == before + 1


def test_much_is_left_to_the_pipeline(shop: Shop) -> None:
    before = runs(shop, "refunds")
    shop.drop("refunds", order("huge", 1), padding=1024 * 1024)
    time.sleep(10)
    assert runs(shop, "refunds") == before
