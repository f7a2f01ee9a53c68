"""The catalogue shows the last run of each dataset, where a lake was asked for it."""

import re
from datetime import UTC, datetime

import pytest

from lakehouse.model.dataset import Lake
from tests.fixtures.environments import TRIAL
from tests.unit.lakehouse.datasets import ORDERS, TOTALS
from tools.lake.site.last_runs import LastRun
from tools.lake.site.pages import files, page_of

AT = datetime(2026, 5, 1, 20, 7, tzinfo=UTC)
LAKE = Lake((ORDERS, TOTALS))


def site(**last: LastRun) -> dict[str, str]:
    by_id = {dataset.id: last[dataset.name] for dataset in LAKE.datasets if dataset.name in last}
    return dict(files(LAKE, TRIAL.settings, last_runs=by_id))


@pytest.mark.parametrize(
    ("outcome", "facts", "line"),
    [
        ("succeeded", {"records_in": 12345, "rejected": 0}, "✓ 05-01 20:07 · 12,345 in"),
        ("failed", {"records_in": 5, "rejected": 3}, "✗ 05-01 20:07 · 5 in"),
        ("succeeded", {"table_rows": 7}, "✓ 05-01 20:07 · 7 rows"),
        ("lost", {}, "✗ 05-01 20:07"),
        ("running", {}, "… 05-01 20:07"),
    ],
)
def test_box_tells_outcome_time_and_count(outcome: str, facts: dict[str, int], line: str) -> None:
    page = site(orders=LastRun(outcome, AT, facts))["lineage.html"]
    assert re.findall(r'class="id run-(\w+)"[^>]*>([^<]*)<', page) == [(outcome, line)]


def test_page_of_a_dataset_tells_the_run_in_words() -> None:
    facts = {"records_in": 5, "rejected": 3, "newest_event": "2026-05-01 19:59:01.123"}
    page = site(orders=LastRun("failed", AT, facts))[page_of(ORDERS.id)]
    expected = "failed, started 2026-05-01 20:07 UTC; 5 in; 3 rejected; newest event 2026-05-01 19:59 UTC"
    assert f"<dt>Last run</dt><dd>{expected}</dd>" in page


def test_pages_tell_of_no_run_when_no_lake_was_asked() -> None:
    pages = site()
    assert "run-" not in pages["lineage.html"]
    assert "Last run" not in pages[page_of(ORDERS.id)] + pages["lineage.html"]
