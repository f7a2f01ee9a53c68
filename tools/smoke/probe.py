"""The record that is sent: made from the contract, the same each time.

A repetition sends the same key and the same values, so that however often it runs, silver has one row of it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lakehouse.model.dataset import Content, Dataset, Format, Mode, UnknownFields
from tools.records.files.dms_files import changes_name, parquet
from tools.records.files.encodings import encoding_of
from tools.records.files.parquet_files import parquet_file
from tools.records.promises import unwanted_texts
from tools.records.rows import Rows
from tools.records.sample import Row, Sample
from tools.records.source_table import Change
from tools.records.values import ImpossibleDataError, Values

_TRIES = 10
_SEQUENCE = 35
"""Digits of what DMS numbers changes by."""


@dataclass(frozen=True)
class Probe:
    """One row of a dataset, as its source would send it."""

    dataset: Dataset
    row: Row
    body: bytes
    """A record, or a whole file."""

    @property
    def key(self) -> str:
        """The key, as people read it."""
        return ", ".join(f"{name}={self.row[name]}" for name in self.dataset.key)


def probes(dataset: Dataset) -> Iterator[Probe]:
    """Yield rows with different keys, in the same order each time.

    Raises:
        ImpossibleDataError: None can be made that the contract accepts.
    """
    rng = random.Random(f"lake smoke {dataset.id}")  # noqa: S311 (no secret)
    rows = Rows(dataset, Values(rng, unwanted_texts(dataset))).fresh(_TRIES)
    if not rows:
        raise ImpossibleDataError(f"{dataset.source}: no row found that satisfies all rules")
    for row in rows:
        yield Probe(dataset, row, _body(dataset, row))


def _body(dataset: Dataset, row: Row) -> bytes:
    ingestion = dataset.ingestion
    if ingestion is None:
        raise ImpossibleDataError(f"{dataset.id} is a gold product: nothing sends records to it")
    if ingestion.content is Content.CHANGES:
        now = datetime.now(UTC)
        change = Change("I", row, now, f"{now:%Y%m%d%H%M%S%f}".ljust(_SEQUENCE, "0"))
        return parquet([change], dataset.fields, dataset.key)
    if ingestion.mode is Mode.FILES and ingestion.format is Format.PARQUET:
        return parquet_file([row], dataset.fields)
    # Generated files have fields more than the contract, but where it rejects them; a probe has none.
    plain = replace(dataset, ingestion=replace(ingestion, unknown_fields=UnknownFields.REJECT))
    encoding = encoding_of(plain, random.Random(dataset.id))  # noqa: S311 (no secret)
    record = encoding.record({name: encoding.of(name, value) for name, value in row.items()})
    return encoding.files([Sample(record, None, row)])[0] if ingestion.mode is Mode.FILES else record


def file_name(dataset: Dataset, now: datetime) -> str:
    """Return the name of a file with one probe, as the source of the dataset names them."""
    if dataset.ingestion and dataset.ingestion.content is Content.CHANGES:
        return changes_name(now)
    suffix = dataset.ingestion.format if dataset.ingestion else ""
    return f"lake-smoke-{now:%Y%m%d-%H%M%S-%f}.{suffix}"
