"""What is a version of a dataset, where each version replaces the whole content."""

from dataclasses import dataclass
from enum import StrEnum


class VersionOrder(StrEnum):
    """By which the newest one of several versions of a whole content is found."""

    NAME = "name"
    """By the name that the source gave, numbers in it compared as numbers."""
    ARRIVAL = "arrival"
    """By the time at which it landed."""


@dataclass(frozen=True)
class Versions:
    """What is a version, where each replaces the whole content, and which one counts."""

    order: VersionOrder = VersionOrder.NAME
    marker: str | None = None
    """Name of the file that closes a folder, which then is a version; None: each file is one."""
