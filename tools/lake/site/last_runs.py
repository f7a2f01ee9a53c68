"""The last run of each dataset, as pages tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_MARKS = {"succeeded": "✓", "failed": "✗", "lost": "✗", "running": "…"}


@dataclass(frozen=True)
class LastRun:
    """One run."""

    outcome: str
    """`succeeded`, `failed`, `lost` or `running`."""
    at: datetime
    """When it started."""
    facts: Mapping[str, Any]
    """What it told of itself, by columns of the table of runs."""

    @property
    def line(self) -> str:
        """Outcome, time and count, in as few characters as fit a box."""
        told = [f"{_MARKS[self.outcome]} {self.at.astimezone(UTC):%m-%d %H:%M}", self._rows()]
        return " · ".join(part for part in told if part)

    @property
    def words(self) -> str:
        """The same as a sentence, with what was rejected and how fresh it is."""
        told = [f"{self.outcome}, started {self.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"]
        if counted := self._rows():
            told.append(counted)
        if self.facts.get("rejected"):
            told.append(f"{self.facts['rejected']:,} rejected")
        if "newest_event" in self.facts:
            told.append(f"newest event {self.facts['newest_event'][:16]} UTC")
        return "; ".join(told)

    def _rows(self) -> str:
        for name, noun in (("records_in", "in"), ("table_rows", "rows")):
            if name in self.facts:
                return f"{self.facts[name]:,} {noun}"
        return ""


LastRuns = Mapping[str, LastRun]
"""By the id of the dataset; one that has none lacks."""
