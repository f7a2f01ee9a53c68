"""What the function of a domain is told by its environment."""

import os
from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True)
class Settings:
    """Environment variables of the function, by their names in lower case."""

    manifest: str
    """URI of the compiled manifest."""
    metrics_namespace: str
    code_version: str
    """Hash of the code."""
    max_mebibytes: str
    """MiB of new objects of a dataset up to which they are the function's."""

    @classmethod
    def from_env(cls) -> Self:
        """Read them; KeyError names one that is missing."""
        return cls(**{field.name: os.environ[field.name.upper()] for field in fields(cls)})

    @property
    def max_bytes(self) -> int:
        """Bytes of new objects of a dataset up to which they are the function's."""
        return int(self.max_mebibytes) * 1024 * 1024
