"""Brings what is new into the silver tables of a domain, and tells of it: the same for every carrier."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol

from lakehouse_etl.contract.model import Dataset, Manifest
from lakehouse_etl.job import aws
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.job.work import work_through
from lakehouse_etl.personal.undeclared import by_column
from lakehouse_etl.silver.outcome import QualityError, Result

_METRICS = {
    "RecordsIn": "records_in",
    "RecordsAccepted": "accepted",
    "RecordsRejected": "rejected",
    "RecordsSuperseded": "superseded",
}


class Carrier(Protocol):
    """Runs one dataset."""

    def run(self, masking_key: Callable[[], bytes]) -> Result:
        """Process what is new; `masking_key` is called only if the dataset masks."""
        ...


def bring_in(
    domain: Manifest,
    datasets: Sequence[Dataset],
    carrier: Callable[[Dataset, Storage], Carrier],
    *,
    namespace: str,
    parallel: int,
) -> dict[str, Mapping[str, object]]:
    """Run datasets of a domain, `parallel` at a time, and return what was done by their names.

    `namespace` is that of the metrics.

    Raises:
        WorkError: After all are done, if one or more failed.
    """

    @cache
    def masking_key() -> bytes:
        return aws.read_secret(domain.masking_secret)

    def run(dataset: Dataset) -> Mapping[str, object]:
        try:
            result = carrier(dataset, aws.storage_of(dataset.bronze.location)).run(masking_key)
        except QualityError as error:
            publish(namespace, dataset, error.result, fit=False)
            raise
        publish(namespace, dataset, result)
        return {
            "objects": result.objects,
            **vars(result.counts),
            "reasons": dict(result.reasons),
            "rules_failed": result.rules_failed,
            "undeclared": [f"{each.kind} in {each.column}" for each in result.undeclared],
        }

    return work_through(datasets, run, parallel)


def publish(namespace: str, dataset: Dataset, result: Result, *, fit: bool = True) -> None:
    """Add what a run found to the metrics of its dataset, which it left `fit` for use or not.

    `RejectedPercent` and `GateClosed` are told only where there is something to tell.
    """
    counts = vars(result.counts)
    metrics: dict[str, float] = {name: counts[field] for name, field in _METRICS.items()}
    if result.rules_failed is not None:
        metrics["RulesFailed"] = result.rules_failed
    if result.counts.rejected:
        metrics["RejectedPercent"] = round(100 * result.counts.rejected / result.counts.records_in, 2)
    if not fit:
        metrics["GateClosed"] = 1
    aws.publish_counts(namespace, dataset.id, metrics, result.last_arrival, dataset.freshness_hours)
    aws.publish_undeclared(namespace, dataset.id, by_column(result.undeclared))
