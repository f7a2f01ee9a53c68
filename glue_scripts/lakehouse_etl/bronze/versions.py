"""Which objects form a version, where each version replaces the whole content, and in which order they stand.

Where a contract names a marker, a version is a folder of landing that an object of this name closes; the
router moves the marker last. Otherwise each object is a version. The source decides which one is the newest:
by the name that it gave, numbers in it compared as numbers, or by the time of arrival. Where versions have
the same name, time decides, and where they came at the same time, the name.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lakehouse_etl.bronze.objects import BronzeObject, folder_of, hour_of
from lakehouse_etl.bronze.requests import existing
from lakehouse_etl.bronze.state import Seen, State
from lakehouse_etl.contract.model import Dataset, Versions
from lakehouse_etl.job.log import report
from lakehouse_etl.job.storage import Storage

_LONGEST = 100
"""Digits of a number in a name."""

_MADE = r"(-(?P<at>\d{8}T\d{6}Z))?(-[0-9a-f]{16})?"
"""What the landing router adds to a name: when the object landed, and a digest."""

_NAME = re.compile(rf"(?P<label>.*?){_MADE}(\.(csv|json|jsonl|ndjson|parquet)(\.gz)?)?", re.DOTALL)


@dataclass(frozen=True)
class Version:
    """One version of the whole content."""

    name: str
    rank: tuple[str, str, str]
    objects: tuple[BronzeObject, ...]
    """Sorted by name; the marker is not among them."""
    closed_by: BronzeObject | None = None

    @property
    def all(self) -> tuple[BronzeObject, ...]:
        """Its objects, the marker among them."""
        return (*self.objects, self.closed_by) if self.closed_by else self.objects

    def seen(self, why: str = "") -> Seen:
        """Return what the state tells of it."""
        return Seen(self.name, self.rank, len(self.objects), why)


@dataclass(frozen=True)
class Arranged:
    """What objects are, as versions."""

    newer: Sequence[Version]
    """Versions that are to replace the content, or to be judged anew, the newest first."""
    older: Sequence[Version]
    """Versions that are outdone already."""
    waiting: Sequence[BronzeObject]
    """Objects of versions that are not closed."""
    incomplete: Sequence[str]
    """Names of versions of which some objects are requested, but not all."""

    @property
    def objects(self) -> list[BronzeObject]:
        """Objects of all versions that are whole, sorted by name."""
        return sorted(item for each in (*self.newer, *self.older) for item in each.all)

    def tell(self, dataset_id: str) -> None:
        """Report what nothing is done about."""
        if self.waiting:
            folders = sorted({folder_of(item.name) for item in self.waiting})
            report(dataset=dataset_id, objects_waiting=len(self.waiting), for_markers_of=folders)
        if self.incomplete:
            report(dataset=dataset_id, requested_incompletely=list(self.incomplete))


def arranged(
    storage: Storage,
    dataset: Dataset,
    objects: Iterable[BronzeObject],
    new: Iterable[BronzeObject],
    state: State,
) -> Arranged:
    """Return the versions that objects form, together with those that were waiting.

    Args:
        storage: Where the objects lie.
        dataset: Tells what a version is.
        objects: New and requested ones.
        new: The new ones among them.
        state: Tells which version silver holds, how many objects known versions have, and what was waiting.
    """
    versions = dataset.versions
    waited = existing(storage, dataset.bronze.location, state.waiting)
    unprocessed = {item.name: item for item in (*waited, *new)}
    closed, rest = _closed(versions, {**{item.name: item for item in objects}, **unprocessed}.values())
    known = {each.rank: each.objects for each in (state.content, *state.refused) if each}
    whole = [each for each in closed if len(each.objects) >= known.get(each.rank, 0)]
    held = place(versions, state.content) if state.content else ()
    places = sorted(((place(versions, each), each) for each in whole), reverse=True)
    return Arranged(
        newer=[version for at, version in places if at >= held],
        older=[version for at, version in places if at < held],
        waiting=[item for item in rest if item.name in unprocessed],
        incomplete=sorted(
            {each.name for each in closed if each not in whole}
            | {folder_of(item.name) for item in rest if item.name not in unprocessed}
        ),
    )


def place(versions: Versions, version: Version | Seen) -> tuple[str, ...]:
    """Return the place of a version in the order that the contract names."""
    name, arrival, last = version.rank
    return (name, arrival, last) if versions.order == "name" else (arrival, name, last)


def _closed(
    versions: Versions, objects: Iterable[BronzeObject]
) -> tuple[list[Version], Sequence[BronzeObject]]:
    """Return the versions that are whole, and the objects of others."""
    if versions.marker is None:
        return [_version(_label(item), item, (item,)) for item in objects], ()
    folders: dict[str, list[BronzeObject]] = defaultdict(list)
    for item in objects:
        folders[folder_of(item.name)].append(item)
    found: list[Version] = []
    rest: list[BronzeObject] = []
    for folder, items in folders.items():
        parts: list[BronzeObject] = []
        # S3 tells seconds; the router moves a marker after the parts.
        for is_marker, item in sorted(
            ((_is_marker(item, versions.marker), item) for item in items),
            key=lambda each: (each[1].modified, *each),
        ):
            if not is_marker:
                parts.append(item)
                continue
            found.append(_version(folder, item, tuple(sorted(parts)), item))
            parts = []
        rest += parts
    return found, rest


def _version(
    label: str, last: BronzeObject, objects: tuple[BronzeObject, ...], marker: BronzeObject | None = None
) -> Version:
    rank = re.sub(r"\d+", _padded, label), " ".join(_arrival(last)), last.name
    return Version(label, rank, objects, marker)


def _padded(digits: re.Match[str]) -> str:
    return digits[0].lstrip("0").rjust(_LONGEST, "0")


def _label(item: BronzeObject) -> str:
    """The name that the source gave, without the ending."""
    folder, name = folder_of(item.name), item.name.rpartition("/")[2]
    return "/".join(filter(None, (folder, _matched(name)["label"])))


def _arrival(item: BronzeObject) -> Iterator[str]:
    yield hour_of(item.name).isoformat()
    yield _matched(item.name.rpartition("/")[2])["at"] or item.modified.isoformat()


def _matched(name: str) -> re.Match[str]:
    match = _NAME.fullmatch(name)
    assert match is not None  # noqa: S101 (the label takes whatever there is)
    return match


def _is_marker(item: BronzeObject, marker: str) -> bool:
    return re.fullmatch(re.escape(marker) + _MADE, item.name.rpartition("/")[2]) is not None
