"""Which version of a table is gone back to, and that nothing but its newest snapshot changes."""

from datetime import UTC, datetime, timedelta

import pytest
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC
from pyiceberg.schema import Schema
from pyiceberg.table.metadata import TableMetadata, new_table_metadata
from pyiceberg.table.refs import MAIN_BRANCH, SnapshotRefType
from pyiceberg.table.snapshots import Operation, Snapshot
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER
from pyiceberg.table.update import AddSnapshotUpdate, SetSnapshotRefUpdate, update_table_metadata
from pyiceberg.types import LongType, NestedField

from tools.ops.restore.versions import STATE, chosen, committed, gone_back, history
from tools.ops.target import OperationError

BEGUN = datetime(2100, 1, 31, 9, tzinfo=UTC)  # later than the metadata, which has the time of the test
MADE_BY_COMPACTION = 3


def with_snapshots(count: int) -> TableMetadata:
    """A table with a snapshot each minute; compaction made the third, so it has no state."""
    schema = Schema(NestedField(1, "order_id", LongType(), required=True))
    metadata = new_table_metadata(
        schema, UNPARTITIONED_PARTITION_SPEC, UNSORTED_SORT_ORDER, "s3://silver/shop/orders", {}
    )
    for number in range(1, count + 1):
        stated = {} if number == MADE_BY_COMPACTION else {STATE: f"s3://silver/state/{number}"}
        snapshot = Snapshot.model_validate(
            {
                "snapshot-id": number,
                "parent-snapshot-id": number - 1 or None,
                "sequence-number": number,
                "timestamp-ms": int((BEGUN + timedelta(minutes=number)).timestamp() * 1000),
                "manifest-list": f"s3://silver/{number}.avro",
                "summary": {"operation": Operation.APPEND, **stated},
                "schema-id": 0,
            }
        )
        main = SetSnapshotRefUpdate.model_validate(
            {
                "action": "set-snapshot-ref",
                "ref-name": MAIN_BRANCH,
                "type": SnapshotRefType.BRANCH,
                "snapshot-id": number,
            }
        )
        metadata = update_table_metadata(metadata, (AddSnapshotUpdate(snapshot=snapshot), main))
    return metadata


@pytest.mark.parametrize(
    ("minute", "with_state", "found"), [(5, True, 4), (4, True, 2), (4, False, 3), (2, True, 1)]
)
def test_newest_version_before_an_instant_is_chosen(minute: int, with_state: bool, found: int) -> None:
    before = BEGUN + timedelta(minutes=minute)
    goal = chosen(with_snapshots(5), before=before, snapshot_id=None, with_state=with_state)
    assert goal.snapshot_id == found
    assert committed(goal) < before


def test_version_is_chosen_by_its_id() -> None:
    assert chosen(with_snapshots(5), before=None, snapshot_id=2, with_state=True).snapshot_id == 2


@pytest.mark.parametrize(
    ("snapshot_id", "before"), [(MADE_BY_COMPACTION, None), (99, None), (None, BEGUN)], ids=str
)
def test_version_that_there_is_not_is_refused_with_those_that_there_are(
    snapshot_id: int | None, before: datetime | None
) -> None:
    with pytest.raises(OperationError, match=r"5 of 2100-01-31 09:05:00, 4 of .*, 2 of .*, 1 of "):
        chosen(with_snapshots(5), before=before, snapshot_id=snapshot_id, with_state=True)


def test_going_back_changes_the_newest_snapshot_alone() -> None:
    metadata = with_snapshots(5)
    old = chosen(metadata, before=None, snapshot_id=2, with_state=True)
    back = gone_back(metadata, old, "s3://silver/shop/orders/metadata/00005-x.metadata.json")
    assert [each.snapshot_id for each in history(back)] == [2, 1]
    assert back.snapshots == metadata.snapshots
    assert back.schemas == metadata.schemas
    assert back.metadata_log[-1].metadata_file.endswith("00005-x.metadata.json")
