"""Sessions of roles: one for whoever asks again, another for whoever asks otherwise."""

from collections.abc import Iterator

import pytest
from ministack.services import iam

from local.patches.iam import roles

TRUST = (
    '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "pipes.amazonaws.com"}, '
    '"Action": "sts:AssumeRole"}]}'
)


@pytest.fixture
def role() -> Iterator[str]:
    """A role that trusts one service."""
    iam._roles["carrier"] = {"RoleId": "AROA1", "AssumeRolePolicyDocument": TRUST}
    yield "carrier"
    iam._roles.pop("carrier", None)


def test_session_and_its_client_are_kept_for_who_asks_again(role: str) -> None:
    first, again = (roles.assume(role, "pipes.amazonaws.com", "one") for _ in range(2))
    assert first == again
    assert roles.client("sqs", first) is roles.client("sqs", again)


def test_session_is_another_when_it_is_of_another_name_policy_or_role(role: str) -> None:
    first = roles.assume(role, "pipes.amazonaws.com", "one")
    named = roles.assume(role, "pipes.amazonaws.com", "two")
    narrowed = roles.assume(role, "pipes.amazonaws.com", "one", "{}")
    iam._roles[role] = {"RoleId": "AROA2", "AssumeRolePolicyDocument": TRUST}
    anew = roles.assume(role, "pipes.amazonaws.com", "one")
    assert len({each["AWS_ACCESS_KEY_ID"] for each in (first, named, narrowed, anew)}) == 4


def test_trust_is_asked_each_time(role: str) -> None:
    roles.assume(role, "pipes.amazonaws.com", "one")
    iam._roles[role] = {"RoleId": "AROA1", "AssumeRolePolicyDocument": TRUST.replace("pipes", "glue")}
    with pytest.raises(roles.RoleError):
        roles.assume(role, "pipes.amazonaws.com", "one")
    del iam._roles[role]
    with pytest.raises(roles.RoleError, match="does not exist"):
        roles.assume(role, "glue.amazonaws.com", "one")
