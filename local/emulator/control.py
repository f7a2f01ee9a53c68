"""What the launcher can ask the emulator's process for, and what is done before that process ends.

Patches add their own entries when they are applied.
"""

from collections.abc import Callable

ACTIONS: dict[tuple[str, str], Callable[[], object]] = {("GET", "/_lake/health"): lambda: {"status": "ok"}}
"""Answers, as JSON, by method and path."""

ON_STOP: list[Callable[[], None]] = []
"""Called in order when the emulator is told to stop."""
