"""Which version of an Iceberg table to go back to, and the metadata that does it.

https://iceberg.apache.org/spec/#snapshots
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.refs import MAIN_BRANCH, SnapshotRefType
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.table.update import SetSnapshotRefUpdate, update_table_metadata

from tools.ops.target import OperationError

STATE = "lake.state"
"""What a run's commit says of the objects that it was made of; from one without it no run can go on."""


def history(metadata: TableMetadata) -> Iterator[Snapshot]:
    """Yield the newest snapshot and those that it was made from, as far as they are kept."""
    snapshot = metadata.current_snapshot()
    while snapshot is not None:
        yield snapshot
        parent = snapshot.parent_snapshot_id
        snapshot = metadata.snapshot_by_id(parent) if parent is not None else None


def chosen(
    metadata: TableMetadata, *, before: datetime | None, snapshot_id: int | None, with_state: bool
) -> Snapshot:
    """Return the snapshot to go back to.

    Args:
        metadata: Of the table.
        before: The newest one that was committed before this instant.
        snapshot_id: This one.
        with_state: Whether it has to say what it was made of, as tables of sources do.

    Raises:
        OperationError: There is none; the message names those that there are.
    """
    fit = [each for each in history(metadata) if not with_state or _state(each)]
    for each in fit:
        if each.snapshot_id == snapshot_id or (before is not None and committed(each) < before):
            return each
    wanted = str(snapshot_id) if snapshot_id is not None else f"one before {before:%Y-%m-%d %H:%M:%S} UTC"
    known = ", ".join(f"{each.snapshot_id} of {committed(each):%Y-%m-%d %H:%M:%S}" for each in fit)
    raise OperationError(f"got {wanted}; allowed: {known or 'no snapshot'}; fix: choose one of these")


def gone_back(metadata: TableMetadata, snapshot: Snapshot, location: str) -> TableMetadata:
    """Return the metadata of the table with an older snapshot as its newest; it lies at a new location."""
    main = SetSnapshotRefUpdate.model_validate(
        {
            "action": "set-snapshot-ref",
            "ref-name": MAIN_BRANCH,
            "type": SnapshotRefType.BRANCH,
            "snapshot-id": snapshot.snapshot_id,
        }
    )
    return update_table_metadata(metadata, (main,), metadata_location=location)


def committed(snapshot: Snapshot) -> datetime:
    """Return when a snapshot was committed."""
    return datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC)


def _state(snapshot: Snapshot) -> bool:
    return bool(snapshot.summary and STATE in snapshot.summary.additional_properties)
