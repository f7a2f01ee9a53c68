"""Glue job: keeps the Iceberg tables of one domain small, fast and free of what nobody needs."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from lakehouse_etl.job import aws, runtime
from lakehouse_etl.job.log import report
from lakehouse_etl.job.work import work_through
from lakehouse_etl.maintenance.run import Limits, Upkeep, forget_events
from lakehouse_etl.maintenance.subjects import Kind, Subject, subjects


def main(argv: list[str]) -> None:
    """Work on every table of the domain, or on those of the datasets that `--datasets` names."""
    args = runtime.parse(argv)
    options = runtime.options(
        argv, "maintenance", "snapshot_days", "snapshots_min", "orphan_days", "results_days",
        "rejected_text_days",
    )  # fmt: skip
    domain = aws.read_manifest(args.manifest)
    session = runtime.open_session(args.job_name)
    tables = subjects(domain, args.names)
    managed = options.pop("maintenance") == "managed"
    # Glue passes no empty argument, so 0 is no limit.
    results_days, rejected_text_days = (
        int(options.pop(name)) or None for name in ("results_days", "rejected_text_days")
    )
    limits = Limits(
        datetime.now(UTC),
        **{name: int(days) for name, days in options.items()},
        results_days=results_days,
        rejected_text_days=rejected_text_days,
    )

    def maintain(subject: Subject) -> Mapping[str, object]:
        storage = aws.storage_of(subject.state_location or "")
        upkeep = Upkeep(runtime.own_session(session), storage, subject, limits)
        return upkeep.run(managed=managed and subject.kind is Kind.MAIN)

    work_through(tables, maintain, args.parallel)
    if not args.names:
        for location in domain.lineage.events.values():
            report(
                location=location, events_deleted=forget_events(aws.storage_of(location), location, limits)
            )
        aws.publish_counts(args.metrics_namespace, domain.domain, {"TablesMaintained": len(tables)}, None)


if __name__ == "__main__":
    main(sys.argv)
