"""Everything that the lake refused reaches silver once its cause is mended, under the operator's role."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from tests.local.lake.project_copy import copy_project
from tests.local.ops.shop import Shop
from tests.unit.lakehouse.project import Json, column, source

pytestmark = pytest.mark.lake

HEAVY = 2**40
"""More than the first contract's int takes."""


def contract(name: str, ingestion: Json, weight: str, version: str = "1.0.0") -> Json:
    made = source(
        f"shop/{name}",
        column("weight", "integer", weight),
        ingestion=ingestion,
        quality_gate={"maxRejectedRatio": 1},
    )
    return {**made, "version": version}


FILES: Json = {"mode": "files", "format": "json"}
SHARED: Json = {"mode": "stream", "format": "json", "stream": "shop"}
PARQUET: Json = {"mode": "stream", "format": "parquet", "transform": "json_lines"}
FIRST = [
    contract("parcels", FILES, "int"),
    contract("orders", SHARED, "int"),
    contract("readings", PARQUET, "int"),
]
SECOND = [
    contract("parcels", FILES, "long", "1.1.0"),
    contract("readings", PARQUET, "long", "1.1.0"),
    contract("gifts", FILES, "int"),
    contract("returns", SHARED, "int"),
]


def record(key: str, weight: int, **more: str) -> bytes:
    return json.dumps({"order_id": key, "weight": weight, **more}).encode()


def keys_of(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["order_id"] for row in rows)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A lake that refused a file and records of a file and two streams, and whose causes are mended then."""
    folder = tmp_path_factory.mktemp("operations")
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    with EmbeddedAws(folder / "lake", port=0) as aws:
        shop = Shop(root, aws)
        shop.write(*FIRST)
        lake = shop.deploy()
        datasets = {dataset.name: dataset for dataset in lake.sources}
        lake.stream(
            datasets["orders"],
            [record("o1", 1, dataset="shop/orders"), record("r1", 1, dataset="shop/returns"), b"no JSON"],
        )
        lake.stream(datasets["readings"], [record("m1", 1), record("m2", HEAVY)])
        lake.drop(
            {
                "shop/parcels/a.json": record("p1", 1) + b"\n" + record("p2", HEAVY) + b"\n",
                "shop/gifts/b.json": record("g1", 1),
            }
        )
        lake.run_pipelines(["shop"])
        assert keys_of(shop.rows(Layer.SILVER, "parcels")) == ["p1"]
        assert [row["reason"] for row in shop.rows(Layer.QUARANTINE, "parcels")] == ["overflow"]
        shop.write(*SECOND)
        shop.deploy()
        yield shop


def bronze(shop: Shop) -> dict[str, bytes]:
    return {key: body for key, body in shop.objects("bronze").items() if "/_requests/" not in key}


def test_nothing_changes_when_a_run_is_dry(shop: Shop) -> None:
    before = {role: shop.objects(role) for role in ("bronze", "quarantine")}
    found = shop.ops("replay", "errors", "--dry-run", code=1)
    assert sorted((item["state"], item["records"]) for item in found.values()) == [
        ("failed", 1),
        ("planned", 1),
    ]
    assert {item["state"] for item in shop.ops("replay", "files", "--dry-run").values()} == {"planned"}
    asked = shop.ops("replay", "quarantine", "parcels", "--dry-run")
    assert [(item["state"], item["records"]) for item in asked.values()] == [("planned", 1)]
    assert {role: shop.objects(role) for role in ("bronze", "quarantine")} == before


def test_refused_records_and_files_reach_silver_once_when_they_are_replayed(shop: Shop) -> None:
    first = shop.ops("replay", "errors", code=1)
    refused, done = sorted(first.values(), key=lambda item: item["state"], reverse=True)
    assert (done["state"], done["records"]) == ("done", 1)
    assert (refused["state"], refused["records"]) == ("failed", 1)
    assert refused["why"] == "1 of 2 records are still refused"
    assert [item["state"] for item in shop.ops("replay", "files", "shop/").values()] == ["done"]
    replayed = bronze(shop)
    assert [item["records"] for item in shop.ops("replay", "errors", code=1).values()] == [0, 0]
    assert shop.ops("replay", "files", "shop/") == {}
    assert bronze(shop) == replayed

    for _ in range(2):
        shop.ops("replay", "quarantine", "shop/parcels", "--reason", "overflow")
        shop.lake.run_pipelines(["shop"])
        silver = {
            name: keys_of(shop.rows(Layer.SILVER, name))
            for name in ("parcels", "gifts", "orders", "returns", "readings")
        }
        assert silver == {
            "parcels": ["p1", "p2"],
            "gifts": ["g1"],
            "orders": ["o1"],
            "returns": ["r1"],
            "readings": ["m1", "m2"],
        }
        assert shop.rows(Layer.QUARANTINE, "parcels") == []
    assert bronze(shop) == replayed


def test_file_is_routed_when_its_message_is_redriven_from_the_dead_letters(shop: Shop) -> None:
    lake, sqs, lambda_ = shop.lake, shop.aws.client("sqs"), shop.aws.client("lambda")
    [mapping] = lambda_.list_event_source_mappings(FunctionName=lake.naming.resource("landing_router"))[
        "EventSourceMappings"
    ]
    lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    bucket = lake.naming.bucket("landing")
    shop.aws.client("s3").put_object(Bucket=bucket, Key="shop/gifts/c.json", Body=record("g2", 2))
    url = sqs.get_queue_url(QueueName=lake.naming.resource("landing"))["QueueUrl"]
    for _ in range(6):  # one more than the queue's maximum
        sqs.receive_message(QueueUrl=url, VisibilityTimeout=0, WaitTimeSeconds=1)
    assert list(shop.objects("landing")) == ["shop/gifts/c.json"]
    name = lake.naming.resource("landing-dead-letters")
    assert shop.ops("redrive", "landing", "--dry-run")[name]["state"] == "planned"
    lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    moved = shop.ops("redrive", "landing")[name]
    assert (moved["state"], moved["records"]) == ("done", 1)
    lake.drop({})  # waits until landing is empty
    assert record("g2", 2) in shop.objects("bronze", "shop/gifts/").values()
    assert shop.ops("redrive", "landing") == {}


def test_file_whose_event_was_lost_is_told_and_taken_up(shop: Shop) -> None:
    lake, sqs, lambda_ = shop.lake, shop.aws.client("sqs"), shop.aws.client("lambda")
    router = lake.naming.resource("landing_router")
    [mapping] = lambda_.list_event_source_mappings(FunctionName=router)["EventSourceMappings"]
    lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    bucket = lake.naming.bucket("landing")
    shop.aws.client("s3").put_object(Bucket=bucket, Key="shop/gifts/lost.json", Body=record("g3", 3))
    url = sqs.get_queue_url(QueueName=lake.naming.resource("landing"))["QueueUrl"]
    [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert shop.ops("reconcile") == {}
    told = shop.ops("reconcile", "--minutes", "0", code=1)["shop/gifts/lost.json"]
    assert (told["state"], told["why"].partition("; ")[2]) == ("failed", "0 messages wait for the router")
    assert shop.ops("reconcile", "--minutes", "0", "--take-up")["shop/gifts/lost.json"]["state"] == "done"
    for _ in range(6):  # now its message is among the dead letters
        sqs.receive_message(QueueUrl=url, VisibilityTimeout=0, WaitTimeSeconds=1)
    assert shop.ops("reconcile", "--minutes", "0")["shop/gifts/lost.json"]["state"] == "skipped"
    assert shop.ops("reconcile", "--minutes", "0", "--take-up") != {}
    lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    shop.ops("redrive", "landing")
    lake.drop({})  # waits until landing is empty
    assert record("g3", 3) in shop.objects("bronze", "shop/gifts/").values()
    assert shop.ops("reconcile", "--minutes", "0") == {}
