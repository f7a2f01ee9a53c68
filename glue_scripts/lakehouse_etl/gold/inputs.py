"""Tells whether the inputs of a product are there and fit for use.

A pipeline may run before those that it reads from have run or are deployed, as in the first hour of a lake.
That is nobody's fault, so a product waits for an input that it was never made of. An input that is gone, or
not fit for use, is a fault.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import SparkSession

from lakehouse_etl.contract.model import Input, Product
from lakehouse_etl.gold.plan import Inputs, made_of
from lakehouse_etl.gold.sql import ProductError
from lakehouse_etl.quality import verdict
from lakehouse_etl.tables.history import Snapshot, TableError
from lakehouse_etl.tables.table import Table

_NOT_DEPLOYED = "has no table: the stack of its domain is not deployed"
_NEVER_MADE = "was never made: its pipeline has not run, or not come to its end"
_WAITS = "waits itself"


@dataclass(frozen=True)
class Waiting:
    """A product that is left alone until its inputs are there."""

    waiting: Mapping[str, str]
    """Inputs that it waits for, by id, and why they are not there."""


def read_inputs(session: SparkSession, product: Product, waiting: Collection[str]) -> Inputs | Waiting:
    """Return the history of each input as it is now; `waiting` are products that wait themselves.

    Raises:
        TableError: The table of an input is missing, though the product was made of it.
        ProductError: An input is not fit for use; the message names each of them.
    """
    found: dict[str, Sequence[Snapshot]] = {}
    awaited = {each.id: _WAITS for each in product.inputs if each.id in waiting}
    for each in product.inputs:
        if each.id in awaited:
            continue
        table = Table(session, each.table)
        history = _history(session, table)
        reason = _reason(each, table, history)
        if reason is not None and each.id not in made_of(session, product):
            awaited[each.id] = reason
        elif history is None:
            raise TableError(
                f"{table.name}: not in the catalog any more; fix: deploy the stack of its domain"
            )
        else:
            found[each.id] = history
    _check(session, product, found)
    return Waiting(awaited) if awaited else found


def _history(session: SparkSession, table: Table) -> Sequence[Snapshot] | None:
    """Return the history, with what others have committed meanwhile, or None if there is no table."""
    if not session.catalog.tableExists(table.name):
        return None
    table.refresh()
    return table.history()


def _reason(each: Input, table: Table, history: Sequence[Snapshot] | None) -> str | None:
    """Return why an input has nothing to read, None if it has, were it no row."""
    if history is None:
        return _NOT_DEPLOYED
    made = history or (each.layer == "silver" and verdict.is_given(table))
    return None if made else _NEVER_MADE


def _check(session: SparkSession, product: Product, found: Inputs) -> None:
    problems = {
        each.id: problem
        for each in product.inputs
        if each.layer == "silver"
        and each.id in found
        and (problem := verdict.problem_of(Table(session, each.table), found[each.id]))
    }
    if problems:
        faults = "; ".join(f"input {id_} is not fit for use: {problem}" for id_, problem in problems.items())
        raise ProductError(f"{product.name}: {faults}; the last version stays; fix: mend the input and rerun")
