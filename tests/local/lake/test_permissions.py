"""Least privilege by running: what roles may do against what the whole lake has asked for."""

import pytest

from lakehouse.model.dataset import Layer
from tests.fixtures.proven_lake import ProvenLake
from tests.local.lake.grants import Grant, granted, reasons

pytestmark = pytest.mark.lake


@pytest.fixture(scope="module")
def unused(proven: ProvenLake) -> set[Grant]:
    """Grants of the lake's roles that nothing has asked for."""
    used = {Grant(each["role"], each["action"], each["resource"]) for each in proven.permissions["used"]}
    return granted(proven.lake) - used


def test_grant_that_nothing_asks_for_has_a_reason(proven: ProvenLake, unused: set[Grant]) -> None:
    told = reasons(proven.lake)
    unexplained = [grant for grant in unused if not any(each.covers(grant) for each in told)]
    assert sorted(unexplained) == [], "take it away, or tell why beside it, by `not_asked` or `asked_when`"


def test_what_is_never_asked_for_was_not_asked_for(proven: ProvenLake, unused: set[Grant]) -> None:
    never = [each for each in reasons(proven.lake) if each.never]
    needed = {each.text for each in never if any(each.covers(grant) for grant in unused)}
    assert {each.text for each in never} - needed == set(), "a run asks for all that this is about: cut it"


def test_nobody_was_refused_what_the_run_needs(proven: ProvenLake) -> None:
    """The demonstration itself asks for an object of bronze as somebody who may not have it."""
    lake = proven.lake
    bronze = f"arn:aws:s3:::{lake.naming.bucket(Layer.BRONZE)}/"
    reader = f"/{lake.naming.resource(lake.reader(Layer.GOLD))}/"
    others = [
        each
        for each in proven.permissions["refused"]
        if not (each["action"] == "s3:GetObject" and each["resource"].startswith(bronze))
        or reader not in each["principal"]
    ]
    assert others == []
