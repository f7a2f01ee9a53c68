"""A sample of a dataset in DuckDB: one text column for each of its columns, as the jobs would see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from lakehouse_etl.judge.part import Source as JobSource

from config.faults import Fault, InvalidInputError
from lakehouse.model.dialect import USUAL, Dialect
from lakehouse.model.fields import Type

ROWS_MAX = 1_000_000
"""Records of a file that are looked at; a draft gains little from more."""

Connection = duckdb.DuckDBPyConnection
Rows = duckdb.DuckDBPyRelation


@dataclass(frozen=True)
class Source:
    """The file that a sample comes from."""

    path: Path
    head: bytes
    """Its first bytes, decompressed."""
    compressed: bool = False
    """Whether it is gzipped."""

    @property
    def as_jobs_have_it(self) -> JobSource:
        """The file as an object of bronze, whatever its ending."""
        return JobSource(f"{self.path.name}{'.gz' if self.compressed else ''}", self.path)

    def fault(self, path: str, got: object, allowed: str, fix: str) -> Fault:
        """Build a fault about this file."""
        return Fault(self.path.name, path, got, allowed, fix)

    def refuse(self, got: object, allowed: str, fix: str) -> InvalidInputError:
        """Build the error for a file that is of no use as a whole."""
        return InvalidInputError([self.fault("file", got, allowed, fix)])


@dataclass(frozen=True)
class Shape:
    """What a file itself says about a column, before its values are looked at."""

    type: Type | None = None
    """The type, if no value has to be asked: it is nested, or the file declares it."""
    quoted: bool = False
    """Whether JSON holds every value as a text."""
    text: str | None = None
    """Why it is a text whatever its values, if it is."""


@dataclass(frozen=True)
class Sample:
    """Records, read as far as they can be read."""

    name: str
    """Of the file."""
    format: str
    """`csv`, `json` or `parquet`."""
    table: Rows
    """A text column for each column; nested values are JSON, and numbers have a point."""
    rows: int
    unreadable: int = 0
    """Records that do not fit the header, or are no JSON object."""
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    """What the file calls columns, by their names."""
    dialect: Dialect = USUAL
    """Of CSV alone."""
    checks: tuple[str, ...] = ()
    """What a person should look at about the file as a whole."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the order of the file."""
        return self.table.columns
