"""Checks the SQL of gold products against the lake and finds the order in which they must be built."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from config.faults import Fault, nearest, one_of
from lakehouse.model.dataset import Dataset
from lakehouse.odcs.rules.refreshes import refresh_faults, volatile_faults


def connect(
    products: Iterable[Dataset], known: Mapping[str, Dataset], unread: set[str]
) -> tuple[list[Dataset], list[Fault]]:
    """Return the products with their inputs, and what is wrong with their SQL.

    Args:
        products: gold datasets with SQL.
        known: datasets by the names that SQL may use, `<layer>_<domain>.<dataset>`.
        unread: ids of contracts with faults so grave that their layer is unknown.
    """
    from lakehouse.odcs.lake import product_sql  # noqa: PLC0415 (the parser is slow to import)
    from lakehouse.sql.parse import SqlError, analyse  # noqa: PLC0415 (and this)
    from lakehouse.sql.spark.analysis import unreadable  # noqa: PLC0415 (so is this)

    found: list[Fault] = []
    connected = []
    for product in products:
        where, sql = sql_path(product.source), product.sql or ""
        try:
            query = analyse(sql)
        except SqlError as error:
            found += product_sql.faults(where, unreadable(sql, error))
            continue
        for mention in query.mentions:
            database, _, table = mention.name.partition(".")
            if mention.name not in known and f"{database.partition('_')[2]}/{table}" not in unread:
                fix = nearest(mention.name, known)
                found.append(Fault(f"{where}:{mention.line}", "sql", mention.name, one_of(known), fix))
        read = {mention.name: known[mention.name] for mention in query.mentions if mention.name in known}
        found += product_sql.check(product, sql, where, query, read)
        found += [*refresh_faults(product, read.values()), *volatile_faults(product, sql, where)]
        connected.append(replace(product, inputs=tuple(sorted(dataset.id for dataset in read.values()))))
    return connected, found


def build_order(products: Iterable[Dataset]) -> tuple[dict[str, int], list[Fault]]:
    """Return the rank of each product by id: inputs come first, names decide among equals."""
    by_id = {product.id: product for product in products}
    sorter = TopologicalSorter({id_: set(product.inputs) & by_id.keys() for id_, product in by_id.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        cycle = list(reversed(error.args[1]))
        where = sql_path(by_id[min(cycle)].source)
        fix = "let one of them read silver instead"
        return {}, [Fault(where, "sql", " reads ".join(cycle), "products that do not read each other", fix)]
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return {id_: rank for rank, id_ in enumerate(order)}, []


def sql_path(contract: str) -> str:
    """Return the path of the SQL that belongs beside a gold contract."""
    return contract.removesuffix(".odcs.yaml") + ".sql"
