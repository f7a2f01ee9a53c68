"""Glue job: builds the gold products of one domain, each published only if it keeps its contract."""

import sys
from collections.abc import Mapping

from lakehouse_etl import aws, gold, manifest, runtime
from lakehouse_etl.model import Product
from lakehouse_etl.work import work_through


def main(argv: list[str]) -> None:
    """Build every product of the manifest in its order, or those that `--datasets` names."""
    args = runtime.parse(argv)
    with aws.storage_of(args.manifest).open(args.manifest) as file:
        domain = manifest.decode(file.read(), args.manifest)
    session = runtime.open_session(args.job_name)

    def build(product: Product) -> Mapping[str, object]:
        rows = gold.build(session.newSession(), product, args.run_id)
        aws.publish_counts(args.metrics_namespace, f"{domain.domain}/{product.name}", {"Rows": rows})
        return {"rows": rows}

    chosen = [product for product in domain.products if not args.names or product.name in args.names]
    # One at a time: a product may read what the one before it has published.
    work_through(chosen, lambda product: product.name, build, parallel=1)


if __name__ == "__main__":
    main(sys.argv)
