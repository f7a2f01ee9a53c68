"""How values are masked, as a manifest tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Method = Literal["hash", "redact", "tokenize", "truncate", "generalize"]


@dataclass(frozen=True)
class Masking:
    """A method, and for `truncate` and `generalize` what is left of a value."""

    method: Method
    first: int | None = None
    """Characters that are kept of a text, from its start."""
    last: int | None = None
    """Characters that are kept of a text, from its end."""
    to: str | None = None
    """The period whose begin stands for a date or timestamp."""
    width: int | None = None
    """Width of the ranges whose least number stands for each."""
    groups: tuple[tuple[str, str], ...] = ()
    """Texts, with what stands for them."""
    other: str | None = None
    """What stands for all other texts."""


REDACT = Masking("redact")


def masking_of(value: Mapping[str, Any] | Method | None) -> Masking | None:
    """Return the masking that a manifest tells of, as contracts write it; None if it tells of none."""
    if value is None or isinstance(value, str):
        return None if value is None else Masking(value)
    groups = value.get("groups", {}).items()
    return Masking(**{**value, "groups": tuple((text, name) for name, texts in groups for text in texts)})
