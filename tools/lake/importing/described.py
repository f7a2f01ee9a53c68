"""What was found in a file: tables, in the words of the Open Data Contract Standard."""

from dataclasses import dataclass, field
from typing import Any

from config.faults import Fault, InvalidInputError

Json = dict[str, Any]


@dataclass(frozen=True)
class Described:
    """One table, and what its document says about it as a whole."""

    where: str
    """The document, as the user named it."""
    head: Json
    """Keys of the contract, as far as the document has them, without its `schema`."""
    table: Json
    """An object of `schema`."""
    dialect: str | None = None
    """SQL of the system whose physical types the columns have; None if it is not known."""
    checks: tuple[str, ...] = ()
    """What a person should look at, about the table as a whole."""
    columns: tuple[tuple[str, str], ...] = ()
    """The same about single columns, by their names in the document."""
    omitted: tuple[str, ...] = ()
    """What the document says and the contract does not."""


@dataclass
class Noted:
    """Collects what is told of a document while it is read."""

    checks: list[tuple[str, str]] = field(default_factory=list)
    """By column, as the document calls it; an empty name is the table."""
    omitted: list[str] = field(default_factory=list)

    def check(self, column: str, text: str) -> None:
        """Note what a person should look at."""
        self.checks.append((column, text))

    def omit(self, place: str, why: str) -> None:
        """Note what is not taken over."""
        self.omitted.append(f"{place}: {why}")


def refusal(where: str, place: str, got: object, allowed: str, fix: str) -> InvalidInputError:
    """Build the error for a document of which nothing can be made."""
    return InvalidInputError([Fault(where, place, got, allowed, fix)])
