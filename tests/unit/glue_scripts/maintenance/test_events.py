"""Events of runs go when they have been kept for as long as they may."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.maintenance.run import Limits, forget_events

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAYS = ("2026-02-27", "2026-02-28", "2026-03-09", "2026-03-10")


@pytest.mark.parametrize(("days", "left"), [(None, DAYS), (10, DAYS[1:]), (1, DAYS[2:]), (400, DAYS)])
def test_events_are_deleted_by_their_days(tmp_path: Path, days: int | None, left: tuple[str, ...]) -> None:
    for day in DAYS:
        for number in range(2):
            path = tmp_path / f"run_events/day={day}/{number}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
    limits = Limits(NOW, snapshot_days=7, snapshots_min=2, orphan_days=3, results_days=days)
    deleted = forget_events(LocalStorage(), f"file:{tmp_path}/run_events/", limits)
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.json"))
    assert found == [f"run_events/day={day}/{number}.json" for day in left for number in range(2)]
    assert deleted == 2 * (len(DAYS) - len(left))
