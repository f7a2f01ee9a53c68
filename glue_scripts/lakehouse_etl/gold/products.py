"""Works through the products of a domain in the order in which they read one another."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from pyspark.sql import SparkSession

from lakehouse_etl.contract.model import Product
from lakehouse_etl.gold import build as gold
from lakehouse_etl.gold.build import Built
from lakehouse_etl.gold.inputs import Waiting
from lakehouse_etl.gold.sql import ProductError
from lakehouse_etl.job.runtime import own_session
from lakehouse_etl.job.work import work_through
from lakehouse_etl.lineage.recorder import Recorder, Told
from lakehouse_etl.lineage.told import known, told_of
from lakehouse_etl.lineage.work import of_product
from lakehouse_etl.quality.ledger import Ledger
from lakehouse_etl.quality.results import write
from lakehouse_etl.records.ages import delays

STRICT = {"spark.sql.ansi.enabled": "true"}
"""An overflow or a division by zero fails the product, as in Athena, in place of a silent null."""

Publish = Callable[[Product, datetime | None, Mapping[str, int | None], Built | None], None]
"""Takes a product, the instant of the version that readers see, and counts, None where nothing counted;
and what was built, None if nothing was."""


def build_all(
    session: SparkSession,
    products: Sequence[Product],
    run_id: str,
    publish: Publish,
    *,
    record: Recorder,
    parallel: int,
    full: bool,
) -> None:
    """Bring products up to date, `parallel` at a time; one that fails stops only those that read it.

    One that waits for an input is left alone, and those that read it wait, too. That is no failure. Each run
    is recorded.

    Raises:
        WorkError: After all are done, if one or more failed.
    """
    names = {product.id: product.name for product in products}
    unfinished = set(names)
    waiting: set[str] = set()

    ledger = Ledger(run_id, partial(write, own_session(session)))

    def run(product: Product, told: Told) -> Mapping[str, object]:
        own = own_session(session, **STRICT)
        try:
            awaited = [each.id for each in product.inputs if each.id in waiting]
            _check_built(product, unfinished, awaited)
            built = gold.build(own, product, run_id, full=full, waiting=awaited, ledger=ledger)
        except ProductError as error:
            told |= known(rules_failed=error.rules_failed)
            publish(product, gold.built_at(own, product), _counts_of(error), None)
            raise
        if isinstance(built, Waiting):
            waiting.add(product.id)
            told["inputs_awaited"] = list(built.waiting)
            publish(product, gold.built_at(own, product), {"InputsAwaited": len(built.waiting)}, None)
            return vars(built)
        unfinished.discard(product.id)
        publish(product, datetime.now(UTC), {"Rows": built.rows, "RulesFailed": built.rules_failed}, built)
        told |= _told(built)
        return built.facts

    def needs(product: Product) -> list[str]:
        return [names[each.id] for each in product.inputs if each.id in names]

    with ledger:
        work_through(products, partial(_recorded, record, run), parallel, needs)


def _check_built(product: Product, unfinished: set[str], awaited: Sequence[str]) -> None:
    lost = [each.id for each in product.inputs if each.id in unfinished and each.id not in awaited]
    if lost:
        raise ProductError(f"{product.name}: input {', '.join(lost)} failed; the last version stays")


def _recorded(
    record: Recorder, run: Callable[[Product, Told], Mapping[str, object]], product: Product
) -> Mapping[str, object]:
    with record.run(of_product(product, record.lineage)) as told:
        return run(product, told)


def _counts_of(error: ProductError) -> Mapping[str, int | None]:
    return {"RulesFailed": error.rules_failed, "GateClosed": error.rules_failed and 1}


def _told(built: Built) -> Mapping[str, object]:
    """Return what the record of a product's run tells."""
    return {
        "table_rows": built.rows,
        "refreshed": built.refreshed,
        **known(rules_failed=built.rules_failed, newest_event=built.newest_event),
        **told_of(delays(built.brought, datetime.now(UTC))),
    }
