"""What a run has to take up: what is new in bronze, and what was requested."""

from collections.abc import Sequence
from dataclasses import dataclass

from lakehouse_etl.bronze.looking import Look, look, no_look
from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.bronze.requests import Again, with_requested
from lakehouse_etl.bronze.state import State
from lakehouse_etl.bronze.versions import Arranged, arranged
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.storage import Storage


@dataclass(frozen=True)
class Found:
    """What there is for a run."""

    seen: Look
    answering: State
    """The state that knows all requests."""
    objects: Sequence[BronzeObject]
    """New and requested ones, sorted by name."""
    again: Again
    versions: Arranged | None
    """What the objects form, where each version replaces the whole content."""


def find(storage: Storage, dataset: Dataset, state: State, uri: str | None, *, repair: bool = False) -> Found:
    """Find what there is for a run over a dataset whose state lies at the URI.

    A run that is a repair leaves to others what is new.

    Raises:
        RequestError: A request is damaged.
    """
    seen = no_look() if repair else look(storage, dataset, state, uri)
    answering, objects, again = with_requested(storage, dataset, state, seen.new)
    if dataset.write != "overwrite":
        return Found(seen, answering, objects, again, None)
    versions = arranged(storage, dataset, objects, seen.new, state)
    return Found(seen, answering, versions.objects, again, versions)
