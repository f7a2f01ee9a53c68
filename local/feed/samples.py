"""What a sample file says: the records of a domain's datasets, what becomes of them, and what to ask.

A domain's file is `local/samples/<domain>.py`, or a package of that name. It assigns a `DomainSamples` to
`SAMPLES`. Nothing is made before it is asked for, and everything is the same on every run.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tools.records.source_table import Change


@dataclass(frozen=True)
class Counts:
    """What one run over the samples must come to; None where they do not tell it."""

    rows: int
    """Rows of the silver table."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Rejected records by reason."""
    records_in: int | None = None
    accepted: int | None = None


@dataclass(frozen=True)
class Records:
    """Records of a stream in the order in which they arrive."""

    columns: Collection[str]
    """Names of the columns that the records have values for."""
    records: Sequence[bytes]
    counts: Counts


@dataclass(frozen=True)
class Files:
    """Whole files in the order in which they arrive."""

    columns: Collection[str]
    files: Sequence[bytes]
    counts: Counts


@dataclass(frozen=True)
class Changes:
    """What happened to a table of a database, for a dataset that is kept equal to it."""

    columns: Collection[str]
    load: Sequence[Change]
    """Rows of the full load."""
    log: Sequence[Change]
    """Changes from the full load on."""
    counts: Counts


Made = Records | Files | Changes
"""Samples of one dataset; which of the three tells how they arrive."""


@dataclass(frozen=True)
class Question:
    """What the demonstration asks about a product."""

    product: str
    """Name of the product, in the domain that the question belongs to."""
    text: str
    sql: str
    """Trino SQL; the domain's gold database is the default one."""
    answer: Sequence[Sequence[str]]
    """Rows that must come back, each value as text."""
    persona: str = "analyst"


@dataclass(frozen=True)
class DomainSamples:
    """All samples of one domain."""

    datasets: Mapping[str, Callable[[], Made]] = field(default_factory=dict)
    """What makes the samples of a dataset, by its name."""
    questions: Sequence[Question] = ()
