"""Objects that hold records of a person, with every version that is kept, and what becomes of them."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lakehouse.layout.paths import UNROUTED
from lakehouse.model.dataset import Dataset, Layer, Mode
from tools.ops.erasure.person import Person
from tools.ops.erasure.records import Rest, UnreadableError, without
from tools.ops.firehose.error_objects import streams
from tools.ops.target import OperationError, Target

_READERS = 8
"""Objects that are read at the same time, each of them held in memory."""

_KEPT = ("ContentType", "ContentEncoding", "Metadata", "StorageClass")
"""What an object has beside its content: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"""

_IN_BRONZE, _ELSEWHERE = 4, 2
"""Folders of keys: dataset and ingest partition; dataset in landing, reason in quarantine."""

_BATCH = 1000
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""

Version = tuple[str, str]
"""Key and version of an object."""


@dataclass(frozen=True)
class Area:
    """Where records of some datasets lie."""

    name: str
    bucket: str
    prefix: str
    datasets: tuple[Dataset, ...]
    """By whose contracts records name somebody; without any, whole words tell."""
    processed: bool = False
    """Whether silver is made of these objects, which all are of the one dataset."""
    folders: int | None = None
    """Folders of a key before the name that a sender chose; None where no sender names objects."""
    renames: bool = False
    """Whether objects may get other names."""

    def named(self, key: str) -> str:
        """Return what a sender chose of a key."""
        return "" if self.folders is None else "/".join(key.split("/")[self.folders :])


@dataclass(frozen=True)
class Found:
    """A version of an object that holds records of the person, or cannot be read."""

    area: Area
    key: str
    version: str
    latest: bool
    records: int = 0
    mentioned: int = 0
    """Records of others that mention the person; they stay."""
    locked_until: datetime | None = None
    """Until when Object Lock keeps the version, in UTC; None where it does not."""
    named: bool = False
    """Whether the key mentions the person."""
    unreadable: str = ""
    """Why it cannot be read."""

    @property
    def is_due(self) -> bool:
        """Whether records can be removed: from an object as it is now, or with a version without a lock."""
        return self.records > 0 and (self.latest or self.locked_until is None)

    def renamed(self, person: Person, word: str) -> str:
        """Return the key with a word in the place of the person."""
        name = self.area.named(self.key)
        return self.key.removesuffix(name) + person.hidden(name, word)


def areas(target: Target, datasets: Sequence[Dataset]) -> list[Area]:
    """Return where records of datasets lie before they are in silver."""
    naming = target.settings.naming
    bronze, landing = naming.bucket(Layer.BRONZE), naming.bucket("landing")
    files = [each for each in datasets if each.ingestion and each.ingestion.mode is Mode.FILES]
    found = [
        Area(
            each.id, bronze, f"{each.id}/", (each,), processed=True,
            folders=_IN_BRONZE if each in files else None, renames=each in files,
        )
        for each in datasets
    ]  # fmt: skip
    found += [
        Area(f"landing of {each.id}", landing, f"{each.id}/", (each,), folders=_ELSEWHERE) for each in files
    ]
    found += [
        Area(f"errors of {each.name}", bronze, each.errors, each.datasets)
        for each in streams(target, list(datasets))
    ]
    quarantine = naming.bucket(Layer.QUARANTINE)
    return [*found, Area("unrouted files", quarantine, UNROUTED, (), folders=_ELSEWHERE, renames=True)]


def search(target: Target, area: Area, person: Person) -> list[Found]:
    """Find the versions of objects that hold records of a person, mention it, or cannot be read."""
    with ThreadPoolExecutor(_READERS) as pool:
        found = pool.map(lambda version: _judged(target, area, version, person), _versions(target, area))
        return [each for each in found if each is not None]


def copy_kept(target: Target, bucket: str, key: str, new: str) -> None:
    """Put what an object is now under another key."""
    s3 = target.client("s3")
    now = s3.get_object(Bucket=bucket, Key=key)
    kept = {name: now[name] for name in _KEPT if now.get(name)}
    s3.put_object(Bucket=bucket, Key=new, Body=now["Body"].read(), **kept)


def rewrite(target: Target, found: Found, person: Person) -> None:
    """Put an object without the records of the person in the place of what it is now."""
    s3, place = target.client("s3"), {"Bucket": found.area.bucket, "Key": found.key}
    now = s3.get_object(**place)
    rest = _without(now["Body"].read(), found.area, person)
    if rest.removed:
        kept = {name: now[name] for name in _KEPT if now.get(name)}
        s3.put_object(**place, Body=rest.body, **kept)


def remove_versions(target: Target, bucket: str, versions: Sequence[Version]) -> None:
    """Delete versions of objects for good.

    Raises:
        OperationError: S3 has refused some.
    """
    _delete(target, bucket, [{"Key": key, "VersionId": version} for key, version in versions])


def hide(target: Target, bucket: str, keys: Sequence[str]) -> None:
    """Delete objects; what they were stays as versions.

    Raises:
        OperationError: S3 has refused some.
    """
    _delete(target, bucket, [{"Key": key} for key in keys])


def remove_hidden(target: Target, bucket: str, prefix: str) -> None:
    """Delete for good whatever below a prefix is not what objects are now.

    Raises:
        OperationError: S3 has refused some.
    """
    old = [each for each in listed(target, bucket, prefix) if not each["IsLatest"] or "Size" not in each]
    remove_versions(target, bucket, [(each["Key"], each["VersionId"]) for each in old])


def listed(target: Target, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    """Yield versions and delete markers of objects, which lack a size."""
    pages = target.client("s3").get_paginator("list_object_versions")
    for page in pages.paginate(Bucket=bucket, Prefix=prefix):
        yield from (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))


def locked_until(object_: Mapping[str, Any]) -> datetime | None:
    """Return until when Object Lock keeps a version, of the answer to GetObject; None if it does not.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (x-amz-object-lock-retain-until-date)
    """
    until: datetime | None = object_.get("ObjectLockRetainUntilDate")
    return until if until is not None and until > datetime.now(UTC) else None


def _delete(target: Target, bucket: str, named: Sequence[dict[str, str]]) -> None:
    s3 = target.client("s3")
    for at in range(0, len(named), _BATCH):
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": named[at : at + _BATCH], "Quiet": True})
        if refused := answer.get("Errors"):
            told = f"{refused[0].get('Code')}: {refused[0].get('Message')}"
            raise OperationError(
                f"s3://{bucket}: {len(refused)} objects could not be deleted ({told}); fix: mend the cause, "
                "and run the same command again, which goes on from here"
            )


def _versions(target: Target, area: Area) -> Iterator[dict[str, Any]]:
    return (each for each in listed(target, area.bucket, area.prefix) if "Size" in each)


def _judged(target: Target, area: Area, version: dict[str, Any], person: Person) -> Found | None:
    key, id_ = version["Key"], version["VersionId"]
    object_ = target.client("s3").get_object(Bucket=area.bucket, Key=key, VersionId=id_)
    place = (area, key, id_, version["IsLatest"])
    locked = locked_until(object_)
    try:
        rest = _without(object_["Body"].read(), area, person)
    except UnreadableError as error:
        return Found(*place, locked_until=locked, unreadable=str(error))
    named = person.is_in(area.named(key))
    if not (rest.removed or rest.mentioned or named):
        return None
    return Found(*place, rest.removed, rest.mentioned, locked, named)


def _without(body: bytes, area: Area, person: Person) -> Rest:
    return without(body, area.datasets, person)
