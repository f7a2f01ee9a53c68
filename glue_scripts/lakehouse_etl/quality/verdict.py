"""What the last run of a silver dataset found about its fitness for use, told by the silver table itself.

Whoever may read the table may read the verdict: products of other domains need no further rights. It is a
table property and names the snapshot that was judged, so it can be given without a commit, and rows that
came after it are not covered by it.
"""

from collections.abc import Sequence

from lakehouse_etl.quality.meter import PROPERTY, Basis
from lakehouse_etl.tables.history import Journal, Snapshot

_GATE = "lake.gate"
_OPEN = "open"
_LONGEST = 400
"""Characters of a reason; table properties are copied into every metadata file."""


def give(table: Journal, problem: str | None, basis: Basis | None = None) -> None:
    """Let the table say that its rows are fit for use, or what keeps them from being so.

    With it goes what was measured, if the next measurement may start from it.
    """
    history = table.history()
    changes = (snapshot.id for snapshot in history if snapshot.operation != "replace")
    judged = next(changes, history[0].id if history else 0)
    verdict = f"{judged} {_OPEN if problem is None else f'closed: {problem[:_LONGEST]}'}"
    told = {_GATE: verdict, **({} if basis is None else {PROPERTY: str(basis)})}
    if not told.items() <= table.properties().items():
        table.set_properties(told)


def is_given(table: Journal) -> bool:
    """Whether a run of the silver job has ever come to its end, even one that found no record."""
    return _GATE in table.properties()


def problem_of(table: Journal, history: Sequence[Snapshot]) -> str | None:
    """Return why products must not be made of the table's rows, None if they may."""
    judged, _, words = table.properties().get(_GATE, "").partition(" ")
    if not words or not _holds(judged, history):
        return "its newest rows have not been judged, since no run of its silver job has come to its end"
    return None if words == _OPEN else words


def _holds(judged: str, history: Sequence[Snapshot]) -> bool:
    """Whether no row has changed since a snapshot; compaction changes none, and may outlive it."""
    for snapshot in history:
        if str(snapshot.id) == judged:
            return True
        if snapshot.operation != "replace":
            return False
    return True
