"""Where traces of a person remain that no command can take away, and until when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lakehouse.layout.streams import stream_name
from lakehouse.model.dataset import Dataset, Mode
from tools.ops.erasure.evidence import instant
from tools.ops.erasure.objects import Found
from tools.ops.target import Target

_QUERIES_DAYS = 45
"""https://docs.aws.amazon.com/athena/latest/ug/queries-viewing-history.html"""


_EVENTS_DAYS = 90
"""https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html"""

_EVENTS = timedelta(days=14)
"""How long queues keep events: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
(MessageRetentionPeriod), the most there is."""


@dataclass(frozen=True)
class Trace:
    """Something that remains."""

    where: str
    what: str
    until: datetime | None
    """None: nobody can tell."""

    def __str__(self) -> str:
        """For people."""
        return f"{self.what}; until {instant(self.until)} UTC" if self.until else self.what


def traces(target: Target, datasets: Sequence[Dataset], found: Sequence[Found]) -> Iterator[Trace]:
    """Yield what remains of datasets after an erasure at this instant."""
    now, settings = datetime.now(UTC), target.settings
    hours = timedelta(hours=settings.streams.retention_hours)
    names = {
        stream_name(each, settings.naming)
        for each in datasets
        if each.ingestion is not None and each.ingestion.mode is Mode.STREAM
    }
    for name in sorted(names):
        yield Trace(
            f"stream {name}", "records that it keeps, and whoever may read it may read again", now + hours
        )
    locked = [each.locked_until for each in found if each.records and each.locked_until is not None]
    if locked:
        yield Trace(
            "bronze", f"{len(locked)} versions that Object Lock keeps; then run it again", max(locked)
        )
    if any(each.ingestion is not None and each.ingestion.mode is Mode.FILES for each in datasets):
        yield Trace("queues", "names of files, in events that the router has not taken", now + _EVENTS)
    log_days = timedelta(days=settings.alarms.log_retention_days)
    yield Trace("logs", "keys of objects, and errors of what is no job of the lake", now + log_days)
    kept = timedelta(days=settings.storage.access_log_expiry_days)
    yield Trace("access logs", "keys of objects", now + kept)
    told = f"keys of objects, and texts of queries: {_EVENTS_DAYS} days in its history, longer in a trail"
    yield Trace("CloudTrail", told, None)
    yield Trace("Athena", "texts of queries in its history", now + timedelta(days=_QUERIES_DAYS))


def traces_until(target: Target, dataset: Dataset, found: Sequence[Found]) -> str | None:
    """Return the instant after which nothing is left of a dataset's records, as the table has it."""
    own = [each for each in found if dataset in each.area.datasets]
    ends = [
        each.until
        for each in traces(target, [dataset], own)
        if each.until is not None and each.where.startswith(("stream ", "bronze"))
    ]
    return instant(max(ends)) if ends else None
