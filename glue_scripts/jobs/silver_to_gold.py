"""Glue job: builds the gold products of one domain, each published only if it keeps its contract."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from lakehouse_etl import aws, gold, manifest, runtime
from lakehouse_etl.model import Product
from lakehouse_etl.work import chosen, work_through

_STRICT = {"spark.sql.ansi.enabled": "true"}
"""An overflow or a division by zero fails the product, as in Athena, in place of a silent null."""


def main(argv: list[str]) -> None:
    """Build every product of the manifest in its order, or those that `--datasets` names."""
    args = runtime.parse(argv)
    with aws.storage_of(args.manifest).open(args.manifest) as file:
        domain = manifest.decode(file.read(), args.manifest)
    products = chosen(domain.products, args.names)
    session = runtime.open_session(args.job_name)

    def publish(product: Product, built_at: datetime | None, counts: Mapping[str, int | None]) -> None:
        known = {name: count for name, count in counts.items() if count is not None}
        aws.publish_counts(args.metrics_namespace, product.id, known, built_at)

    def build(product: Product) -> Mapping[str, object]:
        own = runtime.own_session(session, **_STRICT)
        try:
            built = gold.build(own, product, args.run_id)
        except gold.ProductError as error:
            publish(product, gold.built_at(own, product), {"RulesFailed": error.rules_failed})
            raise
        publish(product, datetime.now(UTC), {"Rows": built.rows, "RulesFailed": built.rules_failed})
        return vars(built)

    # One at a time: a product may read what the one before it has published.
    work_through(products, build, parallel=1)


if __name__ == "__main__":
    main(sys.argv)
