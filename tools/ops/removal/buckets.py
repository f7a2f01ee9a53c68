"""Buckets lose all that is in them: every version, every delete marker, every unfinished upload."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tools.ops.target import OperationError

_BATCH = 1000
"""Versions that one request deletes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""

_NO_LOCK = "ObjectLockConfigurationNotFoundError"
_GONE = ("NoSuchBucket", "404")


@dataclass(frozen=True)
class Lock:
    """How Object Lock holds what is put into a bucket."""

    held: str
    """For how long, for people."""
    ends: bool
    """Whether nobody can delete before the time is over (compliance mode)."""


def lock_of(s3: Any, bucket: str) -> Lock | None:
    """Return the lock of a bucket; None if nothing holds what is put into it."""
    try:
        answer = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    except ClientError as error:
        if error.response["Error"]["Code"] in (_NO_LOCK, *_GONE):
            return None
        raise
    if "Rule" not in answer:
        return None
    rule = answer["Rule"]["DefaultRetention"]
    held = f"{rule['Days']} days" if "Days" in rule else f"{rule['Years']} years"
    return Lock(held, rule["Mode"] == "COMPLIANCE")


def check_locks(s3: Any, names: Iterable[str], *, bypass_lock: bool) -> None:
    """Refuse buckets that could not be emptied.

    Raises:
        OperationError: Object Lock holds what is in one, and nobody may delete it, or nobody has said to.
    """
    locked = {name: lock for name in names if (lock := lock_of(s3, name))}
    if held := [f"{name} ({lock.held})" for name, lock in locked.items() if lock.ends]:
        raise OperationError(
            f"got {', '.join(held)} under Object Lock in compliance mode, which nobody ends; allowed: "
            "buckets whose objects can be deleted; fix: stop what writes into them, and repeat when what was "
            "written last is no longer held"
        )
    if locked and not bypass_lock:
        raise OperationError(
            f"got {', '.join(locked)} under Object Lock; allowed: buckets whose objects can be deleted; fix: "
            "--bypass-lock, as somebody who may do s3:BypassGovernanceRetention"
        )


def empty(s3: Any, bucket: str, *, bypass_lock: bool, told: Callable[[int], None]) -> int:
    """Delete everything in a bucket and return how many versions there were; it may be gone already.

    Args:
        s3: A client.
        bucket: Its name.
        bypass_lock: Whether to delete what Object Lock holds in governance mode.
        told: Called with the number of versions deleted so far.

    Raises:
        OperationError: S3 refused to delete some; the message names the first and why.
    """
    deleted = 0
    try:
        for batch in _batches(s3, bucket):
            _delete(s3, bucket, batch, bypass_lock)
            deleted += len(batch)
            told(deleted)
        for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
            for upload in page.get("Uploads", []):
                s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
    return deleted


def _batches(s3: Any, bucket: str) -> Iterator[list[dict[str, str]]]:
    """Yield the first versions that are left, again and again: who takes them deletes them."""
    while True:
        page = s3.list_object_versions(Bucket=bucket, MaxKeys=_BATCH)
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not found:
            return
        yield [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]


def _delete(s3: Any, bucket: str, batch: list[dict[str, str]], bypass_lock: bool) -> None:
    bypass = {"BypassGovernanceRetention": True} if bypass_lock else {}
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True}, **bypass)
    if errors := answer.get("Errors", []):
        first = errors[0]
        raise OperationError(
            f"{bucket}: S3 refused to delete {len(errors)} of {len(batch)} versions, {first['Key']} for one: "
            f"{first.get('Code')}: {first.get('Message')}; fix: have whoever removes allowed "
            "s3:DeleteObjectVersion (and s3:BypassGovernanceRetention under Object Lock), then repeat"
        )
