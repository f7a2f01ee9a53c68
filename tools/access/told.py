"""The matrix for people: a table for the terminal, and JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from rich import box
from rich.table import Table

from lakehouse.model.dataset import Lake, Layer
from tools.access.matrix import Matrix, Reach

NOTHING = "-"


def labels(lake: Lake, database: Mapping[tuple[Layer, str], str]) -> dict[str, str]:
    """Return how people call tables: `domain/dataset`, and with its layer where it is not the dataset's own.

    Args:
        lake: The contracts.
        database: Name of the database of each layer and domain.
    """
    found = {}
    for dataset in lake.datasets:
        others = (Layer.BRONZE, Layer.QUARANTINE) if dataset.ingestion else ()
        for layer in others:
            found[f"{database[layer, dataset.domain]}.{dataset.name}"] = f"{dataset.id} in {layer}"
        found[f"{database[dataset.layer, dataset.domain]}.{dataset.name}"] = dataset.id
    return found


def document(rows: Iterable[Reach]) -> list[dict[str, Any]]:
    """Return the matrix as JSON values: an entry for each role and table that it can do anything with."""
    return [asdict(row) for row in rows]


def drawn(matrix: Matrix, rows: Iterable[Reach], names: Mapping[str, str], prefix: str) -> Table:
    """Return a table with a line for each table of a dataset and a column for each role of people.

    Other accounts that read something have columns, and tables of others that are read here have lines.
    """
    by_place = {(row.role, row.table): row for row in rows}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("table", overflow="fold")
    readers = [*matrix.people, *matrix.accounts]
    for role in readers:
        table.add_column(role.removeprefix(f"{prefix}-"), overflow="fold")
    for each in sorted(matrix.tables, key=lambda one: names.get(str(one), str(one))):
        if str(each) in names or each.owner:
            cells = (extent(by_place.get((role, str(each))), len(each.columns)) for role in readers)
            table.add_row(each.title if each.owner else names[str(each)], *cells)
    return table


def extent(row: Reach | None, columns: int) -> str:
    """Return in a few words what a role can do with a table of so many columns."""
    if row is None:
        return NOTHING
    parts = []
    if row.cells:
        parts.append("all" if len(row.cells) == columns else f"{len(row.cells)}/{columns}")
        if any("" not in rows for rows in row.cells.values()):
            parts[-1] += ", some rows"
    elif row.describes:
        parts.append("names")
    if row.files:
        parts.append(f"files: {', '.join(row.files)}")
    if not row.known:
        parts.append("?")
    return "; ".join(parts) or NOTHING
