"""Logs of a game's servers, the same on every run: a file every six hours, and one that comes late.

The late file brings entries of days long past, and others again with corrected points.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from local.feed.samples import Counts, DomainSamples, Files

DATASET = "gaming/player_logs"
"""Id of the dataset that the files belong to."""

Entry = Mapping[str, Any]

_START = datetime(2026, 1, 5, tzinfo=UTC)
_INTERVAL = timedelta(hours=6)
_FILES_A_DAY = 4
_DELAYED = 0.02
_CORRECTED = 0.01
_ACTIONS = ("move", "move", "move", "fight", "fight", "trade")


class LogFile(NamedTuple):
    """One file as servers send it."""

    name: str
    entries: tuple[Entry, ...]

    @property
    def body(self) -> bytes:
        """The entries as JSON lines."""
        return "".join(json.dumps(dict(entry), default=_plain) + "\n" for entry in self.entries).encode()


def log_files(days: int = 2, players: int = 30, seed: int = 1972) -> list[LogFile]:
    """Make the files of some days in the order in which they arrive; the last one is the late one."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    files: list[LogFile] = []
    late: list[Entry] = []
    for number in range(days * _FILES_A_DAY):
        begin = _START + number * _INTERVAL
        entries = list(_interval(rng, begin, players, number))
        delayed = [entry for entry in entries if rng.random() < _DELAYED]
        in_time = [entry for entry in entries if entry not in delayed]
        late += delayed + [_corrected(rng, entry) for entry in in_time if rng.random() < _CORRECTED]
        files.append(LogFile(f"{begin:%Y-%m-%dT%H}", tuple(in_time)))
    sent_at = _START + days * _FILES_A_DAY * _INTERVAL + timedelta(hours=1)
    return [*files, LogFile("late", tuple({**entry, "sent_at": sent_at} for entry in late))]


def current(files: Sequence[LogFile]) -> dict[str, Entry]:
    """Return what counts of all entries by number: of two with one number the one that was sent last."""
    found: dict[str, Entry] = {}
    for entry in sorted(
        (entry for file in files for entry in file.entries), key=lambda each: each["sent_at"]
    ):
        found[entry["log_id"]] = entry
    return found


def _interval(rng: random.Random, begin: datetime, players: int, number: int) -> Iterator[Entry]:
    """Yield the entries of one file: a session of some of the players, from login to logout."""
    running = 0
    for player in rng.sample(range(players), players // 2):
        at = begin + timedelta(seconds=rng.randrange(4 * 3600))
        for event in ("login", *rng.choices(_ACTIONS, k=rng.randint(5, 30)), "logout"):
            yield {
                "log_id": f"l-{number:03}-{running:05}",
                "player_id": f"p-{player:03}",
                "session_id": f"s-{number:03}-{player:03}",
                "event": event,
                "points": rng.randint(-5, 20) if event == "fight" else 0,
                "logged_at": at,
                "played_on": at.date(),
                "sent_at": begin + _INTERVAL,
            }
            running += 1
            at += timedelta(seconds=rng.randint(1, 90))


def _corrected(rng: random.Random, entry: Entry) -> Entry:
    return {**entry, "points": entry["points"] + rng.randint(1, 9)}


def _plain(value: Any) -> str:
    return str(value.isoformat()).replace("+00:00", "Z")


def _player_logs() -> Files:
    files = log_files()
    entries = sum(len(file.entries) for file in files)
    return Files(
        tuple(files[0].entries[0]),
        [file.body for file in files],
        Counts(len(current(files)), records_in=entries),
    )


SAMPLES = DomainSamples({"player_logs": _player_logs})
