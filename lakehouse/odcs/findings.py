"""Collects the faults of one document while it is read, so that reading can go on behind the first."""

from dataclasses import dataclass, field
from typing import Any

from config.document import Document, KeyPath
from config.faults import Fault


@dataclass
class Findings:
    """A document and what is wrong with it."""

    document: Document
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    """What is valid, and yet most likely not meant."""

    def has(self, path: KeyPath) -> bool:
        """Whether the document as it was written has a value at this place."""
        value: Any = self.document.data
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    def add(self, path: KeyPath, got: object, allowed: str, fix: str) -> None:
        """Note a fault at a place in the document."""
        self.faults.append(self.document.fault(path, got, allowed, fix))

    def warn(self, path: KeyPath, got: object, allowed: str, fix: str) -> None:
        """Note what is most likely not meant."""
        self.warnings.append(self.document.fault(path, got, allowed, fix))
