"""Gold of `gaming` says what its contracts promise."""

from typing import Any

from local.samples import gaming
from tests.contract import duck


def test_player_minutes_equal_those_counted_one_by_one_when_entries_came_late(
    warehouse: duck.Connection,
) -> None:
    minutes: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for entry in gaming.current(gaming.log_files()).values():
        minute = int(entry["logged_at"].replace(second=0).timestamp()) * 1_000_000
        minutes.setdefault((entry["played_on"], entry["player_id"], minute), []).append(dict(entry))
    expected = [
        (
            *key,
            len(entries),
            sum(entry["event"] == "fight" for entry in entries),
            len({entry["session_id"] for entry in entries}),
            sum(entry["points"] for entry in entries),
        )
        for key, entries in minutes.items()
    ]
    assert duck.content(warehouse.table("gold_gaming.player_minutes")) == sorted(expected)
    days = [
        (day, len({key[1] for key in keys}), len(keys), sum(row[-1] for row in expected if row[0] == day))
        for day in sorted({key[0] for key in minutes})
        if (keys := [key for key in minutes if key[0] == day])
    ]
    found = duck.content(warehouse.table("gold_gaming.daily_players"))
    assert [(day, players, count, points) for day, players, count, _, points in found] == days
    assert [float(average) for *_, average, _ in found] == [round(day[2] / day[1], 2) for day in days]
