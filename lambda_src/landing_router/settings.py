"""Environment variables of the landing router."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from shared.errors import TerminalError


@dataclass(frozen=True)
class Settings:
    """One field per environment variable, named in lower case."""

    routes_bucket: str
    """Bucket of the JSON object that lists the datasets delivered as files."""
    routes_key: str
    """Key of that object; a new key for new content, because a warm function reads it once."""
    bronze_bucket: str
    """Where files of known datasets go."""
    quarantine_bucket: str
    """Where all other files go."""

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
