"""`lake smoke` on a small lake: green when it is well, and naming the cause of each fault that is seeded."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from unittest import mock

import pytest

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.tables import read_table
from tests.local.lake import smoke_faults as faults
from tests.local.lake.roles import without
from tests.local.lake.smoke_lake import WAYS, SmokeLake, make_project

pytestmark = pytest.mark.lake

ABSENT = {
    faults.rolled_back_stack: ("stack Lakehouse-Local-Observability", "stack creation failed"),
    faults.missing_stack: ("stack Lakehouse-Local-Analytics", "stack missing"),
    faults.undeployed_contract: ("tables shop", "table missing"),
    faults.disabled_event_source: ("resource landing queue", "event source disabled"),
    faults.disabled_rule: ("resource rule lakehouse-local-landing", "rule disabled"),
    faults.silent_bucket: ("resource landing events", "bucket does not tell of objects"),
    faults.missing_firehose: (
        "resource Firehose lakehouse-local-shared-elsewhere",
        "delivery stream missing",
    ),
    faults.missing_pipeline: ("resource pipeline shop", "pipeline missing"),
}
"""What is not there, or switched off."""

WRONG = {
    faults.unrouted_file: ("unrouted files", "files in quarantine"),
    faults.doomed_key: ("key lakehouse-local-bronze", "key not usable"),
    faults.broken_trust: ("trust in analyst", "persona's trust"),
    faults.generous_role: ("persona scientist must not see bronze", "persona sees too much"),
    faults.poor_role: ("persona engineer sees silver", "Athena may not read"),
    faults.dead_letter: ("dead letters lakehouse-local-landing-dead-letters", "dead letters"),
    faults.alarm: ("alarm lakehouse-local-seeded", "alarm"),
}
"""What is there, and not as it should be."""


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


def test_look_finds_nothing_wrong_with_a_fresh_lake_and_writes_nothing(smoke: SmokeLake) -> None:
    found = smoke.smoke("--look")
    assert (found.code, found.failures()) == (0, {})
    assert not [name for name in found.steps if name.startswith(("send", "bronze", "pipeline"))]
    assert all(smoke.lake.bronze_keys(dataset) == [] for dataset in smoke.lake.sources)


@pytest.mark.parametrize("seeded", [ABSENT, WRONG], ids=["absent", "wrong"])
def test_look_names_the_cause_of_each_fault(
    smoke: SmokeLake, seeded: dict[faults.Seed, tuple[str, str]]
) -> None:
    with ExitStack() as stack:
        for seed in seeded:
            stack.enter_context(seed(smoke))
        found = smoke.smoke("--look")
    failures = found.failures()
    assert found.code == 1
    assert {step: failures.get(step) for step, _ in seeded.values()} == dict(seeded.values())


def test_nothing_is_done_when_the_credentials_are_those_of_another_account(smoke: SmokeLake) -> None:
    found = smoke.smoke(env="elsewhere")
    assert (found.code, found.failures()) == (1, {"account": "wrong account"})


def test_records_are_refused_when_the_environment_is_not_disposable(smoke: SmokeLake) -> None:
    found = smoke.smoke(env="kept")
    assert found.code == 2
    assert "allowed: --yes" in found.text
    assert found.steps == {}


def test_nothing_is_sent_when_a_door_is_closed(smoke: SmokeLake) -> None:
    with faults.disabled_rule(smoke):
        found = smoke.smoke("--dataset", "shop/prices")
    assert found.steps["send shop/prices"]["outcome"] == "not asked"
    assert smoke.lake.bronze_keys(next(each for each in smoke.lake.sources if each.name == "prices")) == []


@pytest.mark.parametrize(
    ("role", "action", "dataset", "cause"),
    [
        ("OrdersSource", "s3:PutObject", "shop/orders", ("bronze shop/orders", "Firehose may not deliver")),
        (
            "LandingRouter",
            "s3:PutObject",
            "shop/prices",
            ("bronze shop/prices", "router may not move the file"),
        ),
        (
            "PipelineRole",
            "glue:StartJobRun",
            "shop/visits",
            ("pipeline shop", "pipeline may not start its job"),
        ),
        (
            "BronzeToSilverRole",
            "glue:UpdateTable",
            "shop/visits",
            ("pipeline shop", "job lacks a permission"),
        ),
    ],
)
def test_cause_is_named_when_a_role_lacks_an_action(
    smoke: SmokeLake, role: str, action: str, dataset: str, cause: tuple[str, str]
) -> None:
    with without(smoke.aws, role, action):
        found = smoke.smoke("--dataset", dataset)
    assert cause in found.failures().items()
    assert found.steps[f"silver {dataset}"]["outcome"] == "not asked"


def test_a_record_on_each_way_reaches_silver_once_however_often_it_is_sent(smoke: SmokeLake) -> None:
    found = smoke.smoke()
    failures = {name: step["detail"] for name, step in found.steps.items() if step["outcome"] == "failed"}
    # What was seeded before is in the logs and job runs from before this run began, and alarms are on about
    # it for some minutes.
    alarms = {name for name in failures if name.startswith("alarm ")}
    assert (found.code, failures.keys() - alarms) == (int(bool(alarms)), set())
    for name in WAYS:
        assert found.steps[f"silver shop/{name}"]["outcome"] == "ok", name
        assert smoke.lake.bronze_keys(next(each for each in smoke.lake.sources if each.name == name))
        table = read_table(smoke.aws, smoke.lake.naming.database(Layer.SILVER, "shop"), name)
        assert table.num_rows == 1, name
    assert found.steps["gold shop/totals"]["detail"] == "1 rows"


def test_look_names_a_subscription_that_nobody_confirmed(smoke: SmokeLake) -> None:
    """The last test: such a subscription cannot be taken back."""
    faults.open_subscription(smoke)
    assert smoke.smoke("--look").failures()["subscriptions"] == "subscription not confirmed"
