"""A drafted contract, and how it comes about."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lakehouse.model.dataset import Format, Mode, Write
from tools.lake.drafts.columns.column import Column, columns
from tools.lake.drafts.keys import Key, find_key
from tools.lake.drafts.samples.reading import read_sample
from tools.lake.drafts.samples.sample import Sample, Source
from tools.lake.drafts.times import Growth, growth, order_column


@dataclass(frozen=True)
class Draft:
    """Everything that a contract says, and what a person should look at."""

    domain: str
    name: str
    owner: str
    mode: Mode
    sample: Sample
    columns: tuple[Column, ...]
    key: Key
    null_token: str | None
    order: str | None
    growth: Growth
    part: int = 1

    @property
    def id(self) -> str:
        """`<domain>/<name>`."""
        return f"{self.domain}/{self.name}"

    @property
    def format(self) -> Format:
        """How the source delivers records."""
        return Format(self.sample.format)

    @property
    def order_by(self) -> str | None:
        """Column that tells the newest version, where versions replace each other."""
        return self.order if self.growth.write is Write.MERGE else None


def make_draft(
    path: Path,
    *,
    domain: str,
    name: str,
    owner: str,
    mode: Mode,
    skip: Collection[str],
    as_text: Collection[str] = (),
) -> Draft:
    """Draft the contract of a dataset from a sample of it.

    Args:
        path: The sample.
        domain: Of the dataset.
        name: Of the dataset.
        owner: Team that answers for it.
        mode: How records arrive.
        skip: Columns that are left out.
        as_text: Columns that are texts, whatever their values look like.

    Raises:
        InvalidInputError: Jobs could not read data like this; holds every fault.
    """
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        sample = read_sample(connection, path, skip)
        _check_mode(sample, path, mode)
        found, token = columns(sample, as_text)
        order = order_column(found)
        key = find_key(sample.table, found, order)
        grown = growth(sample.table, found, order, mode, keyed=bool(key.columns))
    return Draft(domain, name, owner, mode, sample, tuple(found), key, token, order, grown)


def _check_mode(sample: Sample, path: Path, mode: Mode) -> None:
    if mode is Mode.STREAM and sample.format != "json":
        fix = "draft from JSON lines, or use --mode files"
        raise Source(path, b"").refuse(sample.format, "JSON lines in a stream", fix)
