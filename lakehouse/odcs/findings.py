"""Collects the faults of one document while it is read, so that reading can go on behind the first."""

from dataclasses import dataclass, field

from config.document import Document, KeyPath
from config.faults import Fault


@dataclass
class Findings:
    """A document and what is wrong with it."""

    document: Document
    faults: list[Fault] = field(default_factory=list)

    def add(self, path: KeyPath, got: object, allowed: str, fix: str) -> None:
        """Note a fault at a place in the document."""
        self.faults.append(self.document.fault(path, got, allowed, fix))
