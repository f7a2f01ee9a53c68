"""What the judge takes and gives: an object as it lies in bronze, and its records with their verdicts."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lakehouse_etl.contract.reasons import Breach


@dataclass(frozen=True)
class Source:
    """An object as it lies in bronze."""

    uri: str
    """Where it lies; tells whether it is compressed and, of changes, whether it is of a full load."""
    content: bytes | Path
    """Its bytes, or a file in which they lie as long as it is judged, for what is too large for memory."""


@dataclass(frozen=True)
class Rejected:
    """A record that breaks the contract."""

    position: int
    """Which record of its object it is, from 1."""
    breach: Breach
    """The first rule that it breaks."""
    raw: str | None
    """The record as it came, as far as quarantine keeps it; None if nothing of it can be read."""
    cause: str | None = None
    """What of the object is at fault, such as a column or its compression, where the breach does not tell."""


@dataclass(frozen=True)
class Part:
    """Records that follow each other in one object, of bounded size."""

    rows: pa.RecordBatch
    """Good records, their fields masked, by `Judge.schema`."""
    positions: pa.Int64Array
    """Which record of its object each row is, from 1."""
    rejected: tuple[Rejected, ...]
