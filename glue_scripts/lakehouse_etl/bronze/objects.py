"""Bronze objects, and the ingest partitions that they lie in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Self

from lakehouse_etl.bronze.state import State
from lakehouse_etl.job.storage import StoredObject

WINDOW = timedelta(hours=26)
"""How far behind the newest ingest hour each run looks for objects.

Firehose retries delivery for 24 hours: https://docs.aws.amazon.com/firehose/latest/dev/retry.html
"""

SKEW = timedelta(hours=1)
"""How far the clocks may differ by which partitions are named."""

PARTITIONS = "ingest_date="
"""What names of ingest partitions start with."""

_HOUR = "ingest_hour="
_LAST_HOUR = 23
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


def newest_hour(state: State, objects: Iterable[BronzeObject]) -> datetime | None:
    """Return the ingest hour, in UTC, of the newest object that the state or these objects know of.

    Hours to come are left out: they would hide that nothing comes any more.
    """
    names = state.processed | {item.name for item in objects}
    hours = [hour for name in names if not is_ahead(hour := hour_of(name), datetime.now(UTC))]
    return max(hours).replace(tzinfo=UTC) if hours else None


def is_ahead(hour: datetime, now: datetime) -> bool:
    """Whether an ingest hour has yet to come, by whatever clock of the lake."""
    return hour.replace(tzinfo=UTC) > now + SKEW


def partition(hour: datetime) -> str:
    """Return the folder, below a dataset's location, of what arrived in an hour of UTC."""
    return f"{PARTITIONS}{hour:%Y-%m-%d}/{_HOUR}{hour:%H}/"


def is_partitioned(name: str) -> bool:
    """Whether a name, relative to a dataset's location, lies in an ingest partition."""
    try:
        hour_of(name)
    except ValueError:
        return False
    return True


def is_hidden(name: str, marker: str | None = None) -> bool:
    """Whether engines hide an object of a partition, markers of versions apart."""
    *folders, last = name.split("/")[2:]
    kept = marker is not None and last.startswith(marker)
    return any(each.startswith(_HIDDEN) for each in (*folders, *([] if kept else [last])))


def folder_of(name: str) -> str:
    """Return the folders between ingest partition and object; empty if there are none."""
    return "/".join(name.split("/")[2:-1])


def hour_of(name: str) -> datetime:
    """Return the ingest hour of a name, without a zone; ValueError outside of the ingest partitions.

    Some clocks count to 24: an hour beyond the day counts as its last one.
    """
    match = _PARTITION.match(name)
    if match is None:
        raise ValueError(f"{name!r} is outside of the ingest partitions")
    return datetime.fromisoformat(f"{match[1]}T{min(int(match[2]), _LAST_HOUR):02}:00:00")
