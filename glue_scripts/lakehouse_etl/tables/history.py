"""What a job knows of a table's commits, whoever reads and writes it: no engine is needed for that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

ATTEMPTS = 5
"""How often somebody starts over who is overtaken by others."""

RUN_ID = "lake.run-id"
"""Property of a commit: the run that made it."""


EVENT_AGES = "lake.event-ages"
"""Property of a commit: how old the events are that it brings (see `records.ages`)."""

NEWEST_EVENT = "lake.newest-event"
"""Property of a commit: instant of the newest event that the table has ever had."""


class TableError(RuntimeError):
    """A table is missing or does not fit its contract."""


class MovedError(RuntimeError):
    """Somebody else has committed to the table meanwhile; nothing was published, and all has to be redone."""

    def __init__(self, table: str) -> None:
        """Take the name of the table."""
        super().__init__(f"{table}: somebody else has committed to it")


@dataclass(frozen=True)
class Snapshot:
    """One commit."""

    id: int
    summary: Mapping[str, str]
    operation: str
    """`append`, `overwrite`, `delete`, or `replace`: files in place of others with the same rows."""
    parent_id: int | None
    """The commit before, which may have expired."""


class Journal(Protocol):
    """What a table tells of itself beside its rows, and what may be noted there."""

    name: str

    def head(self) -> int | None:
        """Return the id of the current snapshot, None before the first commit."""
        ...

    def history(self) -> list[Snapshot]:
        """Return the current snapshot and its ancestors, as far as they have not expired, newest first."""
        ...

    def summaries(self, name: str) -> set[str]:
        """Return the values of a property in the summaries of all commits that have not expired."""
        ...

    def properties(self) -> dict[str, str]:
        """Return the table properties."""
        ...

    def set_properties(self, properties: Mapping[str, str]) -> None:
        """Set table properties; commits no snapshot."""
        ...


def is_empty(history: Sequence[Snapshot]) -> bool:
    """Whether a table holds no row."""
    return not history or int(history[0].summary["total-records"]) == 0
