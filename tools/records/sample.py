"""One record as its source sends it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Row = Mapping[str, Any]


class Sample(NamedTuple):
    """One record as its source sends it."""

    record: bytes
    """JSON on one line, without the newline."""
    reason: str | None
    """Code under which it must be rejected; None if it is valid."""
    row: Row
    """Its values by column, unmasked; of a rejected one those that it had before the fault."""
