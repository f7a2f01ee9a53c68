"""Settings that a function reads from its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from shared.errors import TerminalError


@dataclass(frozen=True)
class EnvironmentSettings:
    """Base of settings with one text field per environment variable, named in lower case."""

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings.

        Raises:
            TerminalError: A variable is missing or empty; the message names all of them.
        """
        values = {field.name: environment.get(field.name.upper(), "") for field in fields(cls)}
        if missing := sorted(name.upper() for name, value in values.items() if not value):
            raise TerminalError(
                f"environment variables {', '.join(missing)} are not set; deploy the function's stack again"
            )
        return cls(**values)
