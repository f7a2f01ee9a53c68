"""Events of runs as they lie in S3: listed by their names, and read where somebody asks for more.

`lakehouse_etl.lineage.recorder` and the pipeline write them; `lakehouse.targets.run_events` has their table.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lakehouse.model.dataset import Layer
from lakehouse.targets.run_events import DAY, RUN_EVENTS
from tools.ops.target import Target

START = "START"
"""Type of the first event of a run; any other is that of its end."""
FAILED = "FAIL"
"""Type of the end of a run that failed."""

_NAME = re.compile(rf"{DAY}=(\d{{4}}-\d\d-\d\d)/(\d{{9}})-([A-Z]+)-([0-9a-f-]{{36}})-(\w+)\.json")


@dataclass(frozen=True)
class Event:
    """One event, as its name tells it."""

    bucket: str
    key: str
    at: datetime
    kind: str
    run: str
    name: str
    """Name of the dataset, or of the step of a pipeline, which begins with a capital."""


@dataclass(frozen=True)
class Recorded:
    """A run by its events; one of them may be missing, but not both."""

    start: Event | None
    """None: it started before the events that were looked at."""
    end: Event | None
    """None: it goes on, or was killed."""

    @property
    def last(self) -> Event:
        """The event that tells most."""
        found = self.end or self.start
        assert found is not None  # noqa: S101 (a run is known by its events)
        return found

    @property
    def name(self) -> str:
        """Name of the dataset or step."""
        return self.last.name

    @property
    def started(self) -> datetime:
        """When it started, or ended if that is not known."""
        return (self.start or self.last).at

    @property
    def is_step(self) -> bool:
        """Whether it is one of a step of the pipeline."""
        return self.name[:1].isupper()


def recorded(target: Target, domain: str, since: datetime) -> list[Recorded]:
    """Return the runs of a domain that have an event since an instant, by their starts, newest first."""
    by_run: dict[str, list[Event]] = {}
    layers = {each.layer for each in target.lake.of_domain(domain)}
    for layer in sorted(layers):
        for event in _listed(target, layer, domain, since):
            by_run.setdefault(event.run, []).append(event)
    runs = [
        Recorded(
            next((each for each in events if each.kind == START), None),
            next((each for each in events if each.kind != START), None),
        )
        for events in by_run.values()
    ]
    return sorted(runs, key=lambda run: run.started, reverse=True)


def read(target: Target, event: Event) -> dict[str, Any]:
    """Return an event's row of the table; the counts of reasons as numbers."""
    body = target.client("s3").get_object(Bucket=event.bucket, Key=event.key)["Body"].read()
    row: dict[str, Any] = json.loads(body)
    return {**row, "reasons": json.loads(row["reasons"])} if "reasons" in row else row


def _listed(target: Target, layer: Layer, domain: str, since: datetime) -> Iterator[Event]:
    bucket, prefix = target.settings.naming.bucket(layer), f"{domain}/{RUN_EVENTS}/"
    utc = since.astimezone(UTC)
    pages = (
        target.client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=bucket, Prefix=prefix, StartAfter=f"{prefix}{DAY}={utc:%Y-%m-%d}/{utc:%H%M%S}")
    )
    for page in pages:
        for entry in page.get("Contents", ()):
            if found := _NAME.fullmatch(entry["Key"].removeprefix(prefix)):
                day, time, kind, run, name = found.groups()
                at = datetime.strptime(f"{day} {time}000 +0000", "%Y-%m-%d %H%M%S%f %z")
                yield Event(bucket, entry["Key"], at, kind, run, name)
