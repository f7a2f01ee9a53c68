"""The objects that a run of the silver job or function brought into silver."""

import json
from collections.abc import Sequence

from pyiceberg.table.snapshots import Snapshot

from lakehouse.layout.paths import requests_prefix
from lakehouse.model.dataset import Dataset, Layer
from tools.ops.athena import query
from tools.ops.bronze.requests import ALL
from tools.ops.restore.versions import STATE, history
from tools.ops.tables import entry_of, metadata_of, read_uri
from tools.ops.target import OperationError, Target

_RUN_ID = "lake.run-id"
_SHOWN = 10


def objects_of_run(target: Target, dataset: Dataset, run: str) -> set[str]:
    """Return the keys of objects whose first rows a run brought, and of those that it processed again.

    Raises:
        OperationError: Silver keeps no commit of the run, or not the one before.
    """
    kept = [*history(metadata_of(target, entry_of(target, dataset)))]
    own = [at for at, snapshot in enumerate(kept) if _summary(snapshot).get(_RUN_ID) == run]
    if not own:
        known = dict.fromkeys(_summary(each).get(_RUN_ID, "") for each in kept)
        shown = ", ".join([each for each in known if each][:_SHOWN])
        raise OperationError(
            f"--run: got {run}; allowed: runs that committed to {dataset.id} and whose versions are kept: "
            f"{shown or 'none'}; fix: choose one of these, or name rows by --where"
        )
    last, older = kept[own[0]], kept[own[-1] + 1 :]
    # A run on Spark commits several times, and the last commit alone tells of it.
    before = next((each for each in older if STATE in _summary(each)), None)
    if before is None and kept[-1].parent_snapshot_id is not None:
        raise OperationError(
            f"--run: got {run}, of which the version before has expired; allowed: runs younger than "
            "`tables.snapshot_days`; fix: name rows by --where"
        )
    found = _objects(target, dataset, last)
    return (found - _objects(target, dataset, before)) | _requested(target, dataset, last, before, found)


def _objects(target: Target, dataset: Dataset, snapshot: Snapshot | None) -> set[str]:
    """Keys of the objects that the rows of a version came from."""
    if snapshot is None:
        return set()
    naming = target.settings.naming
    table = f'"{naming.database(Layer.SILVER, dataset.domain)}"."{dataset.name}"'
    sql = f'SELECT DISTINCT "_source_object" FROM {table} FOR VERSION AS OF {snapshot.snapshot_id}'  # noqa: S608 (names of the lake)
    start = f"s3://{naming.bucket(Layer.BRONZE)}/"
    return {uri.removeprefix(start) for (uri,) in query(target, sql)}


def _requested(
    target: Target, dataset: Dataset, last: Snapshot, before: Snapshot | None, all_of_it: set[str]
) -> set[str]:
    """Keys of the objects that a run was asked for."""
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    found: set[str] = set()
    for name in sorted(_requests(target, last) - _requests(target, before)):
        document = json.loads(read_uri(target, f"s3://{bucket}/{requests_prefix(dataset)}{name}"))
        names: Sequence[str] = document.get("objects") or list(document.get("records", ()))
        if names == ALL:
            return all_of_it
        found |= {f"{dataset.id}/{each}" for each in names}
    return found & all_of_it


def _requests(target: Target, snapshot: Snapshot | None) -> set[str]:
    """Names of the requests that are answered in a version, as far as its state tells them."""
    uri = _summary(snapshot).get(STATE) if snapshot is not None else None
    return set(json.loads(read_uri(target, uri))["requests"]) if uri else set()


def _summary(snapshot: Snapshot) -> dict[str, str]:
    return dict(snapshot.summary.additional_properties) if snapshot.summary else {}
