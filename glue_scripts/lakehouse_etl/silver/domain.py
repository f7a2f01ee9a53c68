"""Brings what is new into the silver tables of a domain, and tells of it: the same for every carrier."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Protocol

from lakehouse_etl.contract.manifest import Manifest
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job import aws
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.job.work import work_through
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.lineage.recorder import Recorder
from lakehouse_etl.lineage.told import known, told_of
from lakehouse_etl.lineage.work import of_dataset
from lakehouse_etl.personal.undeclared import by_column
from lakehouse_etl.records.ages import delays
from lakehouse_etl.silver.outcome import QualityError, Result

_METRICS = {
    "RecordsIn": "records_in",
    "RecordsAccepted": "accepted",
    "RecordsRejected": "rejected",
    "RecordsSuperseded": "superseded",
}


class Carrier(Protocol):
    """Runs one dataset."""

    def run(self, keys: Callable[[], Keys]) -> Result:
        """Process what is new; `keys` is called only if there is something."""
        ...


def bring_in(
    domain: Manifest,
    datasets: Sequence[Dataset],
    carrier: Callable[[Dataset, Storage], Carrier],
    *,
    record: Recorder,
    namespace: str,
    parallel: int,
) -> dict[str, Mapping[str, object]]:
    """Run datasets of a domain, `parallel` at a time, and return what was done by their names.

    Each run is recorded. `namespace` is that of the metrics.

    Raises:
        WorkError: After all are done, if one or more failed.
    """
    secret = cache(aws.read_secret)

    def keys_of(dataset: Dataset) -> Keys:
        return Keys(
            secret(domain.masking_secret) if dataset.masks_by("hash") else None,
            secret(domain.token_secret) if dataset.masks_by("tokenize") else None,
        )

    def run(dataset: Dataset) -> Mapping[str, object]:
        with record.run(of_dataset(dataset, record.lineage)) as told:
            try:
                storage = aws.storage_of(dataset.bronze.location)
                result = carrier(dataset, storage).run(partial(keys_of, dataset))
            except QualityError as error:
                told.update(_tell(namespace, dataset, error.result, fit=False))
                raise
            told.update(_tell(namespace, dataset, result, fit=True))
        return {
            "objects": result.objects,
            **vars(result.counts),
            "reasons": dict(result.reasons),
            "rules_failed": result.rules_failed,
            "undeclared": [f"{each.kind} in {each.column}" for each in result.undeclared],
        }

    return work_through(datasets, run, parallel)


def _tell(namespace: str, dataset: Dataset, result: Result, *, fit: bool) -> Mapping[str, object]:
    """Tell the metrics what a run found, and return what its record tells."""
    took = delays([result.ages], datetime.now(UTC)) if result.ages else None
    publish(namespace, dataset, result, fit=fit)
    if took is not None:
        aws.publish_delays(namespace, dataset.id, took.values, took.counts)
    return {
        "objects": result.objects,
        "input_objects": list(result.names),
        **vars(result.counts),
        "reasons": json.dumps(dict(result.reasons)),
        **known(
            rules_failed=result.rules_failed,
            newest_arrival=result.last_arrival,
            newest_event=result.newest_event,
            records_missing=result.missing,
        ),
        **told_of(took),
    }


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
    publish_standing(namespace, dataset, metrics, result)


def publish_standing(namespace: str, dataset: Dataset, metrics: Mapping[str, float], result: Result) -> None:
    """Add metrics of a dataset, and how it stands, whether or not a run had anything to do.

    `RecordsMissing` is told only where some are.
    """
    aws.publish_counts(
        namespace,
        dataset.id,
        {**metrics, "RecordsMissing": result.missing} if result.missing else metrics,
        result.last_arrival,
        dataset.freshness_hours,
        newest_event=result.newest_event,
        by_event=dataset.by_event,
    )
    aws.publish_undeclared(namespace, dataset.id, by_column(result.undeclared))
