"""What a contract says of personal data, as runs compare it with what they find."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Declared:
    """What a contract says of personal data; paths have a dot before each member, as in `contact.phone`."""

    guarded: tuple[str, ...] = ()
    """Paths of columns and members that are classified as personal data must be, or masked."""
    looks_like: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Kinds of personal data by the columns that only look like them."""


NOTHING = Declared()
