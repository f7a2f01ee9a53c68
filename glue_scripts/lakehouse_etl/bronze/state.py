"""What a dataset's runs have processed so far, as a JSON file that a silver commit points to.

The snapshot summary of the commit holds the file's URI, so the state can never disagree with the data: a
run that was killed before its commit has left a file that nothing names.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from lakehouse_etl.job.storage import Storage


class StateError(RuntimeError):
    """The state that a silver table points to cannot be read."""


@dataclass(frozen=True)
class State:
    """Processed objects. All names are relative to the dataset's bronze location."""

    run_id: str = ""
    window_start: str = ""
    """Listing starts behind this name; objects that sort before it count as processed."""
    processed: frozenset[str] = frozenset()
    """Objects behind `window_start` that have been processed."""
    requests: frozenset[str] = frozenset()
    """Recent requests (see `requests`) that have been answered, relative to where requests lie."""
    loaded: str | None = None
    """Start of the newest full load of the source table, as a text in UTC; what is older does not count."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Records of the last run that found any."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Its rejected records by reason code."""


def read_state(storage: Storage, uri: str | None) -> State:
    """Return the state at a URI, the empty one for None.

    Raises:
        StateError: the file is missing or damaged.
    """
    if uri is None:
        return State()
    try:
        with storage.open(uri) as file:
            value = json.loads(file.read())
        requests = frozenset(value.get("requests", ()))  # states of older releases have none
        return State(**{**value, "processed": frozenset(value["processed"]), "requests": requests})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StateError(
            f"{uri}: the silver table points to this state, but it is unreadable: {error}; fix: restore the "
            "object's last version, or roll the table back to an older snapshot"
        ) from error


def write_state(storage: Storage, location: str, state: State) -> str:
    """Write the state of a run and return its URI."""
    # A file that a commit names must never change, even if somebody gives two runs the same id.
    uri = f"{location}{state.run_id}-{uuid4().hex[:8]}.json"
    value = {**vars(state), "processed": sorted(state.processed), "requests": sorted(state.requests)}
    storage.write(uri, json.dumps(value, indent=1).encode())
    return uri
