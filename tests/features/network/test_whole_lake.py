"""A lake inside of a network: streams and files become products, and nothing comes in from elsewhere."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from config.load import ENVIRONMENTS
from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from tests.local.lake.project_copy import copy_project
from tests.local.ops.shop import Shop
from tests.unit.lakehouse.project import Json, column, product, source

pytestmark = pytest.mark.lake

SECTION = """
  network:
    new: { cidr: 10.80.0.0/20, availability_zones: 2, flow_log_days: 1, s3_prefix_list: null }
    existing: null
    outside: { cidrs: [], vpc_endpoints: [], principals: [] }
"""
HASHED = [{"property": "lake.masking", "value": "hash"}]
ORDERS: Json = source(
    "shop/orders",
    column("weight", "integer", "int"),
    column("email", classification="confidential", customProperties=HASHED),
)
PARCELS: Json = source("shop/parcels", column("carrier"), ingestion={"mode": "files", "format": "json"})
TOTALS: Json = product("shop/totals", column("weight", "integer", "int"), column("carrier"))
SQL = """SELECT o.order_id, o.weight, p.carrier
FROM silver_shop.orders AS o JOIN silver_shop.parcels AS p ON o.order_id = p.order_id
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A lake with the feature on, deployed."""
    folder = tmp_path_factory.mktemp("network")
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    settings = root / ENVIRONMENTS / "local.yaml"
    before, _, _ = settings.read_text().partition("features:")
    settings.write_text(f"{before}features:{SECTION}")
    with EmbeddedAws(folder / "lake", port=0) as aws:
        shop = Shop(root, aws)
        shop.write(ORDERS, PARCELS, TOTALS)
        (root / "contracts" / "shop" / "totals.sql").write_text(SQL)
        shop.deploy()
        yield shop


@pytest.fixture(scope="module")
def ran(shop: Shop) -> LocalLake:
    """The lake after records and a file came, and its pipeline ran."""
    lake = shop.lake
    [orders] = [each for each in lake.sources if each.name == "orders"]
    records = [{"order_id": f"o{n}", "weight": n, "email": f"{n}@x.org"} for n in range(3)]
    lake.stream(orders, [json.dumps(each).encode() for each in records])
    files = b"".join(json.dumps({"order_id": f"o{n}", "carrier": "bike"}).encode() + b"\n" for n in (1, 2))
    lake.drop({"shop/parcels/a.json": files})
    lake.run_pipelines(["shop"])
    return lake


def _asked(lake: LocalLake, sql: str) -> list[list[str]]:
    """What a persona is answered in the console, which asks Athena alone."""
    athena = lake.session_as(lake.reader(Layer.GOLD)).client("athena")
    query = athena.start_query_execution(
        QueryString=sql,
        WorkGroup=lake.naming.resource(lake.reader(Layer.GOLD)),
        QueryExecutionContext={"Database": lake.naming.database(Layer.GOLD, "shop")},
    )["QueryExecutionId"]
    deadline = time.monotonic() + 120
    while True:
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            break
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert status["State"] == "SUCCEEDED", status
    rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"][1:]
    return [[cell["VarCharValue"] for cell in row["Data"]] for row in rows]


def test_stream_and_file_become_a_product_that_a_persona_reads(ran: LocalLake) -> None:
    found = _asked(ran, "SELECT order_id, weight, carrier FROM totals ORDER BY order_id")
    assert found == [["o1", "1", "bike"], ["o2", "2", "bike"]]


def test_no_request_of_the_run_was_refused(ran: LocalLake) -> None:
    assert ran.aws.permissions()["refused"] == []


def _objects(lake: LocalLake, role: str) -> tuple[str, str]:
    bucket = lake.naming.bucket(role)
    return bucket, lake.aws.client("s3").list_objects_v2(Bucket=bucket)["Contents"][0]["Key"]


@pytest.mark.parametrize("role", ["bronze", "silver", "gold"])
def test_who_may_do_everything_is_refused_from_elsewhere(
    ran: LocalLake, role: str, outsider: Callable[[str], Any]
) -> None:
    bucket, key = _objects(ran, role)
    s3 = outsider("s3")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_object(Bucket=bucket, Key=key)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=bucket, Key="mine", Body=b"")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=bucket)


def test_persona_from_elsewhere_downloads_no_result(ran: LocalLake) -> None:
    _asked(ran, "SELECT 1")
    bucket, key = _objects(ran, "query-results")
    with pytest.raises(ClientError, match="AccessDenied"):
        ran.session_as(ran.reader(Layer.GOLD)).client("s3").get_object(Bucket=bucket, Key=key)


@pytest.fixture(scope="module")
def outsider(shop: Shop) -> Callable[[str], Any]:
    """Clients of a role that is named as the lake's, may do everything, and is in no network."""
    iam, name = shop.aws.client("iam"), shop.lake.naming.resource("outsider")
    root = {"AWS": f"arn:aws:iam::{shop.aws.account}:root"}
    trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    policy = json.dumps({"Statement": [everything]})
    iam.put_role_policy(RoleName=name, PolicyName="everything", PolicyDocument=policy)
    return shop.aws.session(**shop.keys(name)).client


def test_run_fails_where_an_endpoint_is_missing(ran: LocalLake) -> None:
    ec2 = ran.aws.client("ec2")
    [endpoint] = [
        each for each in ec2.describe_vpc_endpoints()["VpcEndpoints"] if each["ServiceName"].endswith(".s3")
    ]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    failures = ran.try_pipelines(["shop"])
    assert "shop" in failures
