"""Statements that Spark accepts and that it refuses, one a line; a spark test asks it about each."""

from pathlib import Path

_FOLDER = Path(__file__).parent


def right() -> list[str]:
    """Return the statements that Spark accepts."""
    return (_FOLDER / "right.sql").read_text().splitlines()


def wrong() -> list[tuple[str, str]]:
    """Return the statements that Spark refuses, each with its kind."""
    found, kind = [], ""
    for line in (_FOLDER / "wrong.sql").read_text().splitlines():
        if line.startswith("-- "):
            kind = line.removeprefix("-- ")
        else:
            found.append((kind, line))
    return found
