"""Products are built when they, their rules or their inputs are other than what their newest commit says."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lakehouse_etl.contract.model import Field, Input, Product
from lakehouse_etl.contract.types import STRING, Member
from lakehouse_etl.dispatch.due import due
from lakehouse_etl.gold.note import note_of
from lakehouse_etl.native.table import Table
from lakehouse_etl.quality import verdict

from tests.unit.glue_scripts.native.bench import schema_of
from tests.unit.glue_scripts.table_rules import aggregate
from tools.bench.native.file_catalog import FileCatalog

SILVER = Input("d/orders", "silver", "silver.orders")
FIRST = Product(
    "d/first", "first", "gold.first", "results.gold", "SELECT id FROM silver.orders",
    (Field("id", STRING, True),), ("id",), inputs=(SILVER,),
)  # fmt: skip
SECOND = replace(
    FIRST, id="d/second", name="second", table="gold.second", inputs=(Input("d/first", "gold", "gold.first"),)
)


class World:
    """Tables of one domain."""

    def __init__(self, folder: Path) -> None:
        self.catalog = FileCatalog(folder)
        for name in ("silver.orders", "gold.first", "gold.second"):
            self.catalog.make_table(name, schema_of((Member("id", STRING, True),)))

    def table(self, name: str) -> Table:
        """Return a table as it is now."""
        return Table(self.catalog, name)

    def arrive(self, problem: str | None = None) -> None:
        """Commit to silver, and judge it."""
        self.table("silver.orders").append({}, [])
        verdict.give(self.table("silver.orders"), problem)

    def build(self, *products: Product) -> None:
        """Commit what products say of themselves."""
        for product in products:
            heads = {each.id: self.table(each.table).head() for each in product.inputs}
            self.table(product.table).append(note_of(product, heads), [])

    def due(self, *products: Product) -> list[str]:
        """Return which products are due."""
        return due(self.catalog, products)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.arrive()
    world.build(FIRST, SECOND)
    return world


def test_nothing_is_due_when_nothing_has_changed(world: World) -> None:
    assert world.due(FIRST, SECOND) == []


def test_product_is_due_when_an_input_has_changed_and_so_are_those_that_read_it(world: World) -> None:
    world.arrive()
    assert world.due(FIRST, SECOND) == ["first", "second"]
    world.build(FIRST)
    assert world.due(FIRST, SECOND) == ["second"]
    world.build(SECOND)
    assert world.due(FIRST, SECOND) == []


CHANGES: dict[str, Callable[[Product], Product]] = {
    "another SQL": lambda product: replace(product, sql="SELECT upper(id) id FROM silver.orders"),
    "SQL of the clock": lambda product: replace(product, volatile=True),
    "a rule of the clock": lambda product: replace(
        product,
        table_rules=(
            aggregate("late", "count_if(current_date > DATE '2026-01-01')", "mustBe", 0, columns={}),
        ),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_product_is_due_when_it_is_another_or_not_the_same_for_ever(world: World, change: str) -> None:
    changed = CHANGES[change](FIRST)
    assert world.due(changed) == ["first"]
    if "clock" in change:
        world.build(changed)
        assert world.due(changed) == ["first"]


@pytest.mark.parametrize("what", ["gone", "unfit", "unjudged", "never built", "compacted"])
def test_build_tells_of_whatever_else_there_is(world: World, what: str) -> None:
    product = FIRST
    if what == "gone":
        product = replace(FIRST, inputs=(replace(SILVER, table="silver.gone"),))
    if what == "unfit":
        verdict.give(world.table("silver.orders"), "too many were rejected")
    if what == "unjudged":
        world.table("silver.orders").append({}, [])
        world.build(FIRST)
    if what == "never built":
        product = replace(FIRST, table="gold.never")
        world.catalog.make_table("gold.never", schema_of((Member("id", STRING, True),)))
    if what == "compacted":
        world.table("gold.first").append({}, [])
    assert world.due(product) == ["first"]


def test_failure_to_look_is_not_taken_for_nothing_to_do(world: World, monkeypatch: Any) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(FileCatalog, "load_table", refuse)
    with pytest.raises(PermissionError):
        world.due(FIRST)
