"""Compares two versions of the lake's contracts and tells what each difference does to data and to people.

One principle decides the level of a change:

- COMPATIBLE: whatever was written before still reads under the new contract, by whoever could read it, and
  every record, delivery and run that was accepted before still is.
- BACKFILL: that holds, too, but rows written before differ from new ones until they are reprocessed.
- BREAKING: anything else, and whatever nobody has judged yet.

It is about records made of fields that the old contract named: values that arrived in an unknown field
before the contract named it were never checked, and may be refused now. Gold is judged alike, its SQL being
the producer, although its next run replaces every row.

Levels ask for versions (`version_faults`): BREAKING for the next major, BACKFILL for the next minor one at
least. A version never goes back, and 0.x is no exception.
"""

from collections.abc import Iterator

from lakehouse.compatibility.change import Change, Kind, Level, Scope, differences
from lakehouse.compatibility.datasets import DATASET
from lakehouse.compatibility.versions import version_faults
from lakehouse.model.dataset import Dataset, Lake

__all__ = ["Change", "Kind", "Level", "compare", "version_faults"]


def compare(old: Lake, new: Lake) -> list[Change]:
    """Return what differs between two versions of the contracts, version numbers aside, by dataset."""
    before, after = ({dataset.id: dataset for dataset in lake.datasets} for lake in (old, new))
    return [
        change
        for id_ in sorted(before.keys() | after.keys())
        for change in _changes(before.get(id_), after.get(id_))
    ]


def _changes(old: Dataset | None, new: Dataset | None) -> Iterator[Change]:
    if old and new:
        yield from differences(Scope(old, new), old, new, DATASET)
    elif new:
        tables = "a gold table is" if new.ingestion is None else "bronze, silver and quarantine tables are"
        effect = f"{tables} created, empty"
        yield Change(new.id, "dataset", Kind.ADDED, Level.COMPATIBLE, "nothing", new.version, effect)
    elif old:
        effect = "the tables and their data stay, and no job fills them any more; nothing is dropped"
        yield Change(old.id, "dataset", Kind.REMOVED, Level.BREAKING, old.version, "nothing", effect)
