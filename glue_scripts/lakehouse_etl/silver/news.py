"""What a run of a dataset has to do, whichever carrier does it."""

from collections.abc import Sequence
from dataclasses import dataclass

from lakehouse_etl.bronze.commits import valid_state
from lakehouse_etl.bronze.found import find
from lakehouse_etl.bronze.looking import Look
from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.bronze.requests import Again
from lakehouse_etl.bronze.state import State, read_state
from lakehouse_etl.bronze.versions import Arranged
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.tables.history import Journal, Snapshot, is_empty


@dataclass(frozen=True)
class News:
    """What is left to do."""

    base: int | None
    """Snapshot of silver that the next commit builds on."""
    into_empty: bool
    """Whether silver holds no row yet."""
    state: State
    requests: frozenset[str]
    """The requests that are answered once all objects are done."""
    objects: Sequence[BronzeObject]
    again: Again
    """What is still to be processed again."""
    seen: Look
    versions: Arranged | None = None
    """What the objects form, where each version replaces the whole content."""

    @property
    def whole(self) -> Sequence[BronzeObject]:
        """Objects all of whose records count, as far as requests say."""
        return [item for item in self.objects if item.uri not in self.again.records]


def news_of(
    silver: Journal, history: Sequence[Snapshot], storage: Storage, dataset: Dataset, *, repair: bool
) -> News:
    """Find what there is to do for a table with this history; a repair leaves to others what is new.

    Raises:
        StateError: The state of the last run cannot be read.
        RequestError: A request to process objects cannot be read.
    """
    uri = valid_state(silver, history)
    state = read_state(storage, uri)
    found = find(storage, dataset, state, uri, repair=repair)
    base = history[0].id if history else None
    return News(
        base, is_empty(history), state, found.answering.requests, found.objects, found.again, found.seen,
        found.versions,
    )  # fmt: skip
