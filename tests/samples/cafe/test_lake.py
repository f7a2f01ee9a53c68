"""Clicks in the whole lake, after its first run."""

import json
from contextlib import ExitStack

import pytest

from lakehouse.model.dataset import Layer
from local.lake.lake import LakeError
from local.samples import cafe
from tests.fixtures.proven_lake import ProvenLake
from tests.local.lake.reading import rows_of
from tests.local.lake.roles import without

pytestmark = pytest.mark.lake


def test_clicks_are_kept_once(proven: ProvenLake) -> None:
    rows = rows_of(proven, Layer.SILVER, "cafe", "menu_clicks").to_pylist()
    expected = cafe.expected_menu_clicks(cafe.menu_clicks())
    assert {row["event_id"]: row["occurred_at"] for row in rows} == {
        key: row["occurred_at"] for key, row in expected.rows.items()
    }
    [counts] = [c for c in proven.summary.datasets if c.name == "cafe/menu_clicks"]
    assert counts.reasons == expected.rejected
    assert counts.superseded == expected.superseded > 0


def test_silver_job_fails_with_the_denial_when_it_may_not_commit(proven: ProvenLake) -> None:
    lake = proven.lake
    [clicks] = [dataset for dataset in lake.sources if dataset.id == "cafe/menu_clicks"]
    click = {
        "event_id": "least-privilege", "session_id": "s", "occurred_at": "2026-01-01T00:00:00Z",
        "page": "/menu", "menu_item": "espresso", "category": "coffee", "action": "view",
        "price": "2.50", "device": "mobile",
    }  # fmt: skip
    lake.stream(clicks, [json.dumps(click).encode()])
    with ExitStack() as denied:
        if lake.settings.processing.function is not None:  # which hands what it fails at to the job
            denied.enter_context(without(lake.aws, "DomainCafe-SilverFunction", "glue:UpdateTable"))
        role = denied.enter_context(without(lake.aws, "DomainCafe-BronzeToSilver", "glue:UpdateTable"))
        with pytest.raises(LakeError, match="glue:UpdateTable") as failure:
            lake.run_pipelines(["cafe"])
    assert "AccessDenied" in str(failure.value)
    assert role in str(failure.value)
    lake.run_pipelines(["cafe"])
