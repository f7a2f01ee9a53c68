"""Gathers what the rules of a run's datasets measured, so that the run records it in one commit.

A run that was killed has recorded nothing; the next one measures again what nobody has noted.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import Lock
from typing import Any

from lakehouse_etl.quality.rows import KEPT, noted
from lakehouse_etl.tables.history import RUN_ID

Values = tuple[Any, ...]
"""A row of a results table."""

Write = Callable[[str, Sequence[Values], Mapping[str, str]], None]
"""Takes the name of a results table, rows, and the summary of the commit that adds them."""


Record = Callable[[str, Sequence[Values], str | None], None]
"""Takes the name of a results table, rows, and a note about rules that none of a dataset's rows broke."""


def at_once(run_id: str, write: Write) -> Record:
    """Return what makes a commit of its own of whatever it is told."""

    def record(table: str, rows: Sequence[Values], note: str | None) -> None:
        with Ledger(run_id, write) as ledger:
            ledger.add(table, rows, note)

    return record


class Ledger(AbstractContextManager["Ledger"]):
    """What was measured by one run, until the block ends, however it does."""

    def __init__(self, run_id: str, write: Write) -> None:
        """Take the run's id, and what writes in the end."""
        self._run_id = run_id
        self._write = write
        self._lock = Lock()
        self._rows: dict[str, list[Values]] = {}
        self._notes: dict[str, list[str]] = {}

    def add(self, table: str, rows: Sequence[Values], note: str | None) -> None:
        """Add rows for a results table, and a note about rules that none broke; threads may do so."""
        with self._lock:
            self._rows.setdefault(table, []).extend(rows)
            self._notes.setdefault(table, []).extend([note] if note else [])

    def __exit__(self, *_: object) -> None:
        """Write everything down."""
        for table, rows in self._rows.items():
            notes = self._notes[table]
            self._write(table, rows, {RUN_ID: self._run_id, **({KEPT: noted(notes)} if notes else {})})
