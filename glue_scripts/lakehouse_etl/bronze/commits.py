"""Which state a silver commit belongs to: its snapshot summary says so, and a later run finds it there."""

from collections.abc import Sequence

from lakehouse_etl.bronze.state import State, StateError
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.tables.history import EVENT_AGES, NEWEST_EVENT, RUN_ID, Journal, Snapshot, is_empty

STATE = "lake.state"
"""URI of the state that the commit belongs to."""

HASHES = "lake.key-hashes"
"""URIs of the objects that tell the hashes of keys, one after the other."""

_ANCHOR = "lake.state-anchor"
"""Table property: the id of a snapshot and the state that was valid when it was the newest one."""


def summary_of(run_id: str, state_uri: str, counts: Counts, state: State) -> dict[str, str]:
    """Return the properties of a run's commit."""
    told = {EVENT_AGES: state.ages, NEWEST_EVENT: state.newest_event}
    return {
        **{name: text for name, text in told.items() if text},
        STATE: state_uri,
        RUN_ID: run_id,
        "lake.records-in": str(counts.records_in),
        "lake.accepted": str(counts.accepted),
        "lake.rejected": str(counts.rejected),
        "lake.superseded": str(counts.superseded),
    }


def valid_state(table: Journal, history: Sequence[Snapshot]) -> str | None:
    """Return the URI of the state that the newest snapshot builds on, None before the first run.

    Compaction commits snapshots without a state, and expiry may then remove the last one that has it. So
    the state is also noted at the snapshot that compaction made. A note about a snapshot that a rollback
    took out of the history counts for nothing.

    Raises:
        StateError: The table has rows, but nothing tells what they were made from. Starting anew would
            bring back what later records had replaced.
    """
    uri = next((snapshot.summary[STATE] for snapshot in history if STATE in snapshot.summary), None)
    uri = uri or _noted(table, history)
    if uri is not None and STATE not in history[0].summary:
        _note(table, history[0], uri)
    if uri is None and not is_empty(history):
        raise StateError(
            f"{table.name}: has rows, but no snapshot and no note names the state that they belong to; fix: "
            f"roll back to a snapshot whose summary has {STATE}, or set the table property {_ANCHOR} to "
            f"'{history[0].id} <URI of that state>'"
        )
    return uri


def keep_state(table: Journal, history: Sequence[Snapshot]) -> None:
    """Note the state at the newest snapshot, whatever made it, before somebody expires that one.

    Once compaction has followed, the note names the parent of what is left.
    """
    uri = valid_state(table, history)
    if uri is not None:
        _note(table, history[0], uri)


def named_states(table: Journal) -> frozenset[str]:
    """Return the URIs of all states that a run could still need, those of branches and tags among them.

    Objects with hashes of keys, which lie beside them, are among these.
    """
    anchor = table.properties().get(_ANCHOR, "").partition(" ")[2]
    hashes = [uri for told in table.summaries(HASHES) for uri in told.split()]
    return frozenset({*table.summaries(STATE), *hashes, *([anchor] if anchor else [])})


def _noted(table: Journal, history: Sequence[Snapshot]) -> str | None:
    """The state in the note, if it is about an ancestor of the newest snapshot."""
    snapshot_id, _, uri = table.properties().get(_ANCHOR, "").partition(" ")
    known = {snapshot.id for snapshot in history} | {snapshot.parent_id for snapshot in history}
    return uri if snapshot_id in {str(number) for number in known} else None


def _note(table: Journal, snapshot: Snapshot, uri: str) -> None:
    note = f"{snapshot.id} {uri}"
    if table.properties().get(_ANCHOR) != note:
        table.set_properties({_ANCHOR: note})
