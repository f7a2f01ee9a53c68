"""Decides what of a product has to be made anew, from what its last commit says that it was made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any, Literal

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from lakehouse_etl.contract.model import Product
from lakehouse_etl.gold.changed_values import UnreadableChangesError, changed_values
from lakehouse_etl.gold.note import DEFINITION, INPUT, is_noted, note_of
from lakehouse_etl.gold.partitions import within
from lakehouse_etl.records.ages import Ages
from lakehouse_etl.tables.history import EVENT_AGES, NEWEST_EVENT, Snapshot
from lakehouse_etl.tables.table import Table

Inputs = Mapping[str, Sequence[Snapshot]]
"""History of each input by its id, newest first."""

_MOST_VALUES = 1000
"""Beyond so many changed values a product is made anew as a whole: each stands in the query's condition."""


@dataclass(frozen=True)
class Plan:
    """What to make anew."""

    scope: Literal["all", "parts", "nothing"]
    why: str
    replaced: Column
    """Condition of the rows to make anew."""
    note: Mapping[str, str]
    """Snapshot properties of the coming commit, from which the next plan is made."""
    noted: bool
    """Whether the newest commit of the product says all that already."""
    brought: tuple[Ages, ...] = ()
    """Ages of the events that inputs have got since the product was made last."""
    newest_event: datetime | None = None
    """Instant of the newest event that any input has ever had; None if none is known."""


def make_plan(session: SparkSession, product: Product, inputs: Inputs, *, full: bool) -> Plan:
    """Compare the product with its inputs; `full` makes everything anew."""
    former = _former(Table(session, product.table).history())
    brought = [each for id_, history in inputs.items() for each in _brought(history, former.get(INPUT + id_))]
    return replace(
        _plan(session, product, inputs, full=full), brought=tuple(brought), newest_event=_newest(inputs)
    )


def _plan(session: SparkSession, product: Product, inputs: Inputs, *, full: bool) -> Plan:
    note = note_of(product, {id_: history[0].id if history else None for id_, history in inputs.items()})
    history = Table(session, product.table).history()
    former = _former(history)
    noted = is_noted(note, history)
    reason = _reason_for_all(product, note, former, full=full)
    why, values = (reason, None) if reason else _changes(session, product, former, inputs)
    if values is None:
        return Plan("all", why, F.lit(True), note, noted)
    if not values or product.refresh is None:
        return Plan("nothing", why, F.lit(False), note, noted)
    return Plan("parts", why, within(product.refresh, values), note, noted)


def is_current(session: SparkSession, product: Product, plan: Plan) -> bool:
    """Whether the session sees the same snapshots of the inputs as when the plan was made."""
    heads = {each.id: Table(session, each.table).head() for each in product.inputs}
    return note_of(product, heads) == plan.note


def made_of(session: SparkSession, product: Product) -> frozenset[str]:
    """Return the ids of the inputs that the version that readers see was made of."""
    former = _former(Table(session, product.table).history())
    return frozenset(name.removeprefix(INPUT) for name in former if name.startswith(INPUT))


def _former(history: Sequence[Snapshot]) -> Mapping[str, str]:
    """Return the note on the content that readers see; compaction keeps the content and has no note."""
    return next((snapshot.summary for snapshot in history if snapshot.operation != "replace"), {})


def _changes(
    session: SparkSession, product: Product, former: Mapping[str, str], inputs: Inputs
) -> tuple[str, Sequence[Any] | None]:
    """Return the reason, and values of the refresh column whose parts to make anew; None means everything."""
    later = {id_: _later(history, former[INPUT + id_]) for id_, history in inputs.items()}
    lost = [id_ for id_, snapshots in later.items() if snapshots is None]
    if lost:
        return f"{', '.join(lost)}: what was read last is no longer in the history", None
    moved = {id_: snapshots for id_, snapshots in later.items() if snapshots}
    if not moved:
        return "no input has changed", ()
    refresh = product.refresh
    if refresh is None or moved.keys() != {refresh.input.id}:
        return f"{', '.join(sorted(moved))} changed", None
    base = int(former[INPUT + refresh.input.id])
    snapshots = moved[refresh.input.id]
    try:
        values = changed_values(
            session, refresh.input.table, refresh.column, base=base, later=snapshots, most=_MOST_VALUES
        )
    except UnreadableChangesError as error:
        return str(error), None
    if values is None:
        return f"more than {_MOST_VALUES} values of {refresh.column} changed", None
    return f"{len(values)} values of {refresh.column} changed", values


def _brought(history: Sequence[Snapshot], base: str | None) -> list[Ages]:
    """Return the ages that commits tell since a snapshot, or of all that have not expired."""
    later = takewhile(lambda snapshot: str(snapshot.id) != base, history)
    return [ages for each in later if (ages := Ages.of(each.summary.get(EVENT_AGES)))]


def _newest(inputs: Inputs) -> datetime | None:
    told = (
        next((each.summary[NEWEST_EVENT] for each in history if NEWEST_EVENT in each.summary), None)
        for history in inputs.values()
    )
    return max((datetime.fromisoformat(text) for text in told if text), default=None)


def _reason_for_all(
    product: Product, note: Mapping[str, str], former: Mapping[str, str], *, full: bool
) -> str | None:
    """Return why everything has to be made anew, whatever the inputs are; None if it need not."""
    if full:
        return "asked for"
    if DEFINITION not in former:
        return "no version that says what it was made of"
    if former[DEFINITION] != note[DEFINITION]:
        return "contract or SQL changed"
    return "the SQL depends on more than its inputs" if product.volatile else None


def _later(history: Sequence[Snapshot], base: str) -> list[Snapshot] | None:
    """Return what changed rows since a snapshot, newest first; None if that is no ancestor any more."""
    found: list[Snapshot] = []
    for snapshot in history:
        if str(snapshot.id) == base:
            return found
        if snapshot.operation != "replace":
            found.append(snapshot)
    return None if found or base != "0" else found
