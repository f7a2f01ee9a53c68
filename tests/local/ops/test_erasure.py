"""After an erasure no decoded value tells of the person, replays bring nobody back, all others stay."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from tests.local.lake.waiting import settle
from tests.local.ops.erasing_shop import BUCKETS, CUSTOMER, ErasingShop, make_project

pytestmark = pytest.mark.lake


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ErasingShop]:
    folder = tmp_path_factory.mktemp("erasure")
    with EmbeddedAws(folder / "lake", port=0) as aws:
        shop = ErasingShop(make_project(folder), aws)
        shop.fill()
        yield shop


def others(shop: ErasingShop) -> dict[str, list[dict[str, Any]]]:
    """Every cell of the rows of everybody else, and what was rejected of theirs."""
    names = {"visits": Layer.SILVER, "orders": Layer.SILVER, "spending": Layer.GOLD}
    found = {name: shop.rows(layer, name) for name, layer in names.items()}
    gone = {CUSTOMER, shop.pseudonym()}
    return {
        name: sorted(
            (row for row in rows if not gone & {row.get("customer"), row.get("email")}),
            key=lambda row: row["order_id"],
        )
        for name, rows in found.items()
    }


def test_plan_finds_the_person_everywhere_and_changes_nothing(shop: ErasingShop) -> None:
    before = {role: shop.objects(role) for role in BUCKETS}
    planned = shop.erase()
    assert {role for role in BUCKETS if role in shop.traces()} == set(BUCKETS)
    # 4 visits and a broken line; 3 orders and 2 that were rejected.
    assert (planned["shop/visits"]["records"], planned["shop/orders"]["records"]) == (5, 5)
    assert planned["errors of shop-visits"]["records"] == 1 if "errors of shop-visits" in planned else True
    assert planned["shop/spending"]["state"] == "planned"
    assert {role: shop.objects(role) for role in BUCKETS} == before


def test_nothing_is_left_of_the_person_and_everybody_else_stays(shop: ErasingShop) -> None:
    before = others(shop)
    assert before["spending"]
    done = shop.erase("--yes")
    assert done["shop/orders"]["state"] == "done"
    assert shop.traces() == {}
    assert others(shop) == before
    assert {name: len(shop.rows(layer, name)) for name, layer in (("visits", Layer.SILVER),)} == {
        "visits": len(before["visits"])
    }


def test_nobody_comes_back_by_a_replay(shop: ErasingShop) -> None:
    before = others(shop)
    shop.ops("reprocess", "shop", "--all", "--start")
    settle(shop.lake, "shop")
    shop.lake.run_pipelines(["shop"])
    assert shop.traces() == {}
    assert others(shop) == before


def test_second_erasure_finds_nothing_and_does_nothing(shop: ErasingShop) -> None:
    before = shop.objects("bronze")
    again = shop.erase("--yes")
    assert {item["state"] for item in again.values()} == {"skipped"}
    assert shop.objects("bronze") == before


def test_evidence_tells_nothing_about_the_person(shop: ErasingShop) -> None:
    rows = [json.loads(body) for body in shop.objects("bronze", "_erasures/shop/").values()]
    assert {(row["dataset"], row["event_type"]) for row in rows} == {
        (dataset, event) for dataset in ("shop/visits", "shop/orders") for event in ("BEGUN", "ENDED")
    }
    assert {row["role"] for row in rows} == {shop.lake.naming.resource("eraser")}
