"""What follows from rows that are made anew is told product by product, as the job of products decides it."""

from pathlib import Path

import pytest

from lakehouse.model.dataset import Lake
from tests.unit.lakehouse.project import Json, Project, column, product, source
from tools.ops.repair.downstream import Extent, affected, extent_of

UNKNOWN = "parts of day that come out otherwise: nobody knows them before"
DAY = column("day", "date", required=True)


def in_parts(input_: str, partition: str = "day", column_: str = "day") -> Json:
    refresh = {"input": input_, "column": column_}
    return {"write": "overwrite_partitions", "refresh": refresh, "partition": [partition]}


PRODUCTS: dict[str, tuple[Json, str]] = {
    "shop/daily": (in_parts("shop/orders"), "silver_shop.orders"),
    "shop/monthly": (in_parts("shop/orders", "month(day)"), "silver_shop.orders"),
    "shop/all": ({}, "silver_shop.orders"),
    "board/days": (in_parts("shop/daily"), "gold_shop.daily"),
    "board/months": (in_parts("shop/daily", "month(day)"), "gold_shop.daily"),
    "board/of_all": (in_parts("shop/all"), "gold_shop.all"),
    "board/both": (in_parts("shop/orders"), "silver_shop.orders JOIN gold_shop.daily USING (order_id, day)"),
    "shop/joined": (
        in_parts("shop/orders"),
        "silver_shop.orders JOIN silver_shop.clients USING (order_id, day)",
    ),
    "shop/others": ({}, "silver_shop.clients"),
}
"""How products are written, and what they read."""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    project = Project(tmp_path)
    for name in ("shop/orders", "shop/clients"):
        project.write(source(name, DAY), name)
    for name, (written, tables) in PRODUCTS.items():
        project.write(product(name, DAY, **written), name)
        project.text(f"{name}.sql", f"SELECT order_id, day FROM {tables}")  # noqa: S608 (texts of the test)
    return project.load()


def extents(lake: Lake, *values: str) -> dict[str, Extent]:
    """Extents of all products where the rows have these values of the day."""
    [orders] = [each for each in lake.datasets if each.id == "shop/orders"]
    found: dict[str, Extent] = {}
    for each in affected(lake, orders):
        found[each.id] = extent_of(each, orders, found, values)
    return found


def test_products_follow_one_another_and_none_that_reads_something_else(lake: Lake) -> None:
    [orders] = [each for each in lake.datasets if each.id == "shop/orders"]
    order = [each.id for each in affected(lake, orders)]
    assert set(order) == PRODUCTS.keys() - {"shop/others"}
    assert order.index("shop/daily") < min(order.index("board/days"), order.index("board/both"))
    assert order.index("shop/all") < order.index("board/of_all")


def test_parts_are_those_of_the_rows(lake: Lake) -> None:
    found = extents(lake, "2026-01-31", "2026-01-01", "2026-02-01")
    parts = {name: each.parts for name, each in found.items()}
    days = ("2026-01-01", "2026-01-31", "2026-02-01")
    assert parts["shop/daily"] == parts["board/days"] == parts["shop/joined"] == days
    assert parts["shop/monthly"] == ("2026-01", "2026-02")
    assert str(found["shop/monthly"]).startswith("2 parts of day: 2026-01, 2026-02; ")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("shop/all", "the whole product: it is not refreshed in parts"),
        ("board/both", "the whole product: it also reads shop/daily, which changes"),
        ("board/of_all", f"{UNKNOWN} shop/all is built"),
        ("board/months", f"{UNKNOWN} shop/daily is built"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_before_is_said(lake: Lake, name: str, told: str) -> None:
    extent = extents(lake, "2026-01-31")[name]
    assert (extent.parts, str(extent)) == (None, told)


def test_only_some_of_many_parts_are_shown(lake: Lake) -> None:
    days = [f"2026-01-{day:02}" for day in range(1, 32)]
    extent = extents(lake, *days)["shop/daily"]
    assert len(extent.parts or ()) == 31
    assert str(extent).startswith("31 parts of day: 2026-01-01, ")
    assert "2026-01-10 and others; and those that mended rows move to" in str(extent)
