"""Builds gold products: written on a branch, audited there, and published only if the contract is kept.

A run may be killed at any point and repeated: readers see the former version until the next one is
published, and that says in the same commit which snapshots of its inputs it was made of.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from lakehouse_etl.contract.model import Product
from lakehouse_etl.gold.inputs import Waiting, read_inputs
from lakehouse_etl.gold.plan import Plan, is_current, make_plan
from lakehouse_etl.gold.sql import ProductError, content
from lakehouse_etl.quality.audit import Audit, audit
from lakehouse_etl.quality.ledger import Ledger
from lakehouse_etl.quality.meter import measure
from lakehouse_etl.quality.results import Results
from lakehouse_etl.quality.spark_meter import SparkMeter
from lakehouse_etl.records.ages import Ages
from lakehouse_etl.tables.gate import check_columns
from lakehouse_etl.tables.history import EVENT_AGES, NEWEST_EVENT, RUN_ID, MovedError
from lakehouse_etl.tables.spark_types import columns
from lakehouse_etl.tables.table import Table
from lakehouse_etl.tables.version import following

_ATTEMPTS = 3
"""Compaction may commit to a product while it is built; each time it has to be built again."""

_NULL = "Null value appeared in non-nullable field"
"""How Spark names a null on its way into a required column."""


@dataclass(frozen=True)
class Built:
    """What was built."""

    rows: int
    """Rows of the whole product."""
    rules_failed: int | None
    """Table rules that failed with severity error or warning; None if none was measured."""
    refreshed: str
    """`all`, `parts` or `nothing`."""
    why: str
    """Reason for that extent."""
    brought: tuple[Ages, ...] = ()
    """Ages of the events that came into the product."""
    newest_event: datetime | None = None
    """Instant of the newest event of its inputs; None if none is known."""

    @property
    def facts(self) -> Mapping[str, object]:
        """What the log tells."""
        told = ("rows", "rules_failed", "refreshed", "why")
        return {name: value for name, value in vars(self).items() if name in told}


def build(
    session: SparkSession,
    product: Product,
    run_id: str,
    *,
    full: bool = False,
    waiting: Collection[str] = (),
    ledger: Ledger | None = None,
) -> Built | Waiting:
    """Bring one product up to date, or leave it alone while it has to wait for an input.

    Args:
        session: A session of the product's own.
        product: The product.
        run_id: Run that commits.
        full: Whether to make everything anew, whatever has changed.
        waiting: Ids of products that wait themselves.
        ledger: What takes up what rules measure; without one, it is written at once.

    Raises:
        TableError: A table is missing or does not fit the contract.
        ProductError: An input is not fit for use, the SQL fails, or what it yields breaks the contract; the
            message lists every fault.
    """
    table = Table(session, product.table)
    results = Results(session, product.results_table, product.id, run_id, ledger)
    check_columns(table, columns(product.fields))
    results.check()
    moved: MovedError | None = None
    for _ in range(_ATTEMPTS):
        table.refresh()
        inputs = read_inputs(session, product, waiting)
        if isinstance(inputs, Waiting):
            return inputs
        plan = make_plan(session, product, inputs, full=full)
        try:
            if plan.scope == "nothing":
                return _kept(session, product, plan, results, run_id)
            summary = {RUN_ID: run_id, **_events(plan), **plan.note}
            return _built(session, product, plan, results, summary)
        except MovedError as error:
            moved = error
    raise ProductError(f"{product.name}: {moved}, {_ATTEMPTS} times in a row; fix: run it again later")


def built_at(session: SparkSession, product: Product) -> datetime | None:
    """Return when the version was published that readers see, None if none ever was."""
    return Table(session, product.table).committed_at()


def _kept(session: SparkSession, product: Product, plan: Plan, results: Results, run_id: str) -> Built:
    """Leave the content as it is; the note moves on, so that it does not point to what will expire.

    Rules that depend on the clock are measured again.
    """
    table = Table(session, product.table)
    if not plan.noted:
        table.append(table.rows().limit(0), {RUN_ID: run_id, **_newest(plan), **plan.note})
    rules = [rule for rule in product.table_rules if rule.volatile]
    found = Audit({}, measure(SparkMeter(session, table), rules)[0])
    if found.measured:
        _judge(product, found, results)
    return Built(_rows(table), found.rules_failed, "nothing", plan.why, newest_event=plan.newest_event)


def _events(plan: Plan) -> dict[str, str]:
    """Return what a commit tells of the events that it brings, as a commit of silver does."""
    if not plan.brought:
        return _newest(plan)
    oldest = min(each.oldest for each in plan.brought)
    whole = reduce(Ages.plus, plan.brought, Ages(datetime.now(UTC), oldest, None, {}))
    return {EVENT_AGES: whole.text(), **_newest(plan)}


def _newest(plan: Plan) -> dict[str, str]:
    return {} if plan.newest_event is None else {NEWEST_EVENT: plan.newest_event.isoformat()}


def _rows(table: Table) -> int:
    history = table.history()
    return int(history[0].summary["total-records"]) if history else 0


def _built(
    session: SparkSession, product: Product, plan: Plan, results: Results, summary: Mapping[str, str]
) -> Built:
    """Make what the plan says anew."""
    rows = content(session, product).where(plan.replaced)
    # From here on the rows are bound to the snapshots that the session knows.
    if not is_current(session, product, plan):
        raise MovedError("an input")
    table = Table(session, product.table)
    with following(table, table.head(), keep_refused=True) as version:
        try:
            version.replace(rows, summary, plan.replaced)
        except Py4JJavaError as error:
            if _NULL in str(error):
                _judge(product, audit(session, product, rows, plan.replaced), results)
            raise
        found = audit(session, product, version.rows(), plan.replaced)
        _judge(product, found, results)
    return Built(_rows(table), found.rules_failed, plan.scope, plan.why, plan.brought, plan.newest_event)


def _judge(product: Product, found: Audit, results: Results) -> None:
    results.append(found.results)
    if found.faults:
        raise ProductError(
            f"{product.name}: {'; '.join(found.faults)}; fix: mend the SQL, its sources or the contract",
            found.rules_failed,
        )
