"""Restore drills: what a lake loses comes back, by the commands of docs/recover.md, and is what it was.

Events that were lost and dead letters have their drills in `test_replays.py`.
"""

import json
from collections.abc import Iterator

import pytest

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.tables import open_table
from tests.local.lake.project_copy import copy_project
from tests.local.ops.shop import Shop
from tests.unit.lakehouse.project import Json, column, source

pytestmark = pytest.mark.lake

ORDERS: Json = {
    **source(
        "shop/orders",
        column("weight", "integer", "int"),
        ingestion={"mode": "files", "format": "json"},
        quality_gate={"maxRejectedRatio": 1},
    ),
    "version": "1.0.0",
}
GOOD = [{"order_id": f"o{number}", "weight": number} for number in range(5)]
REFUSED = {"order_id": "o9", "weight": "heavy"}


GLASS = "break-glass"


def make_role(aws: EmbeddedAws) -> None:
    """Make the role that may delete from bronze; others of the account may assume it."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{aws.account}:root"}}
    may = ["s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion"]
    iam = aws.client("iam")
    iam.create_role(
        RoleName=GLASS,
        AssumeRolePolicyDocument=json.dumps({"Statement": [{**trust, "Action": "sts:AssumeRole"}]}),
    )
    document = {"Statement": [{"Effect": "Allow", "Action": may, "Resource": "*"}]}
    iam.put_role_policy(RoleName=GLASS, PolicyName="glass", PolicyDocument=json.dumps(document))


def lines(*records: Json) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def content(shop: Shop) -> dict[Layer, list[Json]]:
    """What the tables say of records, whatever run said it, and when."""
    found = {}
    for layer, names in ((Layer.SILVER, ("order_id", "weight")), (Layer.QUARANTINE, ("raw", "reason"))):
        rows = [{name: row[name] for name in names} for row in shop.rows(layer, "orders")]
        found[layer] = sorted(rows, key=str)
    return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A lake with a table of a source: five records are in silver, one in quarantine."""
    folder = tmp_path_factory.mktemp("recovery")
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    settings = root / "config/environments/local.yaml"
    settings.write_text(settings.read_text().replace("people:", f"people:\n  break_glass: [role/{GLASS}]", 1))
    with EmbeddedAws(folder / "lake", port=0) as aws:
        shop = Shop(root, aws)
        shop.write(ORDERS)
        make_role(aws)
        lake = shop.deploy()
        lake.drop({"shop/orders/a.json": lines(*GOOD[:3]), "shop/orders/b.json": lines(*GOOD[3:], REFUSED)})
        lake.run_pipelines(["shop"])
        yield shop


@pytest.fixture
def before(shop: Shop) -> dict[Layer, list[Json]]:
    """What the tables say before the loss: the same for each drill, which puts it back."""
    found = content(shop)
    assert [len(found[layer]) for layer in (Layer.SILVER, Layer.QUARANTINE)] == [5, 1]
    return found


def test_objects_deleted_from_bronze_come_back_as_they_were(shop: Shop) -> None:
    s3, bucket = shop.aws.client("s3"), shop.lake.naming.bucket("bronze")
    objects = shop.objects("bronze", "shop/orders/")
    assert len(objects) == 2
    heads = {key: s3.head_object(Bucket=bucket, Key=key) for key in objects}
    glass = shop.aws.session(**shop.keys(GLASS)).client("s3")
    for key in objects:
        glass.delete_object(Bucket=bucket, Key=key)
    assert shop.objects("bronze", "shop/orders/") == {}
    assert shop.ops("restore", "bronze", "shop/orders/", code=1) == {}  # the operator deletes nothing
    planned = shop.ops("restore", "bronze", "--dry-run", role=GLASS)
    assert {key: item["state"] for key, item in planned.items()} == dict.fromkeys(objects, "planned")
    restored = shop.ops("restore", "bronze", "shop/orders/", role=GLASS)
    assert {key: item["state"] for key, item in restored.items()} == dict.fromkeys(objects, "done")
    assert shop.objects("bronze", "shop/orders/") == objects
    for key, head in heads.items():
        now = s3.head_object(Bucket=bucket, Key=key)
        assert (now["VersionId"], now["LastModified"]) == (head["VersionId"], head["LastModified"])
    assert shop.ops("restore", "bronze", "shop/orders/", role=GLASS) == {}


def test_table_goes_back_and_the_next_run_takes_up_what_came_after(
    shop: Shop, before: dict[Layer, list[Json]]
) -> None:
    database = shop.lake.naming.database(Layer.SILVER, "shop")
    good = str(open_table(shop.aws, database, "orders").metadata.current_snapshot_id)
    shop.lake.drop({"shop/orders/c.json": lines({"order_id": "o0", "weight": 100})})
    shop.lake.run_pipelines(["shop"])
    after = content(shop)
    assert after != before
    item = shop.ops("restore", "table", "shop/orders", "--snapshot", good, role=None)["shop/orders"]
    assert item["state"] == "done"
    assert content(shop) == before
    again = shop.ops("restore", "table", "shop/orders", "--snapshot", good, role=None)["shop/orders"]
    assert again["state"] == "skipped"
    shop.lake.run_pipelines(["shop"])
    assert content(shop) == after
    shop.lake.drop({"shop/orders/d.json": lines(GOOD[0])})
    shop.lake.run_pipelines(["shop"])
    assert content(shop) == before


def test_catalog_that_is_lost_comes_back_with_all_tables_and_their_data(
    shop: Shop, before: dict[Layer, list[Json]]
) -> None:
    glue = shop.aws.client("glue")
    names = [each["Name"] for each in glue.get_databases()["DatabaseList"] if each["Name"] != "default"]
    tables = {
        f"{name}.{table['Name']}": [each["Name"] for each in table["StorageDescriptor"]["Columns"]]
        for name in names
        for table in glue.get_tables(DatabaseName=name)["TableList"]
    }
    assert len(tables) >= 3
    for place in tables:
        database, _, table = place.partition(".")
        glue.delete_table(DatabaseName=database, Name=table)
    for name in names:
        glue.delete_database(Name=name)
    planned = shop.ops("restore", "catalog", "--dry-run", role=None)
    restored = shop.ops("restore", "catalog", role=None)
    assert set(planned) == set(restored) == {*names, *tables}
    assert content(shop) == before
    for place, columns in tables.items():
        database, _, table = place.partition(".")
        entry = glue.get_table(DatabaseName=database, Name=table)["Table"]
        assert [each["Name"] for each in entry["StorageDescriptor"]["Columns"]] == columns
    assert shop.ops("restore", "catalog", role=None) == {}
    shop.lake.run_pipelines(["shop"])
    assert content(shop) == before


def test_silver_that_is_lost_is_made_again_from_bronze_with_the_same_content(
    shop: Shop, before: dict[Layer, list[Json]]
) -> None:
    glue, naming = shop.aws.client("glue"), shop.lake.naming
    for layer in (Layer.SILVER, Layer.QUARANTINE):
        glue.delete_table(DatabaseName=naming.database(layer, "shop"), Name="orders")
    files = (
        ("silver", "shop/orders/"), ("silver", "shop/_state/orders/"), ("quarantine", "shop/orders/"),
    )  # fmt: skip
    for role, prefix in files:
        assert shop.empty(role, prefix) > 0
    restored = shop.ops("restore", "catalog", role=None)
    assert {name.rpartition(".")[2] for name in restored} >= {"orders"}
    assert open_table(shop.aws, naming.database(Layer.SILVER, "shop"), "orders").scan().count() == 0
    shop.ops("reprocess", "shop", "--all")
    shop.lake.run_pipelines(["shop"])
    assert content(shop) == before
