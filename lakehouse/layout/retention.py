"""How long bronze keeps what it has of a dataset: as long as its contract promises, or for ever."""

from collections.abc import Iterator, Mapping

from config.faults import Fault
from lakehouse.layout.streams import error_prefix
from lakehouse.model.dataset import Dataset, Ingestion, Lake, Mode

EXPIRING_MAX = 998
"""Prefixes that may expire: S3 takes 1,000 lifecycle rules of a bucket, two of which are about all objects.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html

A rule for a whole domain would spare some, but it would also expire what withdrawn datasets have left.
"""


def expiries(lake: Lake) -> Mapping[str, int]:
    """Return days by the prefix in the bronze bucket below which objects expire after them, sorted.

    What a stream could not deliver goes with the objects of its dataset. Of a stream that several share it
    may be of any, so it stays for as long as one of them does.
    """
    kept: dict[str, list[int | None]] = {}
    for dataset in lake.datasets:
        if dataset.ingestion is not None:
            for prefix in _prefixes(dataset, dataset.ingestion):
                kept.setdefault(prefix, []).append(dataset.service.retention_days)
    return {prefix: max(filter(None, kept[prefix])) for prefix in sorted(kept) if None not in kept[prefix]}


def _prefixes(dataset: Dataset, ingestion: Ingestion) -> tuple[str, ...]:
    own = f"{dataset.id}/"
    return (own, error_prefix(dataset)) if ingestion.mode is Mode.STREAM else (own,)


def too_many_expiries(lake: Lake) -> Iterator[Fault]:
    """Find more promises than a bucket can keep."""
    count = len(expiries(lake))
    if count > EXPIRING_MAX:
        yield Fault(
            "contracts",
            "slaProperties.retention",
            f"{count} prefixes of bronze that expire, two for each dataset with a stream of its own",
            f"up to {EXPIRING_MAX}: S3 takes 1,000 lifecycle rules of a bucket",
            "drop the retention of datasets that may stay, or give some a lake of their own",
        )
