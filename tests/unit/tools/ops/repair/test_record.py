"""A plan is read as it was written: a repair that was ended half-way goes on by it."""

import json
from dataclasses import asdict

from tools.ops.repair.record import Plan, Step, Version


def test_plan_comes_back_from_json_as_it_was() -> None:
    plan = Plan(
        id="20260131T090000Z-00000000",
        dataset="shop/orders",
        asked={"objects": ["a", "b"]},
        by="arn:aws:sts::1:assumed-role/repairer/ada",
        at="2026-01-31T09:00:00+00:00",
        definition="0" * 64,
        rows=3,
        objects={"shop/orders/a": 10},
        records={"shop/orders/a": [-(2**63), 2**63 - 1]},
        products=[Step("shop/daily", "2 parts of day", ["2026-01-01", "2026-01-02"]), Step("a", "all", None)],
        before={"shop/orders": Version(2**62, 5), "shop/daily": Version(None, 0)},
    )
    assert Plan.of(json.loads(json.dumps(asdict(plan)))) == plan
