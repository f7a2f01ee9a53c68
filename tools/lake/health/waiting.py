"""What has reached bronze since the last run began: no run has taken it up.

`tools.lake.testing` finds the jobs' package.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from lakehouse_etl.bronze.objects import is_hidden

from lakehouse.layout.paths import ingest_partition
from lakehouse.model.dataset import Dataset, Layer
from tools.ops.target import Target

_MOST = 1000
"""Objects that are counted."""


@dataclass(frozen=True)
class Waiting:
    """Objects that no run has taken up."""

    objects: int
    """At most `_MOST`."""
    oldest: datetime


def waiting(target: Target, dataset: Dataset, since: datetime) -> Waiting | None:
    """Return what has come for a dataset since an instant, by the days on which it came; None if nothing."""
    found = list(islice(_modified(target, dataset, since), _MOST))
    return Waiting(len(found), min(found)) if found else None


def _modified(target: Target, dataset: Dataset, since: datetime) -> Iterator[datetime]:
    bucket = target.settings.naming.bucket(Layer.BRONZE)
    pages = target.client("s3").get_paginator("list_objects_v2")
    today = datetime.now(UTC).date()
    for back in range((today - since.astimezone(UTC).date()).days + 1):
        prefix = f"{dataset.id}/{ingest_partition(f'{today - timedelta(days=back)}')}"
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            for entry in page.get("Contents", ()):
                name = entry["Key"].removeprefix(f"{dataset.id}/")
                if entry["LastModified"] > since and entry["Size"] and not is_hidden(name):
                    yield entry["LastModified"]
