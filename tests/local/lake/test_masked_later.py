"""An address shipped in clear is gone from silver and gold after its mask, one command and expiry."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from tests.local.lake.project_copy import copy_project
from tests.local.lake.searching import objects_holding
from tests.local.lake.waiting import executions, maintain, settle
from tests.local.ops.shop import Shop
from tests.unit.lakehouse.project import column, product, source

pytestmark = pytest.mark.lake

ROWS = 40
NEEDLE = "zq00"
"""Begins each address: short enough for the bounds of manifests, which are cut."""

SQL = "SELECT order_id, email, upper(email) AS shouted FROM silver_shop.customers"


def customers(version: str, *masking: dict[str, str]) -> dict[str, Any]:
    email = column("email", classification="confidential", customProperties=[*masking])
    ingestion = {"mode": "files", "format": "json"}
    return {**source("shop/customers", email, ingestion=ingestion), "version": version}


MAILING = product(
    "shop/mailing",
    column("email", classification="confidential"),
    column("shouted", classification="confidential"),
)
MASK = {"property": "lake.masking", "value": "hash"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A lake that holds addresses in clear."""
    folder = tmp_path_factory.mktemp("masked")
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    with EmbeddedAws(folder / "lake", port=0) as aws:
        shop = Shop(root, aws)
        shop.write(customers("1.0.0"), MAILING)
        (root / "contracts/shop/mailing.sql").write_text(SQL)
        lake = shop.deploy()
        records = [
            json.dumps({"order_id": f"c{number}", "email": f"{NEEDLE}{number}@example.org"}).encode()
            for number in range(ROWS)
        ]
        lake.drop({f"shop/customers/{at}.json": b"\n".join(records[at::4]) + b"\n" for at in range(4)})
        lake.run_pipelines(["shop"])
        yield shop


def clear(shop: Shop) -> dict[Layer, list[str]]:
    """Objects of silver and gold that hold an address in clear, as it came or as gold wrote it."""
    return {
        layer: [
            key
            for needle in (NEEDLE, NEEDLE.upper())
            for key in objects_holding(shop.aws, shop.lake.naming.bucket(layer), needle)
        ]
        for layer in (Layer.SILVER, Layer.GOLD)
    }


def tables(shop: Shop) -> dict[Layer, list[dict[str, Any]]]:
    return {
        Layer.SILVER: shop.rows(Layer.SILVER, "customers"),
        Layer.GOLD: shop.rows(Layer.GOLD, "mailing"),
    }


def test_no_address_is_left_when_it_is_masked_later(shop: Shop) -> None:
    before = {layer: len(rows) for layer, rows in tables(shop).items()}
    assert before == {Layer.SILVER: ROWS, Layer.GOLD: ROWS}
    assert all(clear(shop).values())  # or the search never finds anything

    shop.write(customers("1.1.0", MASK))
    shop.deploy()
    shop.ops("reprocess", "shop/customers", "--all", "--start")
    settle(shop.lake, "shop")
    assert executions(shop.lake, "shop")[0]["status"] == "SUCCEEDED"
    for _ in range(2):  # the first keeps what was current when it began, with bounds of removed files
        expired = maintain(shop.lake, "shop")
        assert expired["JobRunState"] == "SUCCEEDED", expired.get("ErrorMessage")

    assert clear(shop) == {Layer.SILVER: [], Layer.GOLD: []}
    after = tables(shop)
    assert {layer: len(rows) for layer, rows in after.items()} == before
    hashes = {row["email"] for row in after[Layer.SILVER]}
    assert {len(each) for each in hashes} == {64}
    assert {row["email"] for row in after[Layer.GOLD]} == hashes
