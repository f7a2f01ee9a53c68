"""Streams of a deployed lake: records are found, byte for byte, where they belong."""

import base64
import gzip
import io
import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
import pytest

from lakehouse.layout.streams import error_prefix, shared_name
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from tests.fixtures.environments import FIXTURE
from tests.local.lake.project_copy import copy_project

PING = b'{"dataset": "power_plant/pings", "event_id": "MON-0001-1", "temperature": 98.50}'
ALERT = b'{"event_id": "EV-1", "machine_id": "M-1", "dataset":"power_plant/alerts"}'
PARTITION = r"ingest_date=\d{4}-\d\d-\d\d/ingest_hour=\d\d/"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLake]:
    """A domain with every kind of stream, deployed."""
    folder = tmp_path_factory.mktemp("streams")
    shutil.copytree(FIXTURE / "contracts" / "power_plant", folder / "contracts" / "power_plant")
    root = copy_project(folder / "project", folder / "contracts")
    with EmbeddedAws(tmp_path_factory.mktemp("aws"), port=0) as aws:
        made = LocalLake(aws, root)
        made.synthesize()
        made.deploy()
        yield made


def put(lake: LocalLake, name: str, *records: bytes) -> None:
    entries = [{"Data": record, "PartitionKey": "one"} for record in records]
    lake.aws.client("kinesis").put_records(StreamName=name, Records=entries)
    lake.aws.flush_firehose()


def objects(lake: LocalLake, prefix: str) -> dict[str, bytes]:
    s3, bucket = lake.aws.client("s3"), lake.naming.bucket("bronze")
    found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return {one["Key"]: s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read() for one in found}


def lines(lake: LocalLake, dataset: str) -> list[bytes]:
    found = objects(lake, f"{dataset}/")
    for key in found:
        assert re.fullmatch(rf"{dataset}/{PARTITION}lakehouse-local-shared-plant-1-[-\w]+\.gz", key)
    return [line for body in found.values() for line in gzip.decompress(body).splitlines()]


def failures(lake: LocalLake, name: str) -> list[dict[str, Any]]:
    (dataset,) = [each for each in lake.sources if each.name == name]
    return [
        json.loads(line)
        for body in objects(lake, error_prefix(dataset)).values()
        for line in body.splitlines()
    ]


def test_shared_stream_delivers_each_record_to_its_dataset_and_refuses_the_others(lake: LocalLake) -> None:
    batch = gzip.compress(b"[" + PING.replace(b"-1", b"-2") + b",\n" + PING.replace(b"-1", b"-3") + b"]")
    stray = [
        b'{"dataset": "power_plant/unknown"}',
        b'{"dataset": "../shop/orders"}',
        b'{"event_id": "MON-0001-4"}',
        PING + ALERT,
        PING[:-1],
        b"\x00\xff",
    ]
    put(lake, shared_name("plant", lake.naming), PING, ALERT, batch, *stray)
    assert lines(lake, "power_plant/pings") == [PING, PING.replace(b"-1", b"-2"), PING.replace(b"-1", b"-3")]
    assert lines(lake, "power_plant/alerts") == [ALERT]
    found = failures(lake, "pings")
    assert [base64.b64decode(each["rawData"]) for each in found] == stray
    assert {each["errorCode"] for each in found} == {"Lambda.ProcessingFailedStatus"}
    assert not [
        key for key in objects(lake, "") if not key.startswith(("power_plant/", "_errors/shared/plant/"))
    ]


def test_own_stream_delivers_parquet_and_keeps_apart_what_does_not_fit(lake: LocalLake) -> None:
    reading = {"machine_id": "M-1", "value": 12.5}
    instant = "2026-01-31T09:30:00.250Z"
    good = [{**reading, "read_at": instant}, {**reading, "read_at": instant, "machine_id": "M-2"}]
    unfit = json.dumps({**reading, "value": "much"}).encode()
    put(lake, "lakehouse-local-power-plant-readings", json.dumps(good).encode(), unfit, b"no json")
    ((key, body),) = objects(lake, "power_plant/readings/").items()
    assert re.fullmatch(
        rf"power_plant/readings/{PARTITION}lakehouse-local-power-plant-readings-1-[-\w]+\.parquet", key
    )
    rows = pq.read_table(io.BytesIO(body)).to_pylist()
    assert [(row["machine_id"], row["value"]) for row in rows] == [
        ("M-1", 12.5),
        ("M-2", 12.5),
    ]
    assert {row["read_at"].isoformat(timespec="milliseconds") + "Z" for row in rows} == {instant}
    codes = {
        base64.b64decode(each["rawData"]).strip(): each.get("errorCode") or each["lastErrorCode"]
        for each in failures(lake, "readings")
    }
    assert codes == {
        b"no json": "Lambda.ProcessingFailedStatus",
        unfit: "DataFormatConversion.MalformedData",
    }


def test_transform_counts_what_it_refuses(lake: LocalLake) -> None:
    put(lake, shared_name("plant", lake.naming), b"refused")
    logs = lake.aws.client("logs")
    group = f"/aws/lambda/{lake.naming.resource('stream_transform')}"
    messages = [event["message"] for event in logs.filter_log_events(logGroupName=group)["events"]]
    (report,) = [json.loads(text) for text in messages if text.startswith('{"_aws"')][-1:]
    assert report["Stream"] == "lakehouse-local-shared-plant"
    assert report["reasons"]["no JSON"]["records"] == report["RefusedRecords"] == 1
    assert "refused" not in json.dumps(report["reasons"])
