"""How sources write their values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SourceFormat:
    """How texts write a date or timestamp."""

    text: str
    """As the contract has it, `dd/MM/yyyy`."""
    pattern: str
    """Matches the whole of such a text; its groups are named by the parts of a moment."""


@dataclass(frozen=True)
class Dialect:
    """How CSV objects are written; the names are those of https://specs.frictionlessdata.io."""

    delimiter: str = ","
    """What stands between two values: one character, or several."""
    quote_char: str | None = '"'
    """What values may be enclosed in, twice where it is one of a value; None: in nothing."""
    escape_char: str | None = None
    """Stands before a quote that is one of a value, and before itself; without quotes, before a delimiter."""
    encoding: str = "utf-8"
    header: bool = True
    """Whether the first record names the columns; if not, they are those of the contract, in its order."""
    decimal_char: str = "."
    group_char: str | None = None
    """What may stand between thousands."""

    @property
    def writes_plain_numbers(self) -> bool:
        """Whether numbers are written as everywhere."""
        return (self.decimal_char, self.group_char) == (".", None)


USUAL = Dialect()
"""Commas, double quotes, a header, UTF-8."""
