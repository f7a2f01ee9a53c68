"""What a dataset's runs have processed so far, as a JSON file that a silver commit points to.

The snapshot summary of the commit holds the file's URI, so the state can never disagree with the data: a
run that was killed before its commit has left a file that nothing names.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from lakehouse_etl.job.storage import Storage
from lakehouse_etl.personal.findings import Finding
from lakehouse_etl.records.ages import Ages

_DAYS = 3
"""Days of which the number of records is kept."""

_LOOK = ".look"
"""What is added to the name of a state."""


class StateError(RuntimeError):
    """The state that a silver table points to cannot be read."""


@dataclass(frozen=True)
class Seen:
    """A version of a whole content that has been judged (see `bronze.versions`)."""

    name: str
    rank: tuple[str, str, str]
    """What orders versions: name, arrival, and the last object."""
    objects: int
    why: str = ""
    """Why it was refused."""


@dataclass(frozen=True)
class State:
    """Processed objects. All names are relative to the dataset's bronze location."""

    run_id: str = ""
    window_start: str = ""
    """Listing starts behind this name, but for looks behind it; where there is none, all is new."""
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
    content: Seen | None = None
    """The version that silver holds, where a version is the whole content; None if nobody knows."""
    refused: tuple[Seen, ...] = ()
    """Newer versions than that, which were not fit for use; the newest first."""
    looked: str = ""
    """When a run last looked behind the window (see `bronze.looking`), as a text in UTC."""
    left: frozenset[str] = frozenset()
    """Processed objects behind the window that a look there could take for new."""
    waiting: frozenset[str] = frozenset()
    """Objects of versions that no marker has closed yet."""
    personal: tuple[Finding, ...] = ()
    """Personal data that runs have found, and the contract of the last one did not declare."""
    ages: str | None = None
    """Ages of the events of the commit that names this state (see `records.ages`)."""
    newest_event: str = ""
    """Instant of the newest event that silver has ever had, as a text in UTC."""
    counted_since: str = ""
    """Day on which records were counted first."""
    days: Mapping[str, int] = field(default_factory=dict)
    """Records that runs have read on each of the last days."""

    @property
    def last_event(self) -> datetime | None:
        """Instant of the newest event that silver has ever had; None if none is known."""
        return datetime.fromisoformat(self.newest_event) if self.newest_event else None

    def missing(self, expected: int | None) -> int | None:
        """Return how many records less than expected runs have read yesterday.

        None where nothing is expected, or the counting began yesterday or later.
        """
        yesterday = f"{(datetime.now(UTC) - timedelta(days=1)):%Y-%m-%d}"
        if expected is None or not self.counted_since or self.counted_since >= yesterday:
            return None
        return max(0, expected - self.days.get(yesterday, 0))


def counted(state: State, records: int, ages: Ages | None) -> State:
    """Return the state after so many more records, and the events among them."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    days = {**state.days, today: state.days.get(today, 0) + records}
    last = max((each for each in (state.last_event, ages and ages.newest) if each), default=None)
    return replace(
        state,
        ages=None if ages is None else ages.text(),
        newest_event=last.isoformat() if last else "",
        counted_since=state.counted_since or today,
        days=dict(sorted(days.items())[-_DAYS:]),
    )


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
        return State(**{**value, **_read(value)})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StateError(
            f"{uri}: the silver table points to this state, but it is unreadable: {error}; fix: restore the "
            "object's last version, or roll the table back to an older snapshot"
        ) from error


def write_state(storage: Storage, location: str, state: State) -> str:
    """Write the state of a run and return its URI."""
    # A file that a commit names must never change, even if somebody gives two runs the same id.
    uri = f"{location}{state.run_id}-{uuid4().hex[:8]}.json"
    storage.write(uri, json.dumps(asdict(state), indent=1, default=sorted).encode())
    return uri


def read_look(storage: Storage, uri: str | None) -> str:
    """Return when a run last looked behind the window and found that the state at a URI knows everything.

    Such a run has nothing to commit, so this lies beside the state, and counts only as long as that does.
    """
    if uri is None or not any(storage.list(uri + _LOOK, uri)):
        return ""
    with storage.open(uri + _LOOK) as file:
        return file.read().decode()


def write_look(storage: Storage, uri: str, looked: str) -> None:
    """Note that a run looked behind the window, and found that the state at a URI knows everything."""
    storage.write(uri + _LOOK, looked.encode())


def _read(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return what JSON has no type for; states of older releases lack some of it."""
    content = value.get("content")
    return {
        "processed": frozenset(value["processed"]),
        "requests": frozenset(value.get("requests", ())),
        "content": None if content is None else _seen(content),
        "refused": tuple(_seen(each) for each in value.get("refused", ())),
        "left": frozenset(value.get("left", ())),
        "waiting": frozenset(value.get("waiting", ())),
        "personal": tuple(Finding(**each) for each in value.get("personal", ())),
    }


def _seen(value: Mapping[str, Any]) -> Seen:
    return Seen(**{**value, "rank": tuple(value["rank"])})
