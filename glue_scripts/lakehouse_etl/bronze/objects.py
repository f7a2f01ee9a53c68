"""Finds the bronze objects that no run has processed yet.

Work grows with new data only: listing starts at the open window, not at the beginning of the lake.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Self

from lakehouse_etl.bronze.state import State
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.storage import Storage, StoredObject

WINDOW = timedelta(hours=26)
"""How far behind the newest ingest hour objects may still appear.

Firehose retries delivery for 24 hours: https://docs.aws.amazon.com/firehose/latest/dev/retry.html
"""

PARTITIONS = "ingest_date="
"""What names of ingest partitions start with."""

_HOUR = "ingest_hour="
_HIDDEN = ("_", ".")
_PARTITION = re.compile(rf"{PARTITIONS}(\d{{4}}-\d{{2}}-\d{{2}})/{_HOUR}(\d{{2}})/")


@dataclass(frozen=True, order=True)
class BronzeObject:
    """One object in an ingest partition."""

    name: str
    """Key relative to the dataset's location."""
    uri: str
    size: int
    modified: datetime = field(compare=False)
    """When it was last written, in UTC."""

    @classmethod
    def of(cls, found: StoredObject, location: str) -> Self:
        """Return an object of a listing below the dataset's location."""
        return cls(found.uri.removeprefix(location), found.uri, found.size, found.modified)

    @property
    def ingest_date(self) -> date:
        """Day on which the object reached bronze, in UTC."""
        return hour_of(self.name).date()


def new_objects(storage: Storage, dataset: Dataset, state: State) -> list[BronzeObject]:
    """Return the objects of a dataset that the state does not know, sorted by name.

    What lies outside of the ingest partitions is none of the dataset's objects, nor is what Hive and Athena
    hide: names, or folders, that begin with `_` or `.`. Those that begin with the marker of versions are.
    """
    location, versions = dataset.bronze.location, dataset.versions
    marker = versions.marker if versions else None
    first = location + state.window_start
    listed = (BronzeObject.of(found, location) for found in storage.list(f"{location}{PARTITIONS}", first))
    found = (item for item in listed if is_partitioned(item.name) and not is_hidden(item.name, marker))
    return sorted(item for item in found if item.name not in state.processed)


def advance(state: State, objects: Iterable[BronzeObject]) -> tuple[str, frozenset[str]]:
    """Return `window_start` and `processed` of the state after these objects."""
    names = state.processed | {item.name for item in objects}
    oldest = max(map(hour_of, names)) - WINDOW
    start = max(state.window_start, partition(oldest))
    return start, frozenset(name for name in names if name > start)


def newest_hour(state: State, objects: Iterable[BronzeObject]) -> datetime | None:
    """Return the ingest hour, in UTC, of the newest object that the state or these objects know of."""
    names = state.processed | {item.name for item in objects}
    return max(map(hour_of, names)).replace(tzinfo=UTC) if names else None


def partition(hour: datetime) -> str:
    """Return the folder, below a dataset's location, of what arrived in an hour of UTC."""
    return f"{PARTITIONS}{hour:%Y-%m-%d}/{_HOUR}{hour:%H}/"


def is_partitioned(name: str) -> bool:
    """Whether a name, relative to a dataset's location, lies in an ingest partition."""
    return _PARTITION.match(name) is not None


def is_hidden(name: str, marker: str | None = None) -> bool:
    """Whether engines hide an object of a partition, markers of versions apart."""
    *folders, last = name.split("/")[2:]
    kept = marker is not None and last.startswith(marker)
    return any(each.startswith(_HIDDEN) for each in (*folders, *([] if kept else [last])))


def folder_of(name: str) -> str:
    """Return the folders between ingest partition and object; empty if there are none."""
    return "/".join(name.split("/")[2:-1])


def hour_of(name: str) -> datetime:
    """Return the ingest hour of a name, without a zone; ValueError outside of the ingest partitions."""
    match = _PARTITION.match(name)
    if match is None:
        raise ValueError(f"{name!r} is outside of the ingest partitions")
    return datetime.fromisoformat(f"{match[1]}T{match[2]}:00:00")
