"""Expires every version of a table but the current one, at once, and deletes what only they named.

Afterwards a table has one snapshot. Its manifests tell of live files alone: one that tells of a removed file
tells bounds of the values that were in it. Each step finds out anew what there is to do. Files go before the
snapshots that name them, so whoever is killed between the two is followed by one that finds them again.

https://iceberg.apache.org/spec/#snapshots
"""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from pyiceberg.catalog import Catalog as Iceberg
from pyiceberg.manifest import (
    ManifestContent,
    ManifestEntryStatus,
    ManifestFile,
    write_manifest,
    write_manifest_list,
)
from pyiceberg.table import Table
from pyiceberg.table.refs import MAIN_BRANCH, SnapshotRefType
from pyiceberg.table.snapshots import Operation, Snapshot, Summary
from pyiceberg.table.update import (
    AddSnapshotUpdate,
    AssertRefSnapshotId,
    AssertTableUUID,
    RemoveSnapshotRefUpdate,
    RemoveSnapshotsUpdate,
    SetSnapshotRefUpdate,
    TableUpdate,
)

from tools.ops.erasure.files import Catalog
from tools.ops.erasure.objects import hide, remove_hidden
from tools.ops.target import OperationError, Target

_STATE_FILES = ("lake.state", "lake.key-hashes")
"""Properties of commits that name files beside the table (see `lakehouse_etl.bronze.commits`)."""

_OURS, _DEFINITION = "lake.", "lake.definition"
"""Beginning of all properties of commits that are ours, and the one that only products have (see
`lakehouse_etl.gold.note`)."""

_ANCHOR = "lake.state-anchor"
"""Property of a table that names a snapshot and a state."""


def forget_older(target: Target, name: tuple[str, str]) -> int:
    """Forget all of a table but its current version, also what branches and tags keep; return how many.

    Raises:
        OperationError: The table has files that delete rows of others.
        CommitFailedException: Somebody else has committed meanwhile; run it again.
    """
    catalog = Catalog(target)
    table = with_live_manifests(catalog, catalog.load_table(name))
    current = table.current_snapshot()
    old = [each for each in table.snapshots() if current is None or each.snapshot_id != current.snapshot_id]
    needed = {uri for each in old for uri in (*_files(table, each), *_states(each))}
    for bucket, keys in _by_bucket(needed - _named_files(table)).items():
        hide(target, bucket, keys)
    table = _expired(catalog, table, [each.snapshot_id for each in old])
    older = {each.metadata_file for each in table.metadata.metadata_log} - {table.metadata_location}
    for bucket, keys in _by_bucket(older).items():
        hide(target, bucket, keys)
    for place in (table.location(), *{uri.rpartition("/")[0] for uri in _states(current)}):
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        remove_hidden(target, bucket, f"{prefix}/")
    return len(old)


def with_live_manifests(catalog: Iceberg, table: Table) -> Table:
    """Return a table whose current version tells of live files alone, and of itself what older ones tell.

    Raises:
        OperationError: The table has files that delete rows of others.
    """
    current = table.current_snapshot()
    if current is None:
        return table
    summary = _summary(table, current)
    told = _ours(current).items() >= _ours_in(summary).items()
    if told and not any(_is_stale(each) for each in _manifests(table, current)):
        return table
    _commit_live(catalog, table, current, summary)
    return catalog.load_table(table.name())


def _summary(table: Table, current: Snapshot) -> Summary:
    """Return what a commit tells that takes the place of all others: what the content was made of.

    Compaction tells nothing of it, so the newest commit that does counts, or a note beside them. A verdict on
    silver outlives commits that replace files alone, and products look for their note on others.
    """
    line = [*_ancestors(table, current)]
    noted = next((each for each in line if _ours(each)), current)
    own = _ours(noted)
    anchor, _, state = table.properties.get(_ANCHOR, "").partition(" ")
    if not own and anchor in {
        str(id_) for each in line for id_ in (each.snapshot_id, each.parent_snapshot_id)
    }:
        own = {_STATE_FILES[0]: state}
    totals = {name: text for name, text in _told(current).items() if name.startswith("total-")}
    operation = noted.summary.operation if noted.summary and _DEFINITION in own else Operation.REPLACE
    return Summary(operation, **totals, **own)


def _ancestors(table: Table, snapshot: Snapshot) -> Iterator[Snapshot]:
    """Yield a snapshot and those before it, as far as they have not expired."""
    at: Snapshot | None = snapshot
    while at is not None:
        yield at
        at = table.snapshot_by_id(at.parent_snapshot_id) if at.parent_snapshot_id is not None else None


def _ours(snapshot: Snapshot) -> dict[str, str]:
    return _ours_in(snapshot.summary) if snapshot.summary else {}


def _ours_in(summary: Summary) -> dict[str, str]:
    told = summary.additional_properties
    return {name: text for name, text in told.items() if name.startswith(_OURS)}


def _told(snapshot: Snapshot) -> dict[str, str]:
    return dict(snapshot.summary.additional_properties) if snapshot.summary else {}


def _expired(catalog: Iceberg, table: Table, old: list[int]) -> Table:
    updates: list[TableUpdate] = [
        RemoveSnapshotRefUpdate.model_validate({"ref-name": ref})
        for ref in table.metadata.refs
        if ref != MAIN_BRANCH
    ]
    if old:
        updates.append(RemoveSnapshotsUpdate.model_validate({"snapshot-ids": old}))
    if updates:
        catalog.commit_table(table, _unmoved(table), tuple(updates))
    return catalog.load_table(table.name())


def _named_files(table: Table) -> frozenset[str]:
    """Return the URIs of all files that the current version of a table needs, its states among them."""
    current = table.current_snapshot()
    anchor = table.properties.get(_ANCHOR, "").partition(" ")[2]
    found = {table.metadata_location, *_states(current)} | ({anchor} if anchor else set())
    return frozenset(found | ({*_files(table, current)} if current else set()))


def _states(snapshot: Snapshot | None) -> Iterator[str]:
    told = _told(snapshot) if snapshot else {}
    for name in _STATE_FILES:
        yield from told.get(name, "").split()


def _files(table: Table, snapshot: Snapshot) -> Iterator[str]:
    """Yield the files of a snapshot, as far as what tells of them is still there."""
    yield snapshot.manifest_list
    for manifest in _manifests(table, snapshot):
        yield manifest.manifest_path
        try:
            entries = manifest.fetch_manifest_entry(table.io, discard_deleted=False)
        except FileNotFoundError:
            continue
        yield from (
            each.data_file.file_path for each in entries if each.status != ManifestEntryStatus.DELETED
        )


def _manifests(table: Table, snapshot: Snapshot) -> list[ManifestFile]:
    try:
        return snapshot.manifests(table.io)
    except FileNotFoundError:
        return []


def _is_stale(manifest: ManifestFile) -> bool:
    return bool(manifest.deleted_files_count)


def _commit_live(catalog: Iceberg, table: Table, current: Snapshot, summary: Summary) -> None:
    """Commit the same content under manifests of live files; it bears the notes of the commit before."""
    id_, sequence = table.metadata.new_snapshot_id(), table.metadata.next_sequence_number()
    manifests = [*_live(table, current, id_)]
    version, place = table.metadata.format_version, table.location_provider()
    listing = place.new_metadata_location(f"snap-{id_}-0-{id_:x}.avro")
    with write_manifest_list(
        version, table.io.new_output(listing), id_, current.snapshot_id, sequence, "deflate"
    ) as writer:
        writer.add_manifests(manifests)
    new = Snapshot.model_validate(
        {
            "snapshot-id": id_,
            "parent-snapshot-id": current.snapshot_id,
            "sequence-number": sequence,
            "timestamp-ms": max(int(time.time() * 1000), current.timestamp_ms + 1),
            "manifest-list": listing,
            "summary": summary,
            "schema-id": table.metadata.current_schema_id,
        }
    )
    ref = SetSnapshotRefUpdate.model_validate(
        {"ref-name": MAIN_BRANCH, "type": SnapshotRefType.BRANCH, "snapshot-id": id_}
    )
    catalog.commit_table(table, _unmoved(table), (AddSnapshotUpdate(snapshot=new), ref))


def _live(table: Table, current: Snapshot, id_: int) -> Iterator[ManifestFile]:
    for number, manifest in enumerate(_manifests(table, current)):
        if not _is_stale(manifest):
            yield manifest
            continue
        if manifest.content is ManifestContent.DELETES:
            raise OperationError(
                f"{'.'.join(table.name())}: has files that delete rows of others; allowed: copy-on-write; "
                "fix: rewrite its data files, and run the command again"
            )
        entries = manifest.fetch_manifest_entry(table.io)
        if entries:
            spec, schema = table.specs()[manifest.partition_spec_id], table.schema()
            target = table.location_provider().new_metadata_location(f"{id_:x}-m{number}.avro")
            with write_manifest(
                table.metadata.format_version, spec, schema, table.io.new_output(target), id_, "deflate"
            ) as writer:
                for entry in entries:
                    writer.existing(entry)
            yield writer.to_manifest_file()


def _unmoved(table: Table) -> tuple[Any, ...]:
    """Requirements that nobody has committed meanwhile."""
    current = table.metadata.current_snapshot_id
    return (
        AssertTableUUID(uuid=table.metadata.table_uuid),
        AssertRefSnapshotId.model_validate({"ref": MAIN_BRANCH, "snapshot-id": current}),
    )


def _by_bucket(uris: Iterable[str]) -> dict[str, list[str]]:
    """Return keys by bucket."""
    found: dict[str, list[str]] = {}
    for uri in sorted(uris):
        bucket, _, key = uri.partition("://")[2].partition("/")
        found.setdefault(bucket, []).append(key)
    return found
