"""What happens to a personal value before it is written to silver."""

from dataclasses import dataclass
from enum import StrEnum


class Method(StrEnum):
    """How a value is masked."""

    HASH = "hash"
    """HMAC-SHA-256 under the masking key, in hex: equal values stay joinable, none can be read back."""
    REDACT = "redact"
    """Null, whatever it was."""
    TOKENIZE = "tokenize"
    """Encrypted under the lake's token key: equal values stay joinable, and who may detokenize reads them
    back."""
    TRUNCATE = "truncate"
    """The first or the last characters of a text, and no others."""
    GENERALIZE = "generalize"
    """The period of a date or timestamp, the range of a number, the group of a text."""


class Period(StrEnum):
    """What is left of a date or timestamp: the begin of the period that it is in."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    DAY = "day"
    HOUR = "hour"


@dataclass(frozen=True)
class Masking:
    """A method, and for `truncate` and `generalize` what is left of a value."""

    method: Method
    first: int | None = None
    """Characters that are kept of a text, from its start."""
    last: int | None = None
    """Characters that are kept of a text, from its end."""
    to: Period | None = None
    width: int | None = None
    """Width of the ranges into which numbers fall; the least number of its range stands for each."""
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What stands for texts, and for which; no text twice."""
    other: str | None = None
    """What stands for all other texts."""

    def __str__(self) -> str:
        """In a few words, such as `truncate to first 3`."""
        kept = {"first": self.first, "last": self.last, "": self.to, "ranges of": self.width}
        told = [f"{word} {value}".strip() for word, value in kept.items() if value is not None]
        if self.groups:
            told = [" or ".join([*(name for name, _ in self.groups), str(self.other)])]
        return " to ".join([self.method.value, *told])

    @property
    def merges(self) -> bool:
        """Whether values that differ may become equal."""
        return self.method in (Method.REDACT, Method.TRUNCATE, Method.GENERALIZE)


HASH, REDACT, TOKENIZE = Masking(Method.HASH), Masking(Method.REDACT), Masking(Method.TOKENIZE)
