"""Faults in what people write: settings, contracts and SQL files.

A check collects every fault it can find and raises them once, so that one run shows all there is to mend.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

_GOT_MAX = 100
"""Characters of a found value that a message shows."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a file."""

    where: str
    """File, relative to the project, with `:line` where it is known."""
    path: str
    """Place inside the document, such as `schema[0].properties[3].name`."""
    got: object
    """The value found."""
    allowed: str
    """What would be accepted there."""
    fix: str
    """What to do about it."""
    named: str = field(default="", compare=False)
    """The place with the names of list entries instead of their positions, such as
    `schema[orders].properties[amount].name`; empty where the document is not at hand."""

    def __str__(self) -> str:
        """One line for a terminal."""
        return f"{self.where}: {self.path}: got {self.brief}; allowed: {self.allowed}; fix: {self.fix}"

    @property
    def brief(self) -> str:
        """The value found, as Python writes it, cut where it gets long."""
        text = repr(self.got)
        return text if len(text) <= _GOT_MAX else text[: _GOT_MAX - 3] + "..."


def _natural(text: str) -> list[tuple[int, str]]:
    """Sort key by which line 9 comes before line 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text)]


class InvalidInputError(ValueError):
    """One or more files are invalid; `faults` holds every fault that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults in the order of files and lines, without repetition."""
        unique = {str(fault): fault for fault in faults}
        self.faults: tuple[Fault, ...] = tuple(unique[text] for text in sorted(unique, key=_natural))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def nearest(got: object, allowed: Iterable[str]) -> str:
    """Advise on a name that is not among those allowed."""
    match = get_close_matches(str(got), sorted(allowed), n=1)
    return f"did you mean {match[0]!r}?" if match else "remove it, or use one of these"


def one_of(allowed: Iterable[str]) -> str:
    """List the names that are allowed, sorted."""
    return ", ".join(sorted(allowed)) or "nothing"
