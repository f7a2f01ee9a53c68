"""What is on record of runs, asked as people ask it, against what tables and clocks tell by themselves."""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from local.lake.tables import read_table
from tests.local.lake.asking import ask
from tests.local.lake.roles import without
from tests.local.lake.swift_lake import GOLD, SILVER, make_project
from tests.local.lake.test_silver_function import Watched
from tests.openlineage import read_event
from tests.unit.lakehouse.project import Json, column, product, source
from tools.lake.health.events import recorded
from tools.lake.health.freshness import freshness
from tools.lake.health.runs import Run, lost_runs, runs_of
from tools.ops.target import Target

pytestmark = pytest.mark.lake

AT = column("at", "timestamp", "timestamptz", required=True)
ACCURACY = 0.025
SLACK = 10.0
"""Seconds between a commit and the end of its run, by which figures may differ."""


def contracts() -> dict[str, Json | str]:
    """A dataset whose events are timed, one whose are not, and a product of the former."""
    more: dict[str, Any] = {
        "ingestion": {"mode": "files", "format": "json"},
        "quality_gate": {"maxRejectedRatio": 0.2},
    }
    level = {"property": "latency", "value": 2, "unit": "h", "element": "at"}
    orders = source("shop/orders", AT, **more, partition=["day(at)"])
    return {
        "orders.odcs.yaml": orders | {"slaProperties": [level]},
        "refunds.odcs.yaml": source("shop/refunds", **more),
        "seen.odcs.yaml": product("shop/seen", AT),
        "seen.sql": "SELECT order_id, at FROM silver_shop.orders",
    }


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("runs")
    root = make_project(folder, made_of=contracts())
    with EmbeddedAws(folder / "lake", port=0) as aws:
        lake = LocalLake(aws, root)
        lake.synthesize()
        lake.deploy()
        yield Watched(lake)


def target(shop: Watched) -> Target:
    return Target(shop.lake.settings, shop.lake.lake, shop.lake.aws.session())


def hour(shop: Watched) -> list[Any]:
    """Runs of the last hour, newest first."""
    return recorded(target(shop), "shop", datetime.now(UTC) - timedelta(hours=1))


def lost(shop: Watched) -> list[Run]:
    return lost_runs(target(shop), "shop", hour(shop))


def events(shop: Watched, layer: Layer, **wanted: str) -> list[dict[str, Any]]:
    """Rows of a layer's runs as they lie in S3, oldest first."""
    s3, bucket = shop.lake.aws.client("s3"), shop.lake.naming.bucket(layer)
    listed = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="shop/run_events/")
    keys = sorted(entry["Key"] for page in listed for entry in page.get("Contents", ()))
    rows = [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
    return [row for row in rows if wanted.items() <= row.items()]


def asked(shop: Watched, layer: Layer, columns: str, where: str) -> list[tuple[str, ...]]:
    """What Athena answers a persona who reads the layer."""
    day = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
    sql = f"SELECT {columns} FROM run_events WHERE day >= '{day}' AND {where}"  # noqa: S608 (names of tests)
    persona = shop.lake.reader(layer)
    database = shop.lake.naming.database(layer, "shop")
    answer = ask(shop.lake, shop.lake.session_as(persona), persona, database, sql)
    assert not answer.refusal
    return list(answer.rows)


def put(shop: Watched, name: str, ages: Sequence[float], **more: Any) -> list[datetime]:
    """Drop records whose events are so many seconds old; return when they happened."""
    times = [datetime.now(UTC) - timedelta(seconds=age) for age in ages]
    records = [
        {"order_id": f"{name}-{n}-{at.timestamp()}", "at": at.isoformat()} for n, at in enumerate(times)
    ]
    shop.drop(name, *records, **more)
    return times


def committed(shop: Watched, layer: Layer, name: str) -> datetime:
    """When the newest version of a table was committed."""
    glue = shop.lake.aws.client("glue")
    found = glue.get_table(DatabaseName=shop.lake.naming.database(layer, "shop"), Name=name)["Table"]
    place = found["Parameters"]["metadata_location"].removeprefix("s3://")
    bucket, _, key = place.partition("/")
    body = shop.lake.aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    metadata = json.loads(body)
    [snapshot] = [
        each for each in metadata["snapshots"] if each["snapshot-id"] == metadata["current-snapshot-id"]
    ]
    return datetime.fromtimestamp(snapshot["timestamp-ms"] / 1000, UTC)


def test_table_tells_what_tables_of_data_tell_and_how_long_events_took(shop: Watched) -> None:
    ages = [600 + (n * 7919) % 7200 for n in range(60)]
    times = put(shop, "orders", ages)
    shop.drop("orders", {"order_id": "bad", "at": "no time"})
    shop.drop("refunds", {"order_id": "r1"})
    assert shop.run()["status"] == "SUCCEEDED"
    silver, quarantine = (
        read_table(shop.lake.aws, shop.lake.naming.database(layer, "shop"), "orders")
        for layer in (Layer.SILVER, Layer.QUARANTINE)
    )
    told = "dataset, engine, objects, records_in, accepted, rejected, contract_version"
    expected = {
        ("shop/orders", "function", "2", "61", str(silver.num_rows), str(quarantine.num_rows), "1.0.0"),
        ("shop/refunds", "function", "1", "1", "1", "0", "1.0.0"),
    }
    assert set(asked(shop, Layer.SILVER, told, "event_type = 'COMPLETE' AND dataset IS NOT NULL")) == expected
    figures = "event_delay_p50, event_delay_p95, event_delay_max, newest_event"
    for layer, name in ((Layer.SILVER, "orders"), (Layer.GOLD, "seen")):
        until = committed(shop, layer, name)
        delays = sorted((until - at).total_seconds() for at in times)
        [row] = asked(shop, layer, figures, f"dataset = 'shop/{name}' AND event_type = 'COMPLETE'")
        p50, p95, longest = map(float, row[:3])
        assert p50 == pytest.approx(delays[29], rel=ACCURACY, abs=SLACK)
        assert p95 == pytest.approx(delays[56], rel=ACCURACY, abs=SLACK)
        assert longest == pytest.approx(delays[-1], abs=SLACK)
        newest = datetime.fromisoformat(row[3]).replace(tzinfo=UTC)
        assert newest == pytest.approx(max(times), abs=timedelta(milliseconds=2))
    fresh = {each.dataset: each for each in freshness(target(shop), "shop", hour(shop))}
    assert set(fresh) == {"shop/orders", "shop/seen"}
    assert fresh["shop/orders"].newest_event == pytest.approx(max(times), abs=timedelta(milliseconds=2))
    [(rows,)] = asked(shop, Layer.GOLD, "table_rows", "dataset = 'shop/seen' AND event_type = 'COMPLETE'")
    assert rows == str(silver.num_rows)


def test_every_event_is_one_of_the_standard_and_each_run_has_two(shop: Watched) -> None:
    rows = [row for layer in (Layer.SILVER, Layer.GOLD) for row in events(shop, layer)]
    read = [read_event(row["event"]) for row in rows]
    kinds: dict[str, list[str]] = {}
    for row in rows:
        kinds.setdefault(row["run_id"], []).append(row["event_type"])
    assert list(kinds.values()) == [["START", "COMPLETE"]] * len(kinds)
    outputs = {each.outputs[0].name for each in read if each.outputs}
    inputs = {source.name for each in read for source in each.inputs or ()}
    database = shop.lake.naming.database
    assert f"table/{database(Layer.GOLD, 'shop')}/seen" in outputs
    assert inputs & outputs == {f"table/{database(Layer.SILVER, 'shop')}/orders"}
    steps = {row["run_id"] for row in rows if "step" in row}
    assert {row["parent_run_id"] for row in rows if row.get("engine") == "Glue" and "dataset" in row} <= steps


def test_metrics_tell_delays_and_the_age_of_the_newest_event(shop: Watched) -> None:
    cloudwatch = shop.lake.aws.client("cloudwatch")
    now = datetime.now(UTC)
    for dataset in ("shop/orders", "shop/seen"):
        dimensions = [{"Name": "Dataset", "Value": dataset}]
        given = {
            "Namespace": "lakehouse/local", "MetricName": "EventDelay", "Dimensions": dimensions,
            "StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(hours=1), "Period": 7200,
        }  # fmt: skip
        points = cloudwatch.get_metric_statistics(**given, Statistics=["Maximum", "SampleCount"])[
            "Datapoints"
        ]
        assert sum(each["SampleCount"] for each in points) == 60
        layer = Layer.SILVER if dataset == "shop/orders" else Layer.GOLD
        [(longest,)] = asked(
            shop, layer, "event_delay_max", f"dataset = '{dataset}' AND event_type = 'COMPLETE'"
        )
        found = max(each["Maximum"] for each in points)
        assert found == pytest.approx(float(longest), rel=ACCURACY, abs=SLACK)


def test_run_that_fails_is_on_record_with_its_counts_and_its_reason(shop: Watched) -> None:
    shop.drop("orders", {"order_id": "x", "at": "no time"})
    assert shop.run()["status"] == "FAILED"
    newest = runs_of(target(shop), "shop", datetime.now(UTC) - timedelta(hours=1), 1, "orders")[0]
    assert (newest.dataset, newest.outcome) == ("orders", "failed")
    assert newest.facts is not None
    assert (newest.facts["records_in"], newest.facts["rejected"]) == (1, 1)
    assert "1 of 1 records rejected" in newest.why
    [(error,)] = asked(shop, Layer.SILVER, "error", "event_type = 'FAIL' AND dataset IS NOT NULL")
    assert error == newest.why


def test_job_that_never_starts_is_on_record(shop: Watched) -> None:
    put(shop, "orders", [60.0] * 9)
    with without(shop.lake.aws, "DomainShop-Pipeline", "glue:StartJobRun"):
        assert shop.run()["status"] == "FAILED"
    assert shop.runs(SILVER) == []
    start, end = events(shop, Layer.GOLD, step="SilverToGold")[-2:]
    assert (start["event_type"], end["event_type"]) == ("START", "FAIL")
    assert "AccessDenied" in end["error"] or "not authorized" in end["error"]
    assert "job_run" not in end
    listed = runs_of(target(shop), "shop", datetime.now(UTC) - timedelta(hours=1), 1)
    [step] = [run for run in listed if run.dataset is None]
    assert (step.outcome, step.why, step.id) == ("failed", end["error"], None)
    assert shop.run()["status"] == "SUCCEEDED"


def test_killed_run_leaves_a_start_and_is_told_of_until_another_one_runs(shop: Watched) -> None:
    put(shop, "orders", [60.0], padding=1024 * 1024)
    glue = shop.lake.aws.client("glue")
    job = shop.lake.naming.resource("shop", SILVER)
    run = glue.start_job_run(JobName=job, Arguments={"--datasets": "orders"})["JobRunId"]
    deadline = time.monotonic() + 300
    while not events(shop, Layer.SILVER, job_run=run):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    before = lost(shop)
    glue.batch_stop_job_run(JobName=job, JobRunIds=[run])
    while glue.get_job_run(JobName=job, RunId=run)["JobRun"]["JobRunState"] == "RUNNING":
        time.sleep(0.1)
    assert [row["event_type"] for row in events(shop, Layer.SILVER, job_run=run)] == ["START"]
    [told] = lost(shop)
    assert before == []
    assert (told.dataset, told.outcome, told.id) == ("orders", "lost", run)
    assert shop.run()["status"] == "SUCCEEDED"
    assert lost(shop) == []
    assert shop.runs(GOLD)
