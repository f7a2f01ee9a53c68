"""The tables of a domain that maintenance works on, and what lies beside each."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from lakehouse_etl.contract.manifest import Manifest
from lakehouse_etl.contract.model import Dataset, Product
from lakehouse_etl.job.work import chosen


class Kind(Enum):
    """What a table holds."""

    MAIN = auto()
    """Rows of silver or gold; all others are what runs note beside them."""
    QUARANTINE = auto()
    RESULTS = auto()
    """What quality rules measured."""
    DELETED = auto()
    """Keys that a replica has no longer."""


@dataclass(frozen=True)
class Subject:
    """One table."""

    table: str
    """`database.table`."""
    kind: Kind
    state_location: str | None = None
    """Where the states of its commits lie, None if it has none."""
    retention_days: int | None = None
    """Days after which rejected records go by their `ingest_date`; None: never."""

    @property
    def name(self) -> str:
        """The table's name, unique in its domain."""
        return self.table


def subjects(manifest: Manifest, names: frozenset[str]) -> list[Subject]:
    """Return all tables of the domain, or those of the datasets and products that are named.

    Raises:
        ValueError: A name is not among them.
    """
    items: list[Dataset | Product] = [*manifest.datasets, *manifest.products]
    found = [table for item in chosen(items, names) for table in _tables(item)]
    if not names:
        results = {item.results_table for item in items}
        found += [Subject(name, Kind.RESULTS) for name in sorted(results)]
    return found


def _tables(item: Dataset | Product) -> Iterable[Subject]:
    if isinstance(item, Product):
        yield Subject(item.table, Kind.MAIN)
        return
    yield Subject(item.silver_table, Kind.MAIN, state_location=item.state_location)
    yield Subject(item.quarantine_table, Kind.QUARANTINE, retention_days=item.retention_days)
    if item.changes is not None:
        yield Subject(item.changes.deleted_table, Kind.DELETED)
