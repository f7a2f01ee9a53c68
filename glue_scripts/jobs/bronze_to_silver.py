"""Glue job: brings what is new in bronze into the silver and quarantine tables of one domain."""

import sys
from collections.abc import Mapping
from functools import cache

from lakehouse_etl import aws, manifest, runtime
from lakehouse_etl.model import Dataset
from lakehouse_etl.silver import SilverRun
from lakehouse_etl.work import work_through


def main(argv: list[str]) -> None:
    """Run over every dataset of the manifest, or over those that `--datasets` names."""
    args = runtime.parse(argv)
    with aws.storage_of(args.manifest).open(args.manifest) as file:
        domain = manifest.decode(file.read(), args.manifest)
    session = runtime.open_session(args.job_name)

    @cache
    def masking_key() -> bytes:
        return aws.read_secret(domain.masking_secret)

    def run(dataset: Dataset) -> Mapping[str, object]:
        storage = aws.storage_of(dataset.bronze.location)
        result = SilverRun(session.newSession(), storage, dataset, args.run_id).run(masking_key)
        counts = vars(result.counts)
        aws.publish_counts(
            args.metrics_namespace,
            f"{domain.domain}/{dataset.name}",
            {
                name: counts[field]
                for name, field in (
                    ("RecordsIn", "records_in"),
                    ("RecordsAccepted", "accepted"),
                    ("RecordsRejected", "rejected"),
                    ("RecordsSuperseded", "superseded"),
                )
            },
        )
        return {"objects": result.objects, **counts, "reasons": dict(result.reasons)}

    chosen = [dataset for dataset in domain.datasets if not args.names or dataset.name in args.names]
    work_through(chosen, lambda dataset: dataset.name, run, args.parallel)


if __name__ == "__main__":
    main(sys.argv)
