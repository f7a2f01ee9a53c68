"""The drill of docs/second-region.md: a region is lost, and a lake of its copy says the same elsewhere."""

import json
import re
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest

from config.load import ENVIRONMENTS
from config.naming import BUCKET_ROLES
from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from tests.local.lake.project_copy import copy_project
from tests.local.ops.shop import Shop
from tests.unit.lakehouse.project import Json, column, source

pytestmark = pytest.mark.lake

THERE = "us-west-2"
HASHED = [{"property": "lake.masking", "value": "hash"}]
ORDERS: Json = source(
    "shop/orders",
    column("weight", "integer", "int"),
    column("email", classification="personal", customProperties=HASHED),
    ingestion={"mode": "files", "format": "json"},
    quality_gate={"maxRejectedRatio": 1},
)
GOOD = [{"order_id": f"o{number}", "weight": number, "email": f"{number}@x.org"} for number in range(5)]
REFUSED = {"order_id": "o9", "weight": "heavy", "email": "9@x.org"}
LATER = {"order_id": "o0", "weight": 100, "email": "0@x.org"}
SENDS = """
  second_region:
    environment: standby
    region: us-west-2
    sends: { time_control: true }
    receives: null
"""
RECEIVES = """
  second_region:
    environment: local
    region: us-east-1
    sends: null
    receives: { latency_minutes: 15, pending_mebibytes: 100 }
"""


def content(shop: Shop) -> dict[Layer, list[Json]]:
    """What the tables say of records, whatever run said it, and when."""
    found = {}
    for layer, names in (
        (Layer.SILVER, ("order_id", "weight", "email")),
        (Layer.QUARANTINE, ("raw", "reason")),
    ):
        rows = [{name: row[name] for name in names} for row in shop.rows(layer, "orders")]
        found[layer] = sorted(rows, key=str)
    return found


def lose(shop: Shop) -> None:
    """Take what a region holds: its objects, and the keys without which nobody reads what is left."""
    for role in BUCKET_ROLES:
        shop.empty(role)
    kms = shop.aws.client("kms")
    for each in kms.list_keys()["Keys"]:
        kms.schedule_key_deletion(KeyId=each["KeyId"], PendingWindowInDays=7)


def lines(*records: Json) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def write_pair(root: Path) -> None:
    """Have `local` send, and write an environment `standby` of another region that receives."""
    folder = root / ENVIRONMENTS
    text = (folder / "local.yaml").read_text()
    settings = re.sub(r"(?ms)^features:.*\Z", "features:", text)
    there = settings.replace("environment: local", "environment: standby\nmasking_key_of: local")
    (folder / "local.yaml").write_text(settings + SENDS)
    (folder / "standby.yaml").write_text(there.replace("region: us-east-1", f"region: {THERE}") + RECEIVES)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, Shop]]:
    """A lake, and of another one in another region what has to be there beforehand: keys and buckets."""
    folder = tmp_path_factory.mktemp("failover")
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    write_pair(root)
    with EmbeddedAws(folder / "lake", port=0) as aws:
        elsewhere = copy(aws)
        elsewhere.region = THERE
        first, second = Shop(root, aws), Shop(root, elsewhere, "standby")
        first.write(ORDERS)
        second.deploy("Foundation", "Storage")
        first.deploy()
        yield first, second


def test_lake_of_the_copy_says_what_the_lost_one_said_and_goes_on(pair: tuple[Shop, Shop]) -> None:
    first, second = pair
    files = {"shop/orders/a.json": lines(*GOOD[:3]), "shop/orders/b.json": lines(*GOOD[3:], REFUSED)}
    first.lake.drop({**files, "nobody/knows/this.json": b"{}"})
    first.lake.run_pipelines(["shop"])
    said = content(first)
    assert [len(said[layer]) for layer in (Layer.SILVER, Layer.QUARANTINE)] == [5, 1]
    assert not {row["email"] for row in said[Layer.SILVER]} & {each["email"] for each in GOOD}
    bronze, unrouted = first.objects("bronze"), first.objects("quarantine", "unrouted/")
    assert (len(bronze), len(unrouted)) == (2, 1)

    lose(first)
    assert first.objects("bronze") == {}
    assert second.objects("bronze") == bronze
    assert second.objects("quarantine") == unrouted

    second.deploy()
    second.ops("reprocess", "shop", "--all")
    second.lake.run_pipelines(["shop"])
    assert content(second) == said

    second.lake.drop({"shop/orders/c.json": lines(LATER)})
    second.lake.run_pipelines(["shop"])
    weights = {row["order_id"]: row["weight"] for row in content(second)[Layer.SILVER]}
    assert weights == {**{each["order_id"]: each["weight"] for each in GOOD}, "o0": 100}
