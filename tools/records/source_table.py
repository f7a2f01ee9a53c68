"""A database table and the log of its changes, as AWS DMS tells them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

Row = Mapping[str, Any]
Key = tuple[Any, ...]

LOADED = ""
"""Sequence of a row of a full load."""


@dataclass(frozen=True)
class Change:
    """One row of a full load, or one change of the table."""

    operation: str
    """I, U or D."""
    row: Row
    """The row as it is afterwards; of a delete its key alone, since PostgreSQL logs no more by default."""
    changed_at: datetime
    """Commit, in UTC; of a row of a full load, the start of the load."""
    sequence: str
    before: Row = field(default_factory=dict)
    """Key before an update."""


class SourceTable:
    """Rows by key, and what has happened to them."""

    def __init__(self, key: Iterable[str], start: datetime) -> None:
        """Take the names of the key columns, and the time of the first commit, in UTC."""
        self.rows: dict[Key, Row] = {}
        self.log: list[Change] = []
        self.now = start
        self._key = tuple(key)
        self._numbers = count(1)

    def key_of(self, row: Row) -> Key:
        """Return the values of the key columns."""
        return tuple(row[name] for name in self._key)

    def commit(self, later: timedelta = timedelta(milliseconds=1)) -> None:
        """Let time pass: what follows is another commit."""
        self.now += later

    def insert(self, row: Row) -> None:
        """Add a row whose key the table does not have."""
        if self.key_of(row) in self.rows:
            raise KeyError(f"{self.key_of(row)} is there already")
        self.rows[self.key_of(row)] = row
        self._note("I", row)

    def update(self, key: Key, values: Row) -> None:
        """Give a row other values; those of its key, too."""
        former = self.rows.pop(key)
        row = {**former, **values}
        if self.key_of(row) in self.rows:
            self.rows[key] = former
            raise KeyError(f"{self.key_of(row)} is there already")
        self.rows[self.key_of(row)] = row
        self._note("U", row, self._only_key(former))

    def delete(self, key: Key) -> None:
        """Remove a row."""
        self._note("D", self._only_key(self.rows.pop(key)))

    def full_load(self) -> list[Change]:
        """Return the rows as a full load that starts now reads them."""
        return [Change("I", row, self.now, LOADED) for row in self.rows.values()]

    def _only_key(self, row: Row) -> Row:
        return {name: row[name] for name in self._key}

    def _note(self, operation: str, row: Row, before: Row | None = None) -> None:
        sequence = f"{self.now:%Y%m%d%H%M%S}{self.now.microsecond // 10_000:02}{next(self._numbers):019}"
        self.log.append(Change(operation, row, self.now, sequence, before or {}))
