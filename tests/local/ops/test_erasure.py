"""After an erasure no decoded value tells of the person, replays bring nobody back, all others stay."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from tests.local.lake.waiting import settle
from tests.local.ops.erasing_shop import BUCKETS, OTHER, PERSON, ErasingShop, make_project
from tools.ops.athena import ask

pytestmark = pytest.mark.lake

_TABLES = {"visits": Layer.SILVER, "orders": Layer.SILVER, "spending": Layer.GOLD}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ErasingShop]:
    folder = tmp_path_factory.mktemp("erasure")
    with EmbeddedAws(folder / "lake", port=0) as aws:
        shop = ErasingShop(make_project(folder), aws)
        shop.fill()
        yield shop


def others(shop: ErasingShop, *people: Mapping[str, str]) -> dict[str, list[Any]]:
    """Every cell of the rows of everybody else, and the texts of what was rejected of theirs."""
    gone = {value for person in people for value in (*person.values(), shop.pseudonym(person))}
    found: dict[str, list[Any]] = {
        name: [row for row in shop.rows(layer, name) if not gone & {row.get("customer"), row.get("email")}]
        for name, layer in _TABLES.items()
    }
    for row in (row for rows in found.values() for row in rows):
        row.pop("_source_object", None)  # an object whose name tells a person gets another
    rejected = [row["raw"] for row in shop.rows(Layer.QUARANTINE, "orders")]
    return {
        **{name: sorted(rows, key=lambda row: row["order_id"]) for name, rows in found.items()},
        "rejected": sorted(raw for raw in rejected if not any(value in raw for value in gone)),
    }


def logged(shop: ErasingShop) -> dict[str, list[str]]:
    """The log that tells names of files, as long as it is kept: one is named after the person."""
    return {"logs": [f"/aws/lambda/{shop.lake.naming.resource('landing-router')}"]}


def test_plan_finds_the_person_everywhere_and_changes_nothing(shop: ErasingShop) -> None:
    before = {role: shop.objects(role) for role in BUCKETS}
    planned = shop.erase()
    assert set(shop.traces()) >= set(BUCKETS)  # or the search never finds anything
    counts = {name: item["records"] for name, item in planned.items() if item["records"]}
    errors = f"errors of {shop.lake.naming.resource('shop', 'visits')}"
    # Four visits and one that is broken; four orders and two that were rejected.
    assert counts == {"shop/visits": 5, "shop/orders": 6, errors: 1, "unrouted files": 1}
    assert planned["shop/spending"]["state"] == "planned"
    assert {role: shop.objects(role) for role in BUCKETS} == before


def test_nothing_is_left_of_the_person_and_everybody_else_stays(shop: ErasingShop) -> None:
    before = others(shop, PERSON)
    assert all(before.values())
    done = shop.erase("--yes")
    assert done["shop/orders"]["state"] == "done"
    assert shop.traces() == logged(shop)
    assert others(shop) == before


def test_nobody_comes_back_by_a_replay(shop: ErasingShop) -> None:
    before = others(shop)
    shop.ops("replay", "errors", "shop/visits", role=None)
    shop.ops("reprocess", "shop", "--all", "--start")
    settle(shop.lake, "shop")
    shop.lake.run_pipelines(["shop"])
    assert shop.traces() == logged(shop)
    after = others(shop)
    replayed = [row for row in after["visits"] if row["order_id"] == "v30"]
    assert [row["customer"] for row in replayed] == ["yk0"]
    assert {**after, "visits": [row for row in after["visits"] if row not in replayed]} == before


def test_second_erasure_finds_nothing_and_does_nothing(shop: ErasingShop) -> None:
    before = shop.objects("bronze")
    again = shop.erase("--yes")
    assert {item["state"] for item in again.values()} == {"skipped"}
    assert shop.objects("bronze") == before


def test_erasure_that_was_killed_is_ended_by_the_next_one(shop: ErasingShop) -> None:
    before = others(shop, OTHER)
    shop.erase_until("no longer hold records", OTHER)
    assert "silver" in shop.traces(OTHER)
    settle(shop.lake, "shop")
    shop.erase("--yes", person=OTHER)
    assert shop.traces(OTHER) == {}
    assert others(shop) == before


def test_evidence_tells_what_was_done_and_nothing_about_the_person(shop: ErasingShop) -> None:
    rows = [json.loads(body) for body in shop.objects("bronze", "_erasures/shop/").values()]
    events: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        events.setdefault(row["erasure_id"], set()).add((row["dataset"], row["event_type"]))
    first, killed, last = (events[id_] for id_ in sorted(events, key=lambda id_: id_[:16]))
    datasets = ("shop/visits", "shop/orders")
    assert first == last == {(each, event) for each in datasets for event in ("BEGUN", "ENDED")}
    assert killed == {(each, event) for each in datasets for event in ("BEGUN", "TAKEN_OVER")}
    table = f'"{shop.lake.naming.database(Layer.BRONZE, "shop")}"."erasures"'
    sql = f"SELECT DISTINCT role, cardinality(products) FROM {table} WHERE event_time IS NOT NULL"  # noqa: S608
    asked = ask(shop.aws.client("athena"), shop.lake.naming.resource("engineer"), sql)
    assert asked == [[shop.lake.naming.resource("eraser"), "1"]]
