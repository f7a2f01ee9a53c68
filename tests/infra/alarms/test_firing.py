"""Every alarm of the templates goes off when its metric passes the threshold, and nothing else does.

The alarms are those that templates have, so a new one is tested without being named here: of the framework's
project with all features, and of each environment of the project itself.
"""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from local.alarms.datapoints import State
from local.alarms.engine import Change
from local.alarms.messages import message
from local.alarms.sources import Banded
from stacks.features.registry import features
from tests.fixtures.environments import LIVE, OWN, TRIAL, Environment
from tests.infra.alarms.conftest import MIDNIGHT, Account, Alarms, values_of

ALL = replace(LIVE, features=tuple(features()))
ENVIRONMENTS = {
    "each tells": TRIAL,
    "composites tell, all features": ALL,
    **{str(each): each for each in OWN},
}


@pytest.fixture(scope="module", params=ENVIRONMENTS.values(), ids=list(ENVIRONMENTS))
def environment(request: pytest.FixtureRequest) -> Environment:
    """Each environment in turn."""
    found: Environment = request.param
    return found


@pytest.fixture(scope="module")
def alarms(environment: Environment, alarms_of: Callable[[Environment], Alarms]) -> Alarms:
    """Its alarms."""
    return alarms_of(environment)


def told(changes: list[Change]) -> list[Change]:
    """Changes that somebody is told of; news that all is well after a deployment is none."""
    return [each for each in changes if each.actions and each.old is not each.new]


def test_new_lake_is_quiet_for_as_long_as_nothing_comes(alarms: Alarms) -> None:
    account = Account(alarms)
    for hours in (0, 1, 24, 24 * 9):
        account.now = MIDNIGHT + hours * 3600
        changes = account.evaluate()
        assert account.red() == set()
        assert all(each.new is not State.INSUFFICIENT_DATA for each in changes)


def test_each_alarm_is_raised_and_ends_alone_and_is_told_of_once(
    environment: Environment, alarms: Alarms
) -> None:
    assert alarms.metric
    for name, alarm in alarms.metric.items():
        account = Account(alarms)
        if isinstance(alarm.source, Banded):
            account.learn(alarm)
        breaching, fine = values_of(alarm)
        account.evaluate()
        expected = {name, *(each.name for each in alarms.parents(name))}

        raised = told(account.feed(alarm, breaching))
        assert account.red() == expected, name
        teller = alarms.parents(name)[0].name if alarms.parents(name) else name
        assert {each.alarm.name for each in raised} == {teller}, name
        assert {each.new for each in raised} == {State.ALARM}, name
        assert len([each for each in raised if not each.contributor]) == 1, name
        _check_message(alarms, name, raised, environment.settings.alarms.runbook_url)

        ended = told(account.feed(alarm, fine))
        assert account.red() == set(), name
        assert {each.alarm.name for each in ended} == {teller}, name
        assert {each.new for each in ended} == {State.OK}, name


def _check_message(alarms: Alarms, name: str, raised: list[Change], runbook: str) -> None:
    """It says what to do and names the resource: the alarm, or the series, or the child that is on."""
    for change in raised:
        text = json.loads(message(change, account="1", region="r", prefix="arn:alarm:"))
        assert text["NewStateValue"] == "ALARM"
        assert f"{runbook}#" in text["AlarmDescription"]
        if alarms.parents(name):
            assert [each["Arn"] for each in text["TriggeringChildren"]] == [f"arn:alarm:{name}"]
        if change.contributor:
            assert set(text["AlarmContributorAttributes"].values()) == {"some/name"}


def test_what_has_come_and_does_not_come_any_more_is_told_of(alarms: Alarms) -> None:
    silent = [each for each in alarms.metric.values() if each.actions.by_state[State.INSUFFICIENT_DATA]]
    assert silent or len(alarms.composite) == 0
    for alarm in silent:
        account = Account(alarms)
        account.evaluate()
        account.feed(alarm, values_of(alarm)[1])
        account.now += alarm.period * alarm.judge.range + 3600
        [change] = [each for each in told(account.evaluate()) if each.alarm is alarm]
        assert change.new is State.INSUFFICIENT_DATA, alarm.name


def test_second_cause_in_another_domain_is_told_of_while_the_first_is_open(alarms: Alarms) -> None:
    failed = [each for name, each in alarms.metric.items() if name.endswith("-pipeline-failed")]
    if len(failed) < 2:
        pytest.skip("the environment has no second domain")
    first, second = failed[:2]
    account = Account(alarms)
    account.evaluate()
    account.feed(first, 1)
    again = told(account.feed(second, 1))
    tellers = {each.name for each in alarms.parents(second.name)} or {second.name}
    assert tellers <= {each.alarm.name for each in again}
