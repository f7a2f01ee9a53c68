"""Glue job: brings what is new in bronze into the silver and quarantine tables of one domain."""

import sys
from collections.abc import Mapping
from functools import cache

from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job import aws, runtime
from lakehouse_etl.job.work import chosen, work_through
from lakehouse_etl.silver.outcome import QualityError, Result
from lakehouse_etl.silver.run import SilverRun

_METRICS = {
    "RecordsIn": "records_in",
    "RecordsAccepted": "accepted",
    "RecordsRejected": "rejected",
    "RecordsSuperseded": "superseded",
}


def main(argv: list[str]) -> None:
    """Run over every dataset of the manifest, or over those that `--datasets` names."""
    args = runtime.parse(argv)
    with aws.storage_of(args.manifest).open(args.manifest) as file:
        domain = manifest.decode(file.read(), args.manifest)
    datasets = chosen(domain.datasets, args.names)
    session = runtime.open_session(args.job_name)

    @cache
    def masking_key() -> bytes:
        return aws.read_secret(domain.masking_secret)

    def publish(result: Result) -> None:
        counts = vars(result.counts)
        metrics = {name: counts[field] for name, field in _METRICS.items()}
        if result.rules_failed is not None:
            metrics["RulesFailed"] = result.rules_failed
        aws.publish_counts(args.metrics_namespace, result.dataset, metrics, result.last_arrival)

    def run(dataset: Dataset) -> Mapping[str, object]:
        storage = aws.storage_of(dataset.bronze.location)
        try:
            result = SilverRun(runtime.own_session(session), storage, dataset, args.run_id).run(masking_key)
        except QualityError as error:
            publish(error.result)
            raise
        publish(result)
        return {
            "objects": result.objects,
            **vars(result.counts),
            "reasons": dict(result.reasons),
            "rules_failed": result.rules_failed,
        }

    work_through(datasets, run, args.parallel)


if __name__ == "__main__":
    main(sys.argv)
