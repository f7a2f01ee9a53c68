"""Maintenance as a Glue job under its own role: the pipeline goes on as if nothing had happened."""

import gzip
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from lakehouse.layout.retention import expiries
from lakehouse.model.dataset import Layer
from local.demo.command import prove
from local.demo.show import Stages
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from local.lake.tables import open_table
from tests.fixtures.environments import FIXTURE
from tests.local.lake.project_copy import copy_project
from tests.local.lake.waiting import maintain

pytestmark = pytest.mark.lake

DOMAIN = "shop"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLake]:
    """One domain, after its first run."""
    folder = tmp_path_factory.mktemp("maintained")
    shutil.copytree(FIXTURE / "contracts" / DOMAIN, folder / "contracts" / DOMAIN)
    root = copy_project(folder / "project", folder / "contracts")
    with EmbeddedAws(folder / "build", port=0) as aws:
        lake = LocalLake(aws, root)
        summary = prove(lake, Stages(Console(quiet=True)))
        assert summary.succeeded, summary.failures or summary.not_fed
        yield lake


def _tables(lake: LocalLake) -> dict[str, Any]:
    """Every Iceberg table of the domain, by its full name."""
    glue = lake.aws.client("glue")
    return {
        f"{database}.{each['Name']}": open_table(lake.aws, database, each["Name"])
        for layer in (Layer.SILVER, Layer.GOLD, Layer.QUARANTINE)
        for database in [lake.naming.database(layer, DOMAIN)]
        for each in glue.get_tables(DatabaseName=database)["TableList"]
        if "metadata_location" in each["Parameters"]
    }


def _rows(table: Any) -> list[str]:
    return sorted(map(repr, table.scan().to_arrow().to_pylist()))


def _maintained(lake: LocalLake) -> float:
    now = datetime.now(UTC)
    points = lake.aws.client("cloudwatch").get_metric_statistics(
        Namespace=f"{lake.settings.project}/{lake.settings.environment}",
        MetricName="TablesMaintained",
        Dimensions=[{"Name": "Dataset", "Value": DOMAIN}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=7200,
        Statistics=["Maximum"],
    )["Datapoints"]
    return max((point["Maximum"] for point in points), default=0)


def test_tables_keep_their_rows_and_the_pipeline_its_place(lake: LocalLake) -> None:
    before = {name: _rows(table) for name, table in _tables(lake).items()}
    run = maintain(lake, DOMAIN)
    assert run["JobRunState"] == "SUCCEEDED", run.get("ErrorMessage")
    tables = _tables(lake)
    assert {name: _rows(table) for name, table in tables.items()} == before
    assert _maintained(lake) == len(tables)
    # What was current when maintenance began stays, and what maintenance made of it.
    assert max(len(table.metadata.snapshots) for table in tables.values()) <= 3

    silver = f"{lake.naming.database(Layer.SILVER, DOMAIN)}.orders"
    head = tables[silver].current_snapshot().snapshot_id
    lake.run_pipelines([DOMAIN])
    assert _tables(lake)[silver].current_snapshot().snapshot_id == head
    [orders] = [dataset for dataset in lake.sources if dataset.id == "shop/orders"]
    example = json.loads(_newest(lake, orders.id))
    lake.stream(orders, [json.dumps({**example, "order_id": "after-maintenance"}).encode()])
    lake.run_pipelines([DOMAIN])
    after = _tables(lake)[silver]
    assert after.current_snapshot().summary["lake.records-in"] == "1"
    assert len(_rows(after)) == len(before[silver]) + 1


def _newest(lake: LocalLake, dataset: str) -> str:
    """A record of a dataset that silver accepts, as it came."""
    s3, bucket = lake.aws.client("s3"), lake.naming.bucket("bronze")
    [source] = [each for each in lake.sources if each.id == dataset]
    silver = open_table(lake.aws, lake.naming.database(Layer.SILVER, source.domain), source.name)
    row = silver.scan(limit=1).to_arrow().to_pylist()[0]
    key = row["_source_object"].removeprefix(f"s3://{bucket}/")
    lines = gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode().splitlines()
    return next(line for line in lines if f'"{row["order_id"]}"' in line)


def test_job_reaches_no_other_domain(lake: LocalLake) -> None:
    iam = lake.aws.client("iam")
    [role] = [
        role["RoleName"]
        for page in iam.get_paginator("list_roles").paginate()
        for role in page["Roles"]
        if "DomainShop-TableMaintenance" in role["RoleName"]
    ]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = json.dumps(iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"])
    assert "bronze" not in document
    assert [domain for domain in lake.lake.domains if domain in document] == [DOMAIN]


def test_bronze_has_the_lifecycle_that_contracts_promise(lake: LocalLake) -> None:
    rules = lake.aws.client("s3").get_bucket_lifecycle_configuration(Bucket=lake.naming.bucket("bronze"))[
        "Rules"
    ]
    got = {rule["Filter"]["Prefix"]: rule["Expiration"]["Days"] for rule in rules if "Expiration" in rule}
    assert got == expiries(lake.lake)
    assert got["shop/orders/"] == 7 * 365
