"""Finds the bronze objects that no run has processed yet, wherever they lie.

Each run lists the partitions since the open window, `WINDOW` behind the newest ingest hour. Once a day one
also looks behind it, as far as the dataset's records may lag: a shard of a stream that fell behind delivers
into partitions of the time at which its records came. What is new there is told from what was processed by
the time at which it was written, so no names are kept of what lies long behind.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from lakehouse_etl.bronze.objects import (
    PARTITIONS,
    SKEW,
    WINDOW,
    BronzeObject,
    hour_of,
    is_ahead,
    is_hidden,
    is_partitioned,
    partition,
)
from lakehouse_etl.bronze.state import State, read_look, write_look
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.log import report
from lakehouse_etl.job.storage import Storage

_EVERY = timedelta(days=1)
"""How often a run looks behind the window."""

_UPLOAD = timedelta(days=1)
"""How long an object may be under way: one that is uploaded in parts is as old as its first part.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
"""

_TOLD = 10
"""Names in a line of the log."""


@dataclass(frozen=True)
class Look:
    """What a run has found in bronze."""

    at: datetime
    new: list[BronzeObject]
    """Objects that the state does not know, sorted by name."""
    recent: frozenset[str] | None
    """Objects that a later look behind the window could take for new; None: this one saw the window alone."""


def look(storage: Storage, dataset: Dataset, state: State, uri: str | None) -> Look:
    """Look for objects of a dataset that the state, at the URI, does not know.

    What lies outside of the ingest partitions is none of the dataset's objects, and is told, nor is what Hive
    and Athena hide: names, or folders, that begin with `_` or `.`. Those that begin with the marker of
    versions are.
    """
    now = _now()
    looked = max(state.looked, read_look(storage, uri)) if _is_due(state.looked, now) else state.looked
    deep = _is_due(looked, now)
    # A partition in the future must not have moved the window behind what comes today.
    window = min(state.window_start, partition(now + SKEW - WINDOW))
    since = (datetime.fromisoformat(looked) if looked else now) - _UPLOAD
    start = min(window, partition(since - timedelta(hours=dataset.look_back_hours))) if deep else window
    found = list(_listed(storage, dataset, start))
    known = state.processed | state.left
    new = [item for item in found if item.name not in known and (item.name > window or item.modified > since)]
    _tell(dataset, new, window, now)
    if not deep:
        return Look(now, new, None)
    if not new and uri is not None:
        write_look(storage, uri, now.isoformat())
    return Look(now, new, frozenset(item.name for item in found if item.modified > now - _UPLOAD))


def no_look() -> Look:
    """Return what somebody has found who did not look for anything new."""
    return Look(_now(), [], None)


def advance(state: State, objects: Iterable[BronzeObject], seen: Look, *, last: bool = True) -> State:
    """Return the state after these objects; `last`: they are the last ones of what was seen."""
    names = state.processed | {item.name for item in objects}
    hours = [hour for name in names if not is_ahead(hour := hour_of(name), seen.at)]
    start = min(state.window_start, partition(seen.at + SKEW - WINDOW))
    if hours:
        start = max(start, partition(max(hours) - WINDOW))
    processed = frozenset(name for name in names if name > start)
    left = state.left | (names - processed)
    if seen.recent is None or not last:
        return replace(state, window_start=start, processed=processed, left=left)
    looked = seen.at.isoformat()
    return replace(state, window_start=start, processed=processed, left=left & seen.recent, looked=looked)


def _now() -> datetime:
    return datetime.now(UTC)


def _is_due(looked: str, now: datetime) -> bool:
    return not looked or now - datetime.fromisoformat(looked) >= _EVERY


def _listed(storage: Storage, dataset: Dataset, start: str) -> Iterable[BronzeObject]:
    location, versions = dataset.bronze.location, dataset.versions
    marker = versions.marker if versions else None
    outside: list[str] = []
    for found in storage.list(f"{location}{PARTITIONS}", location + start):
        item = BronzeObject.of(found, location)
        if not is_partitioned(item.name):
            outside.append(item.name)
        elif not is_hidden(item.name, marker):
            yield item
    if outside:
        report(dataset=dataset.id, outside_of_partitions=len(outside), such_as=outside[:_TOLD])


def _tell(dataset: Dataset, new: Iterable[BronzeObject], window: str, now: datetime) -> None:
    """Report what was found where nobody expects it."""
    behind = [item.name for item in new if item.name <= window]
    ahead = [item.name for item in new if is_ahead(hour_of(item.name), now)]
    if behind:
        report(dataset=dataset.id, found_behind=len(behind), such_as=behind[:_TOLD])
    if ahead:
        report(dataset=dataset.id, partitions_ahead=len(ahead), such_as=ahead[:_TOLD])
