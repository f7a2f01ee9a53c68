"""What is made of the rows that are to be made anew: products, and which parts of them.

It follows `lakehouse_etl.gold.plan`: a product in parts has those made anew whose rows of its refresh input
changed, if no other input of it did; any other product is made anew as a whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lakehouse.model.dataset import Dataset, Lake
from lakehouse.model.lineage import ranks, reach
from lakehouse.sql.parse import volatile_calls
from tools.ops.athena import query
from tools.ops.repair.found import Found, silver
from tools.ops.target import Target

_LENGTHS = {"month": len("2026-01"), "year": len("2026")}
"""Characters of a date that tell its part."""

_SHOWN = 10


@dataclass(frozen=True)
class Extent:
    """How much of a product is made anew."""

    product: Dataset
    column: str | None = None
    """Column by whose values parts are told; None: the whole product is made anew."""
    parts: tuple[str, ...] | None = None
    """Parts that rows of now lie in; None: nobody can tell before the build."""
    why: str = ""
    """Why it is the whole product, or why parts are not known."""

    def __str__(self) -> str:
        if self.column is None:
            return f"the whole product: {self.why}"
        if self.parts is None:
            return f"parts of {self.column} that come out otherwise: {self.why}"
        shown = ", ".join(self.parts[:_SHOWN]) + (" and others" if len(self.parts) > _SHOWN else "")
        return f"{len(self.parts)} parts of {self.column}: {shown}; and those that mended rows move to"


def affected(lake: Lake, dataset: Dataset) -> list[Dataset]:
    """Return the products that are made of a dataset, also by way of others, inputs first."""
    place = ranks({each.id: each.inputs for each in lake.datasets})
    readers: dict[str, list[str]] = {each.id: [] for each in lake.datasets}
    for each in lake.datasets:
        for read in each.inputs:
            readers[read].append(each.id)
    reached = reach(dataset.id, readers) - {dataset.id}
    return sorted((each for each in lake.datasets if each.id in reached), key=lambda each: place[each.id])


def extents(target: Target, dataset: Dataset, found: Found) -> list[Extent]:
    """Return how much of each product is made anew, inputs first."""
    extent: dict[str, Extent] = {}
    for product in affected(target.lake, dataset):
        refresh = product.refresh
        direct = refresh is not None and refresh.input == dataset.id
        values = _values(target, dataset, found, refresh.column) if refresh and direct else ()
        extent[product.id] = extent_of(product, dataset, extent, values)
    return list(extent.values())


def extent_of(
    product: Dataset, dataset: Dataset, known: Mapping[str, Extent], values: Sequence[str]
) -> Extent:
    """Return how much of a product is made anew.

    Args:
        product: The product.
        dataset: What is repaired.
        known: Extents of the products that are affected before it.
        values: Values of the refresh column in the rows that are to be made anew, of a product in parts that
            follow the dataset.
    """
    moved = [each for each in product.inputs if each == dataset.id or each in known]
    refresh = product.refresh
    if refresh is None:
        return Extent(product, why="it is not refreshed in parts")
    if product.sql and volatile_calls(product.sql):
        return Extent(product, why="its SQL depends on more than its inputs")
    if others := [each for each in moved if each != refresh.input]:
        return Extent(product, why=f"it also reads {', '.join(others)}, which changes")
    if refresh.input == dataset.id:
        return Extent(product, refresh.column, _parts(product, values))
    before = known[refresh.input]
    same = before.column == refresh.column and _transform(before.product) == _transform(product)
    if same and before.parts is not None:
        return Extent(product, refresh.column, before.parts)
    return Extent(product, refresh.column, why=f"nobody knows them before {refresh.input} is built")


def _parts(product: Dataset, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({value[: _LENGTHS.get(_transform(product))] for value in values}))


def _transform(product: Dataset) -> str:
    """Return how a product is partitioned by its refresh column."""
    column = product.refresh.column if product.refresh else ""
    ways = ("identity", "day", *_LENGTHS)
    return next(
        (each.transform for each in product.partition if each.source == column and each.transform in ways),
        "identity",
    )


def _values(target: Target, dataset: Dataset, found: Found, column: str) -> list[str]:
    values: set[str] = set()
    for condition in found.conditions:
        rows = query(
            target,
            f'SELECT DISTINCT CAST("{column}" AS varchar) FROM {silver(target, dataset)} '  # noqa: S608 (checked)
            f'WHERE {condition} AND "{column}" IS NOT NULL',
        )
        values |= {value for (value,) in rows}
    return sorted(values)
