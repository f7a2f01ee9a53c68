"""Glue job: brings a domain's gold products up to date, each published only if it keeps its contract."""

import sys
from collections.abc import Mapping
from datetime import datetime

from lakehouse_etl.contract.model import Product
from lakehouse_etl.gold.products import build_all
from lakehouse_etl.job import aws, runtime


def main(argv: list[str]) -> None:
    """Build every product of the manifest after those that it reads, or those that `--datasets` names.

    `--full true` makes them anew as a whole, whatever has changed; with `--repair true`, none are built that
    are not named.
    """
    args = runtime.parse(argv)
    domain = aws.read_manifest(args.manifest)
    products = args.chosen(domain.products)

    def publish(product: Product, built_at: datetime | None, counts: Mapping[str, int | None]) -> None:
        known = {name: count for name, count in counts.items() if count is not None}
        aws.publish_counts(args.metrics_namespace, product.id, known, built_at, product.freshness_hours)

    session = runtime.open_session(args.job_name)
    build_all(session, products, args.run_id, publish, parallel=args.parallel, full=args.full)


if __name__ == "__main__":
    main(sys.argv)
