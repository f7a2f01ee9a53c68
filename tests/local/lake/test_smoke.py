"""`lake smoke` on a small lake: green when it is well, and naming the cause of each fault that is seeded."""

import os
from collections.abc import Iterator
from unittest import mock

import pytest

from local.emulator import EmbeddedAws
from tests.local.lake import smoke_faults as faults
from tests.local.lake.smoke_lake import SmokeLake, make_project

pytestmark = pytest.mark.lake

STREAMED, FILED = ("--dataset", "shop/orders"), ("--dataset", "shop/prices")


@pytest.fixture(scope="module")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmokeLake]:
    """A lake just after its deployment, and this process's environment pointing at it."""
    folder = tmp_path_factory.mktemp("smoke")
    root = make_project(folder)
    with EmbeddedAws(folder / "lake", port=0) as aws:
        found = SmokeLake(root, aws)
        lake = found.lake
        lake.synthesize()
        lake.deploy()
        with mock.patch.dict(os.environ, aws.environment(), clear=True):
            yield found


@pytest.mark.parametrize(
    ("seed", "step", "cause"),
    [
        (faults.rolled_back_stack, "stack Lakehouse-Local-Observability", "stack creation failed"),
        (faults.missing_stack, "stack Lakehouse-Local-Observability", "stack missing"),
        (faults.undeployed_contract, "tables shop", "table missing"),
        (faults.disabled_event_source, "door landing queue", "event source disabled"),
        (faults.disabled_rule, "door rule lakehouse-local-landing", "rule disabled"),
        (faults.silent_bucket, "door landing events", "bucket does not tell of objects"),
        (faults.doomed_key, "key lakehouse-local-bronze", "key not usable"),
        (
            faults.missing_firehose,
            "door Firehose lakehouse-local-shared-elsewhere",
            "delivery stream missing",
        ),
        (faults.missing_pipeline, "door pipeline shop", "pipeline missing"),
        (faults.missing_work_group, "door work group lakehouse-local-analyst", "work group missing"),
        (faults.open_subscription, "subscriptions", "subscription not confirmed"),
        (faults.broken_trust, "persona analyst", "persona's trust"),
        (faults.generous_role, "persona analyst must not see silver", "persona sees too much"),
        (faults.poor_role, "persona scientist sees silver", "Athena may not read"),
        (faults.dead_letter, "dead letters lakehouse-local-landing-dead-letters", "dead letters"),
        (faults.alarm, "alarm lakehouse-local-shop-pipeline-failed", "alarm"),
        (faults.unrouted_file, "unrouted files", "files in quarantine"),
    ],
)
def test_look_names_the_cause_when_something_is_wrong(
    smoke: SmokeLake, seed: faults.Seed, step: str, cause: str
) -> None:
    with seed(smoke):
        found = smoke.smoke("--look")
    assert found.code == 1
    assert found.failures()[step] == cause
