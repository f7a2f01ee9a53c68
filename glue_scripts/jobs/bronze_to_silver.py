"""Glue job: brings what is new in bronze into the silver and quarantine tables of one domain."""

import sys
from functools import partial

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job import aws, runtime
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.lineage.job import recorder
from lakehouse_etl.quality.ledger import Ledger
from lakehouse_etl.quality.results import write
from lakehouse_etl.silver.domain import bring_in
from lakehouse_etl.silver.run import SilverRun


def main(argv: list[str]) -> None:
    """Run over every dataset of the manifest, or over those that `--datasets` names.

    With `--repair true`, do what was requested for those that are named, and nothing else.
    """
    args = runtime.parse(argv)
    domain = aws.read_manifest(args.manifest)
    datasets = args.chosen(domain.datasets)
    session = runtime.open_session(args.job_name)

    with Ledger(args.run_id, partial(write, runtime.own_session(session))) as ledger:

        def carrier(dataset: Dataset, storage: Storage) -> SilverRun:
            own = runtime.own_session(session)
            return SilverRun(own, storage, dataset, args.run_id, ledger, repair=args.repair)

        bring_in(
            domain,
            datasets,
            carrier,
            record=recorder(args, domain, session.version, "silver", "BronzeToSilver"),
            namespace=args.metrics_namespace,
            parallel=args.parallel,
        )


if __name__ == "__main__":
    main(sys.argv)
