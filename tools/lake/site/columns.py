"""The columns of a dataset as rows of a table, nested members below what they are nested in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Field, members
from lakehouse.targets.iceberg import columns as stored_columns


@dataclass(frozen=True)
class Row:
    """One column, or one member of a nested type."""

    path: str
    """Name with the names of what it is nested in, joined by dots."""
    depth: int
    """0 for a column."""
    field: Field
    nested: bool
    """Whether rows of members follow."""

    @property
    def parent(self) -> str:
        """Path of what the row is nested in; empty for a column."""
        return self.path.rpartition(".")[0]


def rows(fields: Iterable[Field], parent: str = "", depth: int = 0) -> Iterator[Row]:
    """Yield a row per column and, after each, the rows of its members."""
    for field in fields:
        path = f"{parent}.{field.name}" if parent else field.name
        inner = members(field.type)
        yield Row(path, depth, field, bool(inner))
        yield from rows(inner, path, depth + 1)


def technical(dataset: Dataset) -> tuple[Field, ...]:
    """Return the columns that a table has beside those of its contract."""
    named = {field.name for field in dataset.fields}
    return tuple(field for field in stored_columns(dataset) if field.name not in named)
