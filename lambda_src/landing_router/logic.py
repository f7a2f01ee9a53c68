"""Where an arrived file goes: decided from its event and the routes alone, without AWS."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from shared.errors import TerminalError

_EXTENSIONS = {"csv": (".csv",), "json": (".json", ".jsonl", ".ndjson")}
_STEM_MAX = 100
_DIGEST = 16
_ROUTE_PARTS = 2

Routes = Mapping[str, str]
"""`<domain>/<dataset>` to the format of its files, `csv` or `json`."""


class Reason(StrEnum):
    """Why a file is not routed; a prefix in the quarantine bucket."""

    UNKNOWN_DATASET = "unknown_dataset"
    WRONG_EXTENSION = "wrong_extension"
    EMPTY = "empty_object"
    TRUNCATED_GZIP = "truncated_gzip"
    CORRUPT_GZIP = "corrupt_gzip"


@dataclass(frozen=True)
class Arrival:
    """One version of an object that was created in landing."""

    bucket: str
    key: str
    size: int
    etag: str
    version_id: str | None
    """None only where the sender of the event leaves it out."""
    sequencer: str
    time: datetime
    """When S3 created the object, in UTC; the same in every repetition of the event."""

    @classmethod
    def from_event(cls, text: str) -> Self:
        """Read an "Object Created" event as EventBridge delivers it.

        Its key is raw, unlike the URL-encoded one of S3's own notifications: `+` and `%20` stay as they are.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html

        Raises:
            TerminalError: The text is no such event.
        """
        try:
            event: dict[str, Any] = json.loads(text)
            created: dict[str, Any] = event["detail"]["object"]
            return cls(
                bucket=event["detail"]["bucket"]["name"],
                key=created["key"],
                size=int(created["size"]),
                etag=created["etag"],
                version_id=created.get("version-id"),
                sequencer=created["sequencer"],
                time=datetime.fromisoformat(event["time"]).astimezone(UTC),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TerminalError(
                f"got a message that is no S3 event ({error!r}); allowed: EventBridge events of type "
                '"Object Created"; fix: send nothing else to this queue'
            ) from error


@dataclass(frozen=True)
class Decision:
    """Key that an object gets: in bronze, or in quarantine if there is a reason."""

    key: str
    reason: Reason | None = None


def parse_routes(text: str) -> Routes:
    """Read the routes, such as `{"flights/weather": {"format": "csv"}}`.

    Raises:
        TerminalError: The text is not of that form; the message names every fault.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise TerminalError(f"routes are no JSON ({error}); deploy the routes again") from error
    if not isinstance(document, dict):
        raise TerminalError(f"routes are a JSON {type(document).__name__}; allowed: an object per dataset")
    if faults := list(_route_faults(document)):
        raise TerminalError("; ".join(faults))
    return {dataset: route["format"] for dataset, route in document.items()}


def _route_faults(document: Mapping[str, Any]) -> Iterator[str]:
    for dataset, route in document.items():
        if len([part for part in dataset.split("/") if part]) != _ROUTE_PARTS:
            yield f"routes: got dataset {dataset!r}; allowed: <domain>/<dataset>"
        if not isinstance(route, dict) or route.get("format") not in _EXTENSIONS:
            yield f'routes: {dataset}: got {route!r}; allowed: {{"format": "csv"}} or {{"format": "json"}}'


def decide(arrival: Arrival, routes: Routes) -> Decision | None:
    """Decide from the event alone; None for the empty marker that the S3 console makes for a folder."""
    if arrival.key.endswith("/") and not arrival.size:
        return None
    *folders, name = arrival.key.split("/")
    dataset = "/".join(folders[:_ROUTE_PARTS])
    if len(folders) < _ROUTE_PARTS or dataset not in routes:
        return reject(arrival, Reason.UNKNOWN_DATASET)
    extension = _extension(name, routes[dataset])
    if extension is None:
        return reject(arrival, Reason.WRONG_EXTENSION)
    if not arrival.size:
        return reject(arrival, Reason.EMPTY)
    partition = f"ingest_date={arrival.time:%Y-%m-%d}/ingest_hour={arrival.time:%H}"
    return Decision(f"{dataset}/{partition}/{_unique_name(arrival, name, extension)}")


def reject(arrival: Arrival, reason: Reason) -> Decision:
    """Quarantine the object under its original key."""
    return Decision(f"unrouted/{reason}/{arrival.key}", reason)


def is_gzip(arrival: Arrival) -> bool:
    """Whether the name promises gzip content."""
    return arrival.key.lower().endswith(".gz")


def _extension(name: str, file_format: str) -> str | None:
    lowered = name.lower()
    for extension in _EXTENSIONS[file_format]:
        for whole in (extension, f"{extension}.gz"):
            if lowered.endswith(whole):
                return whole
    return None


def _unique_name(arrival: Arrival, name: str, extension: str) -> str:
    """A name that every repetition of the event gives, and no other version of any object does.

    Only plain characters stay: Spark takes `*`, `[` and `{` in a path for patterns, and hides files whose
    names start with `_` or `.`.
    """
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name[: -len(extension)]).strip("-._")[:_STEM_MAX]
    version = arrival.version_id or f"{arrival.etag} {arrival.sequencer}"
    digest = hashlib.sha256(f"{arrival.key}\n{version}".encode()).hexdigest()[:_DIGEST]
    return f"{stem or 'file'}-{digest}{extension}"
