"""What silver commits say about themselves in their snapshot summaries, and how a later run finds it."""

from collections.abc import Mapping, Sequence

from lakehouse_etl.counts import Counts
from lakehouse_etl.tables import Snapshot, Table

STATE = "lake.state"
"""URI of the state that the commit belongs to."""

RUN_ID = "lake.run-id"

_ANCHOR = "lake.state-anchor"
"""Table property: the id of a snapshot and the state that was valid when it was the newest one."""


def summary_of(run_id: str, state_uri: str, counts: Counts) -> dict[str, str]:
    """Return the properties of a run's commit."""
    return {
        STATE: state_uri,
        RUN_ID: run_id,
        "lake.records-in": str(counts.records_in),
        "lake.accepted": str(counts.accepted),
        "lake.rejected": str(counts.rejected),
        "lake.superseded": str(counts.superseded),
    }


def valid_state(table: Table, history: Sequence[Snapshot]) -> str | None:
    """Return the URI of the state that the newest snapshot builds on, None before the first run.

    Compaction commits snapshots without a state, and expiry may then remove the last one that has it. So
    the state is also noted at the snapshot that compaction made. A note about a snapshot that a rollback
    took out of the history counts for nothing.
    """
    uri = next((snapshot.summary[STATE] for snapshot in history if STATE in snapshot.summary), None)
    if not history or STATE in history[0].summary:
        return uri
    anchor = table.properties().get(_ANCHOR, "")
    if uri is None:
        snapshot_id, _, noted = anchor.partition(" ")
        uri = noted if snapshot_id in {str(snapshot.id) for snapshot in history} else None
    if uri is not None and anchor != f"{history[0].id} {uri}":
        table.set_property(_ANCHOR, f"{history[0].id} {uri}")
    return uri


def is_empty(history: Sequence[Snapshot]) -> bool:
    """Whether a table holds no row."""
    return not history or _total(history[0].summary) == 0


def _total(summary: Mapping[str, str]) -> int:
    return int(summary["total-records"])
