"""Glue job: brings a domain's gold products up to date, each published only if it keeps its contract."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from lakehouse_etl.contract.model import Product
from lakehouse_etl.gold.build import Built
from lakehouse_etl.gold.products import build_all
from lakehouse_etl.job import aws, runtime
from lakehouse_etl.lineage.job import recorder
from lakehouse_etl.records.ages import delays


def main(argv: list[str]) -> None:
    """Build every product of the manifest after those that it reads, or those that `--datasets` names.

    `--full true` makes them anew as a whole, whatever has changed; with `--repair true`, none are built that
    are not named.
    """
    args = runtime.parse(argv)
    domain = aws.read_manifest(args.manifest)
    products = args.chosen(domain.products)

    def publish(
        product: Product, built_at: datetime | None, counts: Mapping[str, int | None], built: Built | None
    ) -> None:
        known = {name: count for name, count in counts.items() if count is not None}
        newest = built.newest_event if built else None
        aws.publish_counts(
            args.metrics_namespace,
            product.id,
            known,
            built_at,
            product.freshness_hours,
            newest_event=newest,
            by_event=product.by_event,
        )
        took = delays(built.brought, datetime.now(UTC)) if built else None
        if took is not None:
            aws.publish_delays(args.metrics_namespace, product.id, took.values, took.counts)

    session = runtime.open_session(args.job_name)
    record = recorder(args, domain, session.version, "gold", "SilverToGold")
    build_all(session, products, args.run_id, publish, record=record, parallel=args.parallel, full=args.full)


if __name__ == "__main__":
    main(sys.argv)
