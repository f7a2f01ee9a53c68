"""What a format gives to the judge.

A format is plugged in by a class that has what `Format` asks for, and a line in `judge._FORMATS`. It finds
the records of an object, takes each apart into what it holds for each field, and reads values out of that;
rules, masking, order of faults, positions and Arrow are the judge's.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from lakehouse_etl.contract.model import Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.judge.fields.faults import Reader
from lakehouse_etl.judge.part import Source


class Record(NamedTuple):
    """A record as it came."""

    given: Sequence[Any]
    """What it holds for each field of the contract, in that order, as `Format.reader` takes it; None for
    null. Empty if the record breaks a rule of the format."""
    origin: Any
    """What `Format.raw` and `Format.record_hash` need."""
    size: int
    """About how many bytes it takes."""
    breach: Breach | None = None
    """The first of `Format.forms` that it breaks."""
    rescued: str | None = None
    """JSON object of the fields that the contract does not name; None unless they are rescued."""


class Format(Protocol):
    """Finds records of one dataset in objects of one format."""

    forms: tuple[Breach, ...]
    """What a record as a whole may break, in order of judgement; all of it before any value is judged."""

    def reader(self, field: Field) -> Reader:
        """Return what reads a field's value from what a record holds for it, which is not null."""

    def records(self, source: Source) -> Iterator[Record]:
        """Yield the records of an object in their order; one that cannot be read is one record."""

    def raw(self, record: Record) -> str | None:
        """Return the text that quarantine keeps of a record, None if nothing of it can be read."""

    def record_hash(self, record: Record, values: Sequence[Any]) -> int:
        """Return what tells versions of a record apart, 64 bits with a sign.

        Args:
            record: A good one.
            values: Its values, unmasked, in the order of the contract.
        """
