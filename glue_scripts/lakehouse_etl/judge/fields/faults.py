"""How readers and rules say what is wrong with a value."""

from collections.abc import Callable
from typing import Any, Literal

from lakehouse_etl.contract.reasons import Breach

Reader = Callable[[Any], Any]
"""Returns the value of a source that is not null; NoValueError if it has none."""


class NoValueError(ValueError):
    """A source is no value of its type."""

    def __init__(self, reason: Literal["overflow", "wrong_type"] = "wrong_type") -> None:
        """Take `overflow` of a number that is too great for its type, else `wrong_type`."""
        super().__init__(reason)
        self.reason = reason


class BrokenError(ValueError):
    """A record breaks its contract."""

    def __init__(self, breach: Breach) -> None:
        """Take the first rule that it breaks."""
        super().__init__(breach.rule)
        self.breach = breach
