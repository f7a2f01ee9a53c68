"""`lake-ops restore bronze`: objects that were deleted, as long as their versions are kept."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from lakehouse.model.dataset import Layer
from tools.cli.project import AsJson, Root
from tools.cli.summary import Item, State, conclude
from tools.ops.target import DryRun, Env, Target, acting, open_target

_NEXT = "What silver lost meanwhile comes back by `lake-ops reprocess DOMAIN --all --start`."

Version = Mapping[str, Any]
"""An entry of ListObjectVersions."""


@acting
def bronze(
    prefix: Annotated[str, typer.Argument(help="Beginning of the keys, such as DOMAIN/DATASET/.")] = "",
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%dT%H:%M"], help="Only what was deleted since, in UTC."),
    ] = None,
    *,
    env: Env = "dev",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Undo deletions in bronze: take away the marks by which S3 hides objects that were deleted.

    The object is then what it was, with the time at which it came, so nothing takes it for new. It takes who
    may delete from bronze (`people.break_glass`), since a mark is deleted as a version is. What lifecycle
    rules have hidden lies behind marks as well: `--since` tells an accident from those. A version that was
    deleted by its id does not come back.
    """
    target = open_target(env, root)
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    after = since.replace(tzinfo=UTC) if since else None
    items = [_restore(target, bucket, mark, dry_run) for mark in _marks(target, bucket, prefix, after)]
    conclude("restore bronze", items, as_json, _NEXT)


def _marks(target: Target, bucket: str, prefix: str, after: datetime | None) -> Iterator[Version]:
    """Yield the delete markers that hide an object now."""
    pages = target.client("s3").get_paginator("list_object_versions")
    for page in pages.paginate(Bucket=bucket, Prefix=prefix):
        for mark in page.get("DeleteMarkers", ()):
            if mark["IsLatest"] and (after is None or mark["LastModified"] >= after):
                yield mark


def _restore(target: Target, bucket: str, mark: Version, dry_run: bool) -> Item:
    key, when = mark["Key"], f"deleted {mark['LastModified']:%Y-%m-%d %H:%M} UTC"
    if not dry_run:
        target.client("s3").delete_object(Bucket=bucket, Key=key, VersionId=mark["VersionId"])
    return Item(key, State.PLANNED if dry_run else State.DONE, why=when)
