"""Buckets are emptied whatever is in them, and tell what they hold against it."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from tools.ops.removal.buckets import Lock, check_locks, empty, lock_of
from tools.ops.target import OperationError

MORE_THAN_ONE_BATCH = 1010


@pytest.fixture
def make_bucket(embedded_aws: EmbeddedAws) -> Callable[..., tuple[Any, str]]:
    """Makes a versioned bucket, locked if asked; returns a client and its name."""

    def make(*, locked: bool = False, mode: str = "GOVERNANCE") -> tuple[Any, str]:
        s3, name = embedded_aws.client("s3"), f"full-{uuid.uuid4().hex[:8]}"
        s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=locked)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        if locked:
            rule = {"DefaultRetention": {"Mode": mode, "Days": 3}}
            s3.put_object_lock_configuration(
                Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
            )
        return s3, name

    return make


def test_bucket_loses_versions_of_many_batches_markers_and_uploads(
    make_bucket: Callable[..., tuple[Any, str]],
) -> None:
    s3, bucket = make_bucket()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: s3.put_object(Bucket=bucket, Key=f"{number % 7}", Body=b""),
                      range(MORE_THAN_ONE_BATCH)))  # fmt: skip
    s3.delete_object(Bucket=bucket, Key="1")
    s3.create_multipart_upload(Bucket=bucket, Key="never")
    told: list[int] = []
    assert empty(s3, bucket, bypass_lock=False, told=told.append) == MORE_THAN_ONE_BATCH + 1
    assert told == [1000, MORE_THAN_ONE_BATCH + 1]
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")
    s3.delete_bucket(Bucket=bucket)
    assert empty(s3, bucket, bypass_lock=False, told=told.append) == 0
    assert lock_of(s3, bucket) is None


def test_locked_bucket_is_emptied_only_by_who_says_so(make_bucket: Callable[..., tuple[Any, str]]) -> None:
    s3, bucket = make_bucket(locked=True)
    s3.put_object(Bucket=bucket, Key="held", Body=b"")
    assert lock_of(s3, bucket) == Lock("3 days", ends=False)
    with pytest.raises(
        OperationError, match=rf"{bucket}: S3 refused to delete 1 of 1 versions, held for one: "
    ):
        empty(s3, bucket, bypass_lock=False, told=lambda _: None)
    assert empty(s3, bucket, bypass_lock=True, told=lambda _: None) == 1
    s3.delete_bucket(Bucket=bucket)


def test_removal_is_refused_before_it_begins_where_a_lock_holds_what_is_in_a_bucket(
    make_bucket: Callable[..., tuple[Any, str]],
) -> None:
    s3, governed = make_bucket(locked=True)
    _, compliant = make_bucket(locked=True, mode="COMPLIANCE")
    with pytest.raises(OperationError, match=f"{governed} under Object Lock; .* --bypass-lock"):
        check_locks(s3, [governed], bypass_lock=False)
    check_locks(s3, [governed], bypass_lock=True)
    with pytest.raises(OperationError, match=rf"{compliant} \(3 days\) under Object Lock in compliance mode"):
        check_locks(s3, [governed, compliant], bypass_lock=True)


def test_open_bucket_is_not_locked(make_bucket: Callable[..., tuple[Any, str]]) -> None:
    assert lock_of(*make_bucket()) is None
