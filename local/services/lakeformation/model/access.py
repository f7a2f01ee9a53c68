"""What a principal may do with a table: describe it, write it, and which of its cells it sees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from local.services.lakeformation.model.grants import Grant
from local.services.lakeformation.model.locations import Registration

AllRows = None
"""A row predicate that every row meets."""


@dataclass(frozen=True)
class Access:
    """What Lake Formation allows; IAM must allow as well.

    Attributes:
        enforced: False if Lake Formation leaves the table to IAM alone; then everything else here is allowed.
        describe: Whether the table is seen at all.
        columns: The columns that the catalog shows, whether or not their cells are seen.
        writes: Which of ALTER, DELETE, DROP and INSERT are held.
        grantable: Permissions on the whole table that may be granted to others.
        cells: By column that is seen, the predicates of the rows in which it is; None among them is all rows.
            A cell is seen where one predicate of its column is true, and is NULL where none is and the row is
            seen by another column's. A row is seen where any predicate is true.
        registration: The location by whose role the data is read; None if the principal's own credentials
            read it.
        sources: The grants that this follows from.
    """

    enforced: bool
    describe: bool = False
    columns: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    grantable: frozenset[str] = frozenset()
    cells: Mapping[str, frozenset[str | None]] = field(default_factory=dict)
    registration: Registration | None = None
    sources: tuple[Grant, ...] = ()

    @property
    def select(self) -> bool:
        """Whether any cell is seen."""
        return bool(self.cells)

    def whole(self, columns: Iterable[str]) -> bool:
        """Whether all rows of all these columns are seen."""
        return all(AllRows in self.cells.get(column, ()) for column in columns)

    @property
    def rows(self) -> frozenset[str | None]:
        """The predicates of the rows that are seen at all; None among them is all rows."""
        return frozenset(predicate for each in self.cells.values() for predicate in each)


@dataclass(frozen=True)
class DatabaseAccess:
    """What a principal may do with a database.

    Attributes:
        enforced: False if Lake Formation leaves the database to IAM alone.
        describe: Whether the database is seen.
        permissions: Which of ALTER, CREATE_TABLE, DESCRIBE and DROP are held.
        grantable: Those of them that may be granted to others.
    """

    enforced: bool
    describe: bool = False
    permissions: frozenset[str] = frozenset()
    grantable: frozenset[str] = frozenset()
    sources: tuple[Grant, ...] = ()
