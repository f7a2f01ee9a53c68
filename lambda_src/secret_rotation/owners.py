"""Whom the secrets of an environment open, as the stack tells."""

import json
from typing import Any

from shared.errors import TerminalError

from secret_rotation.steps import Owner


def owner_of(secret: str, owners: str) -> Owner:
    """Return it for a secret, by `Settings.owners`.

    Raises:
        TerminalError: The function is told nothing of the secret.
    """
    told: dict[str, dict[str, Any]] = json.loads(owners)
    if secret not in told:
        raise TerminalError(f"nothing is said of {secret}: add it to features.secret_rotation, and deploy")
    found = told[secret]
    if found["kind"] == "postgresql":
        from secret_rotation.postgresql import Postgresql  # noqa: PLC0415 (its driver is not small)

        return Postgresql(found["database"])
    from secret_rotation.api_token import ApiToken  # noqa: PLC0415

    return ApiToken(**{name: url for name, url in found.items() if name != "kind"})
