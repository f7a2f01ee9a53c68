"""How long bronze keeps the objects of a dataset: as long as its contract promises, or for ever."""

from collections.abc import Iterator, Mapping

from config.faults import Fault
from lakehouse.model.dataset import Lake

EXPIRING_MAX = 998
"""Datasets that may promise a retention: S3 takes 1,000 lifecycle rules of a bucket, two of which are about
all objects. https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html

A rule for a whole domain would spare some, but it would also expire what withdrawn datasets have left.
"""


def expiries(lake: Lake) -> Mapping[str, int]:
    """Return days by the prefix in the bronze bucket below which objects expire after them, sorted."""
    return {
        f"{dataset.id}/": dataset.service.retention_days
        for dataset in sorted(lake.datasets, key=lambda dataset: dataset.id)
        if dataset.ingestion is not None and dataset.service.retention_days is not None
    }


def too_many_expiries(lake: Lake) -> Iterator[Fault]:
    """Find more promises than a bucket can keep."""
    count = len(expiries(lake))
    if count > EXPIRING_MAX:
        yield Fault(
            "contracts",
            "slaProperties.retention",
            f"{count} datasets whose bronze objects expire",
            f"up to {EXPIRING_MAX}: S3 takes 1,000 lifecycle rules of a bucket",
            "drop the retention of datasets that may stay, or give some a lake of their own",
        )
