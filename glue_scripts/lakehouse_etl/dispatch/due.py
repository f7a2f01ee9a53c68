"""Tells which products have anything to do, so that nothing is started where none has; Spark is not needed.

A product is left out only if a build would find that it is up to date, and change nothing. Whatever else
there is, a fault included, is told by the build.
"""

from collections.abc import Sequence

from pyiceberg.catalog import Catalog

from lakehouse_etl.contract.model import Product
from lakehouse_etl.gold.note import is_noted, note_of
from lakehouse_etl.job.log import logger
from lakehouse_etl.native.table import Table
from lakehouse_etl.quality import verdict
from lakehouse_etl.tables.history import TableError


def due(catalog: Catalog, products: Sequence[Product]) -> list[str]:
    """Return the names of the products to build, in their order, those among them that read one of these."""
    found: dict[str, str] = {}
    for product in products:
        if any(each.id in found for each in product.inputs) or not _is_current(catalog, product):
            found[product.id] = product.name
    return list(found.values())


def _is_current(catalog: Catalog, product: Product) -> bool:
    """Whether nothing about a product, its rules and its inputs has changed since its newest commit."""
    if product.volatile or any(rule.volatile for rule in product.table_rules):
        return False
    try:
        inputs = {each: Table(catalog, each.table) for each in product.inputs}
        note = note_of(product, {each.id: table.head() for each, table in inputs.items()})
        history = Table(catalog, product.table).history()
        unfit = any(
            each.layer == "silver" and verdict.problem_of(table, table.history())
            for each, table in inputs.items()
        )
    except TableError as error:
        logger.info("%s: %s", product.id, error)
        return False
    return not unfit and is_noted(note, history)
