"""What the command found: what AWS would refuse, what was asked, and what nobody could tell."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One thing that AWS would refuse, or that may be so."""

    severity: str
    """`error`, or `warning` where it is not known for sure."""
    where: str
    """Stack and logical id."""
    edge: str
    """Id of the row of the table, or of the quota."""
    kind: str
    asked: Mapping[str, Any]
    """Principal, action, resource and condition keys."""
    why: str
    breaks: str
    fix: str
    page: str

    @property
    def json(self) -> dict[str, Any]:
        """All of it, as JSON values."""
        return {**asdict(self), "asked": dict(self.asked)}


@dataclass
class Answers:
    """What came of asking."""

    findings: list[Finding] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    """Requests by kind; a kind of which there are none has none."""
    unknown: Counter[str] = field(default_factory=Counter)
    """What could not be told since something is not in the templates, with the number of requests."""
    notes: list[str] = field(default_factory=list)
    """What to look for in the account before deploying."""
