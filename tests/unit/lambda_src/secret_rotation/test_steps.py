"""The steps of a rotation that are asked for wrongly, and the verifier of a password."""

import base64
import hashlib
import hmac
from typing import Any

import pytest
from secret_rotation.owners import owner_of
from secret_rotation.postgresql import verifier_of
from secret_rotation.steps import Rotation
from shared.errors import TerminalError

NOBODY: Any = None
"""Whom a step that is refused does not ask."""


class Told:
    """What Secrets Manager tells of a secret."""

    def __init__(self, **told: Any) -> None:
        self._told = {"RotationEnabled": True, "VersionIdsToStages": {}, **told}

    def describe_secret(self, **_: str) -> dict[str, Any]:
        """Return it."""
        return self._told


@pytest.mark.parametrize(
    ("step", "told", "reason"),
    [
        ("deleteSecret", {}, "allowed: createSecret, setSecret, testSecret, finishSecret"),
        ("setSecret", {"RotationEnabled": False}, "not set to be rotated"),
        ("setSecret", {}, "is not AWSPENDING"),
        ("setSecret", {"VersionIdsToStages": {"new": ["AWSPREVIOUS"]}}, "is not AWSPENDING"),
    ],
)
def test_step_is_refused_where_no_rotation_is_on(step: str, told: dict[str, Any], reason: str) -> None:
    with pytest.raises(TerminalError, match=reason):
        Rotation(Told(**told), "secret", "new", NOBODY).take(step)


def test_version_that_is_current_already_is_done() -> None:
    told = Told(VersionIdsToStages={"new": ["AWSCURRENT", "AWSPENDING"]})
    assert not Rotation(told, "secret", "new", NOBODY).take("finishSecret")


def test_secret_of_which_nothing_is_said_is_refused() -> None:
    with pytest.raises(TerminalError, match="nothing is said of another"):
        owner_of("another", '{"one": {"kind": "postgresql", "database": "core"}}')


def test_verifier_is_that_of_the_password() -> None:
    verifier = verifier_of("s3cret-_")
    kind, parameters, keys = verifier.split("$")
    iterations, salt = parameters.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", b"s3cret-_", base64.b64decode(salt), int(iterations))
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored, server = (base64.b64decode(each) for each in keys.split(":"))
    assert (kind, stored) == ("SCRAM-SHA-256", hashlib.sha256(client).digest())
    assert server == hmac.digest(salted, b"Server Key", "sha256")
