"""Contestants that need no Spark work on the same events, each to its end."""

from pathlib import Path

from tools.bench import silver
from tools.bench.laptop import laptop
from tools.bench.native import small
from tools.bench.silver import DUCKDB, NATIVE

_EVENTS = 2_000


def test_a_race_times_each_contestant_when_it_has_done_all_events(tmp_path: Path) -> None:
    with laptop(tmp_path) as lake:
        race = silver.race(lake, _EVENTS, 1, {NATIVE, DUCKDB})
    assert race.seconds.keys() == {NATIVE, DUCKDB}
    assert min(race.seconds.values()) > 0
    assert race.peak_mib > 0


def test_a_process_that_starts_takes_longer_than_one_that_stays(tmp_path: Path) -> None:
    with laptop(tmp_path) as lake:
        found = small.on_files(lake, known=_EVENTS)
    assert 0 < found.seconds < found.first
