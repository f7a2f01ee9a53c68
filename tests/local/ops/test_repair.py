"""A repair makes anew the rows that are wrong and what is made of them, under a role of its own."""

import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from tests.local.lake.waiting import executions, settle
from tests.local.ops.broken_shop import DAYS, BrokenShop, expected_gold, lines, make_project, order
from tests.local.ops.shop import COMMAND
from tests.unit.lakehouse.project import Json

pytestmark = pytest.mark.lake

ORDERS = 24
WRONG = (1, 5, 6)
"""Orders of two days, from both files."""
WRONG_DAYS = {DAYS[number % 4] for number in WRONG}
NEGATIVE = ("--where", "amount < 0")
AFFECTED = ("shop/daily", "shop/peaks", "shop/grand", "board/summary")
LATER = {"order_id": "o99", "day": DAYS[0], "amount": 5}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokenShop]:
    folder = tmp_path_factory.mktemp("repair")
    with EmbeddedAws(folder / "lake", port=0) as aws:
        shop = BrokenShop(make_project(folder), aws)
        shop.fill(ORDERS)
        yield shop


def bodies(shop: BrokenShop) -> dict[str, dict[str, bytes]]:
    return {role: shop.objects(role) for role in ("bronze", "silver", "gold")}


def kept(shop: BrokenShop) -> dict[str, dict[str, Any]]:
    """What bronze keeps of repairs, by repair and name."""
    found: dict[str, dict[str, Any]] = {}
    for key, body in shop.objects("bronze", "_repairs/shop/orders/").items():
        id_, name = key.split("/")[-2:]
        found.setdefault(id_, {})[name] = json.loads(body)
    return found


def right() -> list[Json]:
    return [order(number) for number in range(ORDERS)]


def test_plan_tells_what_follows_from_the_rows_and_changes_nothing(shop: BrokenShop) -> None:
    shop.spoil(*WRONG)
    before, runs = bodies(shop), len(executions(shop.lake, "shop"))
    planned = shop.repair(*NEGATIVE)
    assert {name: item["state"] for name, item in planned.items()} == {
        "shop/orders": "planned", **dict.fromkeys(AFFECTED, "planned"), "other tables": "skipped",
    }  # fmt: skip
    orders = planned["shop/orders"]
    assert (orders["records"], orders["why"]) == (3, "3 rows of 2 objects, 0.0 MiB; no other row of these")
    days = ", ".join(sorted(WRONG_DAYS))
    for name in ("shop/daily", "shop/peaks"):
        assert planned[name]["why"].startswith(f"2 parts of day: {days}; ")
    for name in ("shop/grand", "board/summary"):
        assert planned[name]["why"] == "the whole product: it is not refreshed in parts"
    assert planned["other tables"]["why"] == "2 keep their snapshots"
    assert bodies(shop) == before
    assert len(executions(shop.lake, "shop")) == runs


def test_three_wrong_keys_change_three_rows_and_the_parts_that_they_feed(shop: BrokenShop) -> None:
    rows, snapshots = shop.silver(), shop.snapshots()
    assert [row["order_id"] for row in rows if row["amount"] < 0] == [order(n)["order_id"] for n in WRONG]
    assert shop.gold() != expected_gold(right())
    files = {name: shop.files(Layer.GOLD, name) for name in ("daily", "peaks")}
    silver = shop.files(Layer.SILVER, "orders")
    shop.lake.drop({"shop/orders/later.json": lines([LATER])})  # waits for the next run

    done = shop.repair(*NEGATIVE, "--yes")

    assert {done[name]["state"] for name in ("shop/orders", *AFFECTED)} == {"done"}
    by_key = {each["order_id"]: each["amount"] for each in right()}
    wrong = {order(number)["order_id"] for number in WRONG}
    expected = [
        {**row, "amount": by_key[row["order_id"]]} if row["order_id"] in wrong else row for row in rows
    ]
    assert shop.silver() == expected
    assert shop.gold() == expected_gold(right())
    for name, before in files.items():
        after = shop.files(Layer.GOLD, name)
        assert {day for day in DAYS if after[day] != before[day]} == WRONG_DAYS, name
    after = shop.files(Layer.SILVER, "orders")
    assert {day for day in DAYS if after[day] != silver[day]} == WRONG_DAYS
    now = shop.snapshots()
    assert {name for name in now if now[name] != snapshots[name]} == {"shop/orders", *AFFECTED}
    [record] = kept(shop).values()
    plan, outcome = record["plan.json"], record["outcome.json"]
    assert plan["asked"] == {"where": "amount < 0"}
    assert f"assumed-role/{shop.lake.naming.resource('repairer')}/" in plan["by"]
    assert (plan["rows"], sum(map(len, plan["records"].values())), outcome["remaining"]) == (3, 3, 0)
    assert {name: each["snapshot"] for name, each in plan["before"].items()} == snapshots
    assert {name: each["snapshot"] for name, each in outcome["after"].items()} == now
    assert (outcome["moved"], len(outcome["executions"])) == ([], 2)


def test_second_repair_changes_nothing(shop: BrokenShop) -> None:
    before, runs = bodies(shop), len(executions(shop.lake, "shop"))
    again = shop.repair(*NEGATIVE, "--yes")
    assert {name: item["state"] for name, item in again.items()} == {"shop/orders": "skipped"}
    assert again["shop/orders"]["why"].startswith("repaired already by ")
    assert bodies(shop) == before
    assert len(executions(shop.lake, "shop")) == runs


def test_nothing_is_done_where_no_row_is_concerned(shop: BrokenShop) -> None:
    item = shop.repair("--where", "amount < -5", "--yes")["shop/orders"]
    assert (item["state"], item["records"], item["why"]) == ("skipped", 0, "no row of silver is concerned")


def test_what_came_meanwhile_is_taken_up_by_the_next_run(shop: BrokenShop) -> None:
    assert "o99" not in {row["order_id"] for row in shop.silver()}
    shop.lake.run_pipelines(["shop", "board"])
    assert len(shop.silver()) == ORDERS + 1
    assert shop.gold() == expected_gold([*right(), LATER])


def test_repair_that_was_killed_goes_on_when_it_is_asked_for_again(shop: BrokenShop) -> None:
    shop.spoil(2, 3, 11)
    known = set(kept(shop))
    keys = shop.keys(shop.lake.naming.resource("repairer"))
    process = subprocess.Popen(
        [*COMMAND, "repair", "shop/orders", *NEGATIVE, "--yes", "--env", "local", "--root", str(shop.root)],
        env={**shop.aws.environment(), **{name.upper(): key for name, key in keys.items()}},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (begun := set(kept(shop)) - known):
            assert process.poll() is None
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait()
    [killed] = begun
    assert set(kept(shop)[killed]) == {"plan.json"}
    settle(shop.lake, "shop")  # what it may have started goes on without it
    assert "begun at" in shop.repair(*NEGATIVE)["shop/orders"]["why"]

    assert shop.repair(*NEGATIVE, "--yes")["shop/orders"]["state"] == "done"

    assert shop.gold() == expected_gold([*right(), LATER])
    assert min(row["amount"] for row in shop.silver()) > 0
    assert set(kept(shop)) == {*known, killed}
    outcome = kept(shop)[killed]["outcome.json"]
    names = {arn.rpartition(":")[2] for arn in outcome["executions"]}
    started = {one["name"] for domain in ("shop", "board") for one in executions(shop.lake, domain)}
    assert {name for name in started if killed in name} == names


def test_objects_and_runs_are_made_anew_as_a_whole(shop: BrokenShop) -> None:
    rows = shop.silver()
    [uri] = {row["_source_object"] for row in rows if row["order_id"] == "o99"}
    run = shop.run_that_brought(uri)
    planned = shop.repair("--run", run)
    why = "1 row of 1 object, 0.0 MiB as a whole"
    assert (planned["shop/orders"]["why"], planned["shop/orders"]["records"]) == (why, 1)
    assert planned["shop/daily"]["why"].startswith(f"1 parts of day: {DAYS[0]}; ")
    done = shop.repair("--objects", uri, "--yes")
    assert done["shop/orders"]["state"] == "done"
    assert shop.silver() == rows
    assert shop.gold() == expected_gold([*right(), LATER])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("shop/orders",), "got none; allowed: exactly one of"),
        (("shop/orders", "--where", "amount < 0", "--run", "r"), "got --where and --run; allowed"),
        (("shop/orders", "--where", "amountx < 0"), "got amountx; allowed: columns of shop/orders"),
        (("shop/orders", "--where", "amount < (SELECT 1)"), "which is about more rows; allowed"),
        (("shop/orders", "--where", "amount < 'many"), "--where: got amount < 'many"),
        (("shop/orders", "--objects", "gone.json"), "--objects: got shop/orders/gone.json; allowed"),
        (("shop/orders", "--run", "r"), "--run: got r; allowed: runs that committed to shop/orders"),
        (("shop/daily", "--where", "total < 0"), "got shop/daily; allowed: datasets that arrive"),
        (("shop/order", "--where", "amount < 0"), "got shop/order; allowed"),
    ],
)
def test_what_cannot_be_repaired_is_told(shop: BrokenShop, arguments: tuple[str, ...], told: str) -> None:
    assert told in shop.refused(*arguments)


def test_rows_whose_object_is_gone_are_told_and_nothing_is_done(shop: BrokenShop) -> None:
    [uri] = {row["_source_object"] for row in shop.silver() if row["order_id"] == order(0)["order_id"]}
    shop.rewrite("_source_object", f"{uri}.gone", 0)
    before = bodies(shop)
    told = shop.refused("shop/orders", "--where", "order_id = 'o00'", "--yes")
    assert "got 1 rows of 1 objects that bronze has no more: shop/orders/ingest_date=" in told
    assert bodies(shop) == before
    shop.rewrite("_source_object", uri, 0)


def test_operator_without_the_role_repairs_nothing(shop: BrokenShop) -> None:
    before = bodies(shop)
    assert shop.ops("repair", "shop/orders", "--where", "amount > 0", "--yes", code=1) == {}
    assert bodies(shop) == before
