"""Random histories of a source table, many side by side, and random deliveries of what DMS tells of them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal as Number
from typing import Any

from lakehouse.model.fields import Decimal, Field, Scalar
from lakehouse.model.masking import HASH
from tools.records.source_table import Change, Key, Row, SourceTable

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
KEY = ("history", "id")
FIELDS = (
    Field("history", Scalar.INT, True, ""),
    Field("id", Scalar.STRING, True, "", masking=HASH),
    Field("amount", Decimal(9, 2), True, ""),
    Field("at", Scalar.TIMESTAMPTZ, False, ""),
    Field("note", Scalar.STRING, False, ""),
)
WITHOUT_NOTE = FIELDS[:-1]
"""The table before a column was added."""

_IDS = ("a", "b", "c")
_TICKS = 24
_FIRST_LOAD, _COLUMN_ADDED = 3, 6


@dataclass(frozen=True)
class File:
    """One file as DMS writes it."""

    changes: list[Change]
    load: bool
    fields: tuple[Field, ...]


class World:
    """A table in which histories go on side by side, each with a few keys, so that keys come and go often.

    It is loaded once near the beginning and once more later, after a time in which changes were lost. A load
    takes a while, and each of its rows is read at any moment of it.
    """

    def __init__(self, rng: random.Random, histories: int) -> None:
        self._rng = rng
        self._histories = histories
        self.table = SourceTable(KEY, START)
        self._states: list[dict[Key, Row]] = []
        self._times: list[datetime] = []
        for tick in range(_TICKS):
            for history in range(histories):
                self._happen(history, tick)
            self._states.append(dict(self.table.rows))
            self._times.append(self.table.now)
            self.table.commit(timedelta(microseconds=rng.randint(1, 10**7)))

    def files(self) -> list[File]:
        """Return all files, in no order; some tell what others tell, too."""
        rng = self._rng
        reload = rng.randrange(_FIRST_LOAD + 4, _TICKS)
        lost = self._times[reload - rng.randint(0, 3)]
        log = [
            change
            for change in self.table.log
            if change.changed_at >= self._times[_FIRST_LOAD]
            and not lost <= change.changed_at < self._times[reload]
        ]
        told = log + rng.sample(log, len(log) // 20)
        loads = [part for tick in (_FIRST_LOAD, reload) for part in self._cut(self._load(tick), 3)]
        files = [File(part, True, self._fields(part)) for part in loads]
        files += [File(part, False, self._fields(part)) for part in self._cut(told, rng.randint(4, 12))]
        files += rng.sample(files, len(files) // 4)
        rng.shuffle(files)
        return files

    def _load(self, tick: int) -> list[Change]:
        """Read each row at any moment from `tick` on for a while."""
        end = min(tick + 4, _TICKS)
        keys = sorted({key for state in self._states[tick:end] for key in state})
        seen = ((key, self._states[self._rng.randrange(tick, end)]) for key in keys)
        return [Change("I", state[key], self._times[tick], "") for key, state in seen if key in state]

    def _cut(self, changes: list[Change], pieces: int) -> Iterator[list[Change]]:
        """Deal out changes to files at random, so that a file holds earlier and later ones of a key."""
        dealt: list[list[Change]] = [[] for _ in range(pieces)]
        for change in changes:
            self._rng.choice(dealt).append(change)
        yield from (part for part in dealt if part)

    def _fields(self, changes: list[Change]) -> tuple[Field, ...]:
        return FIELDS if any(change.row.get("note") for change in changes) else WITHOUT_NOTE

    def _happen(self, history: int, tick: int) -> None:
        """Do nothing, one thing, or several things in one transaction."""
        for _ in range(self._rng.choice((0, 0, 0, 1, 1, 2, 3))):
            here = [key for key in ((history, name) for name in _IDS) if key in self.table.rows]
            free = [name for name in _IDS if (history, name) not in self.table.rows]
            action = self._rng.choice("iudm")
            if action == "i" and free:
                name = self._rng.choice(free)
                self.table.insert({"history": history, "id": name, **self._values(tick)})
            elif here and action == "u":
                self.table.update(self._rng.choice(here), self._values(tick))
            elif here and action == "d":
                self.table.delete(self._rng.choice(here))
            elif here and free and action == "m":
                values = self._values(tick) if self._rng.random() < 1 / 2 else {}
                self.table.update(self._rng.choice(here), {**values, "id": self._rng.choice(free)})

    def _values(self, tick: int) -> dict[str, Any]:
        rng = self._rng
        note = f"note {rng.randint(1, 999)}" if tick >= _COLUMN_ADDED and rng.random() < 1 / 2 else None
        at = START + timedelta(microseconds=rng.randrange(10**12)) if rng.random() < 1 / 2 else None
        return {"amount": Number(rng.randrange(10**7)) / 100, "at": at, "note": note}
