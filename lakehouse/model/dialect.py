"""How CSV is written."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Dialect:
    """How CSV is written, in the words of https://specs.frictionlessdata.io."""

    delimiter: str = ","
    quote_char: str | None = '"'
    """None: values are enclosed in nothing."""
    escape_char: str | None = None
    """Stands before a quote that is one of a value; without quotes, before a delimiter."""
    encoding: str = "utf-8"
    header: bool = True
    """Whether the first record names the columns; if not, they come in the order of the contract."""
    decimal_char: str = "."
    group_char: str | None = None
    """What may stand between thousands."""

    def __str__(self) -> str:
        """For people: what is unlike the usual, `delimiter ';', decimal_char ','`."""
        told = (
            f"{each.name} {getattr(self, each.name)!r}"
            for each in fields(self)
            if getattr(self, each.name) != each.default
        )
        return ", ".join(told) or "as usual"


USUAL = Dialect()
"""Commas, double quotes, a header, UTF-8."""
