"""Where an arrived file goes: decided from its event and the routes alone, without AWS."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from shared.errors import TerminalError

from landing_router.routes import EXTENSIONS, ROUTE_PARTS, Routes

_HIDDEN = ("_", ".")
"""What names begin with that Hive and Spark pass over."""
_FOLDER = "_$folder$"
"""End of the markers that Hadoop makes for folders."""
_STEM_MAX = 100
_FOLDERS_MAX = 500
_DIGEST = 16
_KEY_ENDS = 450
"""Bytes kept of either end of a key that is too long to go below another prefix.

S3 takes 1,024 bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
"""

REPLAY = "Quarantined File Replay"
"""Type of the event that tells of a file in quarantine whose dataset may be known by now."""

UNROUTED = "unrouted/"
"""Where, in the quarantine bucket, what cannot be placed goes."""

_QUARANTINED = re.compile(rf"{UNROUTED}\w+/((?:[^/]*/)*)([0-9a-f]{{{_DIGEST}}})-([^/]*)", re.DOTALL)

LATE = timedelta(hours=24)
"""Age of an event from which its partition may lie behind what jobs still list; they go back 26 hours."""


class Reason(StrEnum):
    """Why a file is not routed; a prefix in the quarantine bucket."""

    UNKNOWN_DATASET = "unknown_dataset"
    WRONG_EXTENSION = "wrong_extension"
    WRONG_CONTENT = "wrong_content"
    EMPTY = "empty_object"
    TRUNCATED_GZIP = "truncated_gzip"
    CORRUPT_GZIP = "corrupt_gzip"
    INCOMPLETE = "incomplete_version"
    HIDDEN = "hidden_file"
    """What engines leave beside their data, such as checksums and logs: nobody is alarmed."""


@dataclass(frozen=True)
class Arrival:
    """One version of an object that was created in landing, or that waits in quarantine."""

    bucket: str
    key: str
    size: int
    etag: str
    version_id: str | None
    """None only where the sender of the event leaves it out."""
    time: datetime
    """When S3 created the object, in UTC; the same in every repetition of the event."""
    landing_key: str
    """Key under which the object landed."""
    digest: str
    """What tells this version from all others of all keys, for as long as it is in the lake."""

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
            key, version = created["key"], created.get("version-id")
            landing_key, digest = key, _digest(key, version or f"{created['etag']} {created['sequencer']}")
            if event["detail-type"] == REPLAY:
                landing_key, digest = _origin(key)
            return cls(
                bucket=event["detail"]["bucket"]["name"],
                key=key,
                size=int(created["size"]),
                etag=created["etag"],
                version_id=version,
                time=datetime.fromisoformat(event["time"]).astimezone(UTC),
                landing_key=landing_key,
                digest=digest,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TerminalError(
                f"got a message that is no S3 event ({error!r}); allowed: EventBridge events of type "
                '"Object Created", and those of `lake-ops replay files`; fix: send nothing else to this queue'
            ) from error

    def is_late(self, now: datetime) -> bool:
        """Whether jobs must be told of the object."""
        return now - self.time > LATE


def _digest(key: str, version: str) -> str:
    return hashlib.sha256(f"{key}\n{version}".encode()).hexdigest()[:_DIGEST]


def _origin(quarantine_key: str) -> tuple[str, str]:
    """Key and digest that a quarantined object had in landing."""
    if (match := _QUARANTINED.fullmatch(quarantine_key)) is None:
        raise ValueError(f"{quarantine_key} is not where this function puts files")
    folders, digest, name = match.groups()
    return folders + name, digest


@dataclass(frozen=True)
class Decision:
    """Key that an object gets: in bronze, or in quarantine if there is a reason."""

    key: str
    reason: Reason | None = None
    closes: str | None = None
    """Folder that the object, a marker, declares to be whole, as it was called in landing."""


def decide(arrival: Arrival, routes: Routes) -> Decision | None:
    """Decide from the event alone; None for empty markers, as the S3 console and engines make them."""
    dataset, name = dataset_of(arrival), arrival.landing_key.rpartition("/")[2]
    hidden = _is_hidden([*arrival.landing_key.split("/")[ROUTE_PARTS:], name])
    is_marker = dataset in routes and name == routes[dataset].marker
    if not arrival.size and (hidden or arrival.key.endswith("/")) and not is_marker:
        return None
    if dataset not in routes:
        return reject(arrival, Reason.UNKNOWN_DATASET)
    route = routes[dataset]
    place = f"{dataset}/{ingest_partition(arrival.time)}{_folders(arrival) if route.versions else ''}"
    if is_marker:
        folder = arrival.landing_key.removesuffix(name)
        return Decision(f"{place}{name}{_told(arrival, timed=route.versions)}", closes=folder)
    extension = _extension(name, route.format)
    if reason := _reason(arrival, name, extension, hidden=hidden):
        return reject(arrival, reason)
    stem = _plain(name[: -len(extension)]) or "file"
    return Decision(f"{place}{stem}{_told(arrival, timed=route.versions)}{extension}")


def _reason(arrival: Arrival, name: str, extension: str, *, hidden: bool) -> Reason | None:
    if hidden and (not extension or not _is_hidden([name])):
        return Reason.HIDDEN
    if not extension:
        return Reason.WRONG_EXTENSION
    return None if arrival.size else Reason.EMPTY


def _is_hidden(names: Iterable[str]) -> bool:
    """Whether one of these folders, or the file in them, has a name that engines hide; data may have one."""
    told = (name for name in names if name.strip("."))
    return any(name.startswith(_HIDDEN) or name.endswith(_FOLDER) for name in told)


def dataset_of(arrival: Arrival) -> str:
    """`<domain>/<dataset>`: the first two folders; whatever lies below belongs to it."""
    folders = arrival.landing_key.split("/")[:-1]
    return "/".join(folders[:ROUTE_PARTS]) if len(folders) >= ROUTE_PARTS else ""


def reject(arrival: Arrival, reason: Reason) -> Decision:
    """Quarantine the object under its original key, its name told apart from other versions."""
    folders, slash, name = _shortened(arrival.landing_key).rpartition("/")
    return Decision(f"{UNROUTED}{reason}/{folders}{slash}{arrival.digest}-{name}", reason)


def late_request(arrival: Arrival, decision: Decision, routes: Routes, now: datetime) -> tuple[str, str]:
    """Key and content of the request to process an object whose partition jobs may no longer list."""
    dataset = dataset_of(arrival)
    name = decision.key.removeprefix(f"{dataset}/")
    key = f"{routes[dataset].requests}{ingest_partition(now)}late-{arrival.digest}.json"
    return key, json.dumps({"objects": [name]})


def is_gzip(arrival: Arrival) -> bool:
    """Whether the name promises gzip content."""
    return arrival.landing_key.lower().endswith(".gz")


def ingest_partition(time: datetime) -> str:
    """The folder in bronze of what arrived at a time in UTC."""
    return f"ingest_date={time:%Y-%m-%d}/ingest_hour={time:%H}/"


def _shortened(key: str) -> str:
    """The key, without its middle if it is so long that no prefix would fit before it."""
    encoded = key.encode()
    if len(encoded) <= 2 * _KEY_ENDS:
        return key
    return "…".join(part.decode(errors="ignore") for part in (encoded[:_KEY_ENDS], encoded[-_KEY_ENDS:]))


def _extension(name: str, file_format: str) -> str:
    """The end of a name by which its format knows it; empty if it has none."""
    return next((end for end in EXTENSIONS[file_format] if name.lower().endswith(end)), "")


def _told(arrival: Arrival, *, timed: bool) -> str:
    """What makes a name one that every repetition of the event gives, and no other version of any object.

    Of versions of a whole content it tells the time as well: jobs order them by it.
    """
    time = f"-{arrival.time:%Y%m%dT%H%M%SZ}" if timed else ""
    return f"{time}-{arrival.digest}"


def _folders(arrival: Arrival) -> str:
    """The folders below that of the dataset."""
    names = arrival.landing_key.split("/")[ROUTE_PARTS:-1]
    return "".join(f"{name}/" for name in map(_plain, names) if name)[-_FOLDERS_MAX:].lstrip("/")


def _plain(name: str) -> str:
    """A name, or its beginning, of plain characters.

    Spark takes `*`, `[` and `{` in a path for patterns, and hides files whose names start with `_` or `.`.
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:_STEM_MAX]
