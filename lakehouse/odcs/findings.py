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
        """Whether the mapping that this place is in has a value there, as the document was written."""
        *parents, last = path
        value: Any = self.document.data
        for part in parents:
            value = value[part]
        return last in value

    def add(self, path: KeyPath, got: object, allowed: str, fix: str) -> None:
        """Note a fault at a place in the document."""
        self.faults.append(self.document.fault(path, got, allowed, fix))

    def warn(self, path: KeyPath, got: object, allowed: str, fix: str) -> None:
        """Note what is most likely not meant."""
        self.warnings.append(self.document.fault(path, got, allowed, fix))
