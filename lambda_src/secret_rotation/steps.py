"""The four steps, whatever the secret opens. Each may be repeated, or have been cut off before its end."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from shared.errors import TerminalError

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"

Value = dict[str, Any]
"""Content of a secret: an object of JSON."""


class Owner(Protocol):
    """Who lets in by what a secret holds: a database, or an API."""

    def renew(self, current: Value) -> Value:
        """Return what is to be in place of the current value."""

    def set(self, pending: Value, current: Value, previous: Value | None) -> None:
        """Let in by the pending value; it may be so already."""

    def test(self, pending: Value) -> None:
        """Go in by the pending value.

        Raises:
            TerminalError: It does not let in.
        """


class Rotation:
    """One rotation of one secret."""

    def __init__(self, secrets: Any, secret: str, version: str, owner: Owner) -> None:
        """Take a client of Secrets Manager, the secret's ARN, and the id of the version to come."""
        self._secrets = secrets
        self._secret = secret
        self._version = version
        self._owner = owner
        self._steps = {
            "createSecret": self._create,
            "setSecret": self._set,
            "testSecret": self._test,
            "finishSecret": self._finish,
        }

    def take(self, step: str) -> bool:
        """Take a step; returns False if the version is the current one already.

        Raises:
            TerminalError: The step or the version is none of a rotation.
        """
        if step not in self._steps:
            raise TerminalError(f"got step {step!r}; allowed: {', '.join(self._steps)}")
        versions = self._versions()
        if CURRENT in versions.get(self._version, ()):
            return False
        if PENDING not in versions.get(self._version, ()):
            raise TerminalError(
                f"version {self._version} of {self._secret} is not {PENDING}: the secret's rotation was "
                "not started by Secrets Manager, or another one is"
            )
        self._steps[step]()
        return True

    def _create(self) -> None:
        if self._read(PENDING, self._version) is not None:
            return
        pending = self._owner.renew(self._needed(CURRENT))
        self._secrets.put_secret_value(
            SecretId=self._secret,
            ClientRequestToken=self._version,
            SecretString=json.dumps(pending),
            VersionStages=[PENDING],
        )

    def _set(self) -> None:
        self._owner.set(self._pending(), self._needed(CURRENT), self._read(PREVIOUS))

    def _test(self) -> None:
        self._owner.test(self._pending())

    def _finish(self) -> None:
        current = next(version for version, stages in self._versions().items() if CURRENT in stages)
        self._secrets.update_secret_version_stage(
            SecretId=self._secret,
            VersionStage=CURRENT,
            MoveToVersionId=self._version,
            RemoveFromVersionId=current,
        )

    def _versions(self) -> Mapping[str, list[str]]:
        found: dict[str, Any] = self._secrets.describe_secret(SecretId=self._secret)
        if not found.get("RotationEnabled"):
            raise TerminalError(f"{self._secret} is not set to be rotated")
        stages: Mapping[str, list[str]] = found["VersionIdsToStages"]
        return stages

    def _pending(self) -> Value:
        found = self._read(PENDING, self._version)
        if found is None:
            raise TerminalError(f"version {self._version} of {self._secret} holds nothing yet")
        return found

    def _needed(self, stage: str) -> Value:
        found = self._read(stage)
        if found is None:
            raise TerminalError(f"{self._secret} has no {stage}: put its first value")
        return found

    def _read(self, stage: str, version: str | None = None) -> Value | None:
        """Return a value; None if there is none. What it holds is in no message."""
        which = {"VersionId": version} if version else {}
        try:
            answer = self._secrets.get_secret_value(SecretId=self._secret, VersionStage=stage, **which)
        except self._secrets.exceptions.ResourceNotFoundException:
            return None
        try:
            found = json.loads(answer["SecretString"])
        except (KeyError, ValueError):
            found = None
        if not isinstance(found, dict):
            raise TerminalError(
                f"{self._secret}, {stage}: got no object of JSON; allowed: one with its parts"
            )
        return found
